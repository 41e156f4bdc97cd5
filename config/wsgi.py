"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Before the settings are read.
os.environ.setdefault("PROCESS_KIND", "web")

application = get_wsgi_application()

import config.celery  # noqa: E402, F401  (nudges are sent through this application)
