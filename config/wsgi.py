"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401  (nudges are sent through this application)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
