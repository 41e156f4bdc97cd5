"""Every setting, each from the environment; production-safe unless the environment says otherwise."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.database import BY_PROCESS_KIND, Patience, limit_sessions
from config.safety import refuse_unsafe
from config.xero_urls import xero_urls

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEBUG = env.bool("DEBUG", default=False)
# Development only loosens what plain http on localhost cannot have: secure cookies and HSTS.
DEVELOPMENT = env.bool("DEVELOPMENT", default=DEBUG)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost"] if DEVELOPMENT else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TOKEN_ENCRYPTION_KEYS = env.list("TOKEN_ENCRYPTION_KEYS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.admin",
    "axes",
    "django_htmx",
    "firms",
    "expense_categories",
    "billing",
    *(f"billing.{apps.parent.name}" for apps in sorted(BASE_DIR.glob("billing/*/apps.py"))),
    "xero_sync",
    "notifications",
    "help_center",
    "ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "firms.middleware.RequestId",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "firms.busy_database.BusyDatabase",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONNECTION_SECONDS", default=60),
    CONN_HEALTH_CHECKS=True,
)
# web, worker or command, said by each entry point.
PROCESS_KIND = env.str("PROCESS_KIND", default="command")
_patience = BY_PROCESS_KIND[PROCESS_KIND]
DATABASES["default"]["OPTIONS"] = limit_sessions(
    DATABASES["default"].get("OPTIONS", {}),
    Patience(
        lock=env.float("DATABASE_LOCK_SECONDS", default=_patience.lock),
        statement=env.float("DATABASE_STATEMENT_SECONDS", default=_patience.statement),
        idle=env.float("DATABASE_IDLE_SECONDS", default=_patience.idle),
    ),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "firms.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "firms:sign-in"
LOGIN_REDIRECT_URL = "firms:home"
LOGOUT_REDIRECT_URL = "firms:sign-in"

# A stranger's guesses must not lock the owner out: the lock is on the pair of account and address.
AXES_FAILURE_LIMIT = 10
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "firms.lockout.account"
AXES_CLIENT_IP_CALLABLE = "firms.lockout.address"
# The header in which the proxy says whose request it is; only where it sets that itself.
PROXY_ADDRESS_HEADER = env.str("PROXY_ADDRESS_HEADER", default="")
AXES_LOCKOUT_TEMPLATE = "firms/locked_out.html"
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SESSION_COOKIE_NAME = "session" if DEVELOPMENT else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if DEVELOPMENT else "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "firms.error_views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEVELOPMENT
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
NUMBER_GROUPING = 3

STATIC_URL = "/static/"
# Collected when the image is built; development serves them from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="" if DEVELOPMENT else str(BASE_DIR / ".local" / "static")) or None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEVELOPMENT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEVELOPMENT

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "firms.uploads.StopAtLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bill Syncing <bills@localhost>")
# Where people reach the product: mails link there.
BASE_URL = env.str("BASE_URL", default="http://localhost:8000" if DEVELOPMENT else "")
# How long a cause stays open before people are notified: nobody is notified of what ends by itself meanwhile.
MAIL_GRACE_SECONDS = env.float("MAIL_GRACE_SECONDS", default=60)

# Xero. The three hosts default to Xero's own; any Xero-like server can stand in.
XERO = xero_urls(env)
XERO_CLIENT_ID = env.str("XERO_CLIENT_ID", default="")
XERO_CLIENT_SECRET = env.str("XERO_CLIENT_SECRET", default="")
XERO_REDIRECT_URI = env.str("XERO_REDIRECT_URI", default="http://localhost:8000/xero/callback/")
XERO_SCOPES = env.str(
    "XERO_SCOPES", default="offline_access accounting.contacts accounting.invoices accounting.settings.read"
)
XERO_DAILY_CALLS = env.int("XERO_DAILY_CALLS", default=1000)
XERO_WEBHOOK_KEY = env.str("XERO_WEBHOOK_KEY", default="")

# How long things may take, in seconds. Tests shorten them.
SYNC_LEASE_SECONDS = env.float("SYNC_LEASE_SECONDS", default=60)
SYNC_CALL_DEADLINE_SECONDS = env.float("SYNC_CALL_DEADLINE_SECONDS", default=20)
SYNC_LOOK_UP_AFTER_SECONDS = env.float("SYNC_LOOK_UP_AFTER_SECONDS", default=30)
SYNC_RESEND_AFTER_SECONDS = env.float("SYNC_RESEND_AFTER_SECONDS", default=3)
SYNC_FRESH_SECONDS = env.float("SYNC_FRESH_SECONDS", default=5)
IMPORT_LEASE_SECONDS = env.float("IMPORT_LEASE_SECONDS", default=60)
SYNC_CALLS_PER_TURN = env.int("SYNC_CALLS_PER_TURN", default=20)

# Celery: messages are nudges, the truth is in the outbox, so nothing here may delay or hold work.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# Files have workers of their own, so that a large one never holds up a bill.
CELERY_TASK_ROUTES = {"billing.*": {"queue": "imports"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A message is forgotten once it is delivered: acknowledging one after the broker died under it, or putting it back,
# ends a worker for good (kombu 5.7). What a dead worker held is found by `recover` and the sweep, not by redelivery.
CELERY_BROKER_TRANSPORT_OPTIONS = {"ack_emulation": False}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"

# Who may read /metrics besides operators: bearers of the token, and these addresses.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_ADDRESSES = env.list("METRICS_ADDRESSES", default=[])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "secrets": {"()": "config.logs.WithoutSecrets"},
        "reference": {"()": "firms.middleware.WithReference"},
    },
    "formatters": {"line": {"()": "config.logs.LineFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets", "reference"]}
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # At DEBUG these would log addresses with what was searched for, and whole pages' data.
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "xero_python", "urllib3", "django.template")},
}

refuse_unsafe(
    development=DEVELOPMENT,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    token_keys=TOKEN_ENCRYPTION_KEYS,
    allowed_hosts=ALLOWED_HOSTS,
    redirect_uri=XERO_REDIRECT_URI,
    base_url=BASE_URL,
    xero=XERO,
    metrics_token=METRICS_TOKEN,
    trusted_origins=CSRF_TRUSTED_ORIGINS,
)
