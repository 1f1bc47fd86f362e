"""Django's settings. What differs from one instance to another comes from the environment, set by `comity serve`."""

import os
from pathlib import Path

from comity.server.instance import prepare_secret

_HERE = Path(__file__).resolve().parent

# The log that the pages are answered from, and where the secret of the instance stands: beside it unless said.
COMITY_LOG = os.environ.get("COMITY_LOG", "instance/register.comity")
_SECRET = Path(os.environ.get("COMITY_SECRET", str(Path(COMITY_LOG).with_name("secret.key"))))

SECRET_KEY = prepare_secret(_SECRET)
DEBUG = False
# The names under which this instance may be asked for.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *os.environ.get("COMITY_HOSTS", "").split()]

ROOT_URLCONF = "comity.server.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "comity.server.headers.strict",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # No page carries a secret that a compressed length could betray (BREACH): there is no form but GET, and no session.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "comity.server.faults.as_pages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {"builtins": ["comity.server.tags"]},
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
# Straight from the package, found once at the start: there is no step to collect them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

APPEND_SLASH = False
USE_TZ = True
USE_I18N = False
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
