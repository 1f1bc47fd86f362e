"""Django's settings. What differs from one instance to another comes from the environment, set by `comity serve`."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from comity.register.errors import is_postgres
from comity.server.database import database_at
from comity.server.identity.providers import read_providers
from comity.server.instance import key_of, prepare_secret

_HERE = Path(__file__).resolve().parent

# The log that the pages are answered from, and the folder of the instance: the one the log is in, unless it is in a
# data base. There stand the secret and, unless another address is given, the data base of people, drafts and lists.
COMITY_LOG = os.environ.get("COMITY_LOG", "instance/register.comity")
_INSTANCE = Path("instance") if is_postgres(COMITY_LOG) else Path(COMITY_LOG).parent
_SECRET = Path(os.environ.get("COMITY_SECRET", str(_INSTANCE / "secret.key")))
_BESIDE = COMITY_LOG if is_postgres(COMITY_LOG) else str(_INSTANCE / "portal.sqlite3")

SECRET_KEY = prepare_secret(_SECRET)
DEBUG = False

# The address under which readers know this instance, such as https://treaties.example.org; it decides whether cookies
# travel over TLS alone. Without one it is taken to be tried on this machine.
COMITY_PUBLIC_URL = os.environ.get("COMITY_PUBLIC_URL", "").rstrip("/")
_PUBLIC = urlsplit(COMITY_PUBLIC_URL)
# Where it is served, for addresses in letters and feeds as long as it has no public one.
COMITY_LOCAL_URL = os.environ.get("COMITY_LOCAL_URL", "http://localhost:8000")
COMITY_HTTPS = _PUBLIC.scheme == "https"
# The names under which this instance may be asked for.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *os.environ.get("COMITY_HOSTS", "").split()]
if _PUBLIC.hostname:
    ALLOWED_HOSTS.append(_PUBLIC.hostname)
    CSRF_TRUSTED_ORIGINS = [f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"]

DATABASES = {"default": database_at(os.environ.get("COMITY_DATABASE", _BESIDE))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts of failed log-ins and the like: shared by all workers, and not forgotten when one starts anew.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "portal_cache"}}

ROOT_URLCONF = "comity.server.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "comity.server.identity",
    "comity.server.desk",
    "comity.server.lists",
    "comity.server.runs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
# A page that asks neither for the session nor for who is logged in touches no data base and sets no cookie: it is the
# same for everybody, and may be kept.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "comity.server.headers.strict",
    "comity.server.addresses.cited",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # What a compressed length could betray (BREACH) is masked anew in every answer: the token of forms, by Django.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "comity.server.identity.prefix.in_its_language",
    "django.middleware.common.CommonMiddleware",
    "comity.server.identity.tokens.unforged",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "comity.server.faults.as_pages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["comity.server.tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comity.server.identity.prefix.framed",
            ],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Straight from the packages, found once at the start: there is no step to collect them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
# The words of the pages are in `words/`; what Django and allauth say themselves is said in the language of the page.
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("fr", "français"),
    ("es", "español"),
    ("ru", "русский"),
    ("zh-hans", "中文"),
]

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if COMITY_HTTPS else 0
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = COMITY_HTTPS
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
# In seconds: a working day.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
CSRF_FAILURE_VIEW = "comity.server.faults.forged"

# Nobody decides on what they drafted themselves, unless one person keeps the instance.
COMITY_FOUR_EYES = os.environ.get("COMITY_FOUR_EYES", "yes") != "no"
# An administrator adds people, unless readers may open accounts themselves.
COMITY_OPEN_SIGNUP = os.environ.get("COMITY_OPEN_SIGNUP", "no") == "yes"

ACCOUNT_ADAPTER = "comity.server.identity.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Comity] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if COMITY_HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Whoever holds the address that was given them, and the second factor where there is one, is who they say.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# Every change of how one logs in asks for the password, or a key, once more.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Attempts by address of the network and by account; the rest as allauth has it.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}

MFA_ADAPTER = "comity.server.identity.adapters.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Comity"
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys on localhost without TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not COMITY_HTTPS

SOCIALACCOUNT_ADAPTER = "comity.server.identity.adapters.Providers"
# A provider that the administrator named is believed when it says that an address is verified.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
COMITY_PROVIDERS = read_providers(Path(os.environ.get("COMITY_OIDC", str(_INSTANCE / "oidc.toml"))))
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": COMITY_PROVIDERS, "OAUTH_PKCE_ENABLED": True}}

# Where the documents behind acts lie, each under its hash.
COMITY_DOCUMENTS = os.environ.get("COMITY_DOCUMENTS", str(_INSTANCE / "documents"))
# No form is read that is larger than the largest document.
FILE_UPLOAD_HANDLERS = [
    "comity.server.desk.documents.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Webhooks go to the open network alone, unless this says otherwise: a desk that calls inner addresses opens them.
COMITY_WEBHOOKS_PRIVATE = os.environ.get("COMITY_WEBHOOKS_PRIVATE", "no") == "yes"

# Whether a tick signs the log when it has grown, and with which key: left out, the one beside the log.
COMITY_CHECKPOINTS = os.environ.get("COMITY_CHECKPOINTS", "no") == "yes"
COMITY_CHECKPOINT_KEY = str(key_of(COMITY_LOG))

# smtp://user:password@host:587 (STARTTLS), smtps://…:465 (TLS), or smtp://host:25?plain=yes; without one, letters are
# shown on the console.
_SMTP = urlsplit(os.environ.get("COMITY_SMTP", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _SMTP.hostname else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _SMTP.hostname or "", _SMTP.port or (465 if _SMTP.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_SMTP.username or ""), unquote(_SMTP.password or "")
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = _SMTP.scheme == "smtp" and "plain=yes" not in _SMTP.query
EMAIL_TIMEOUT = 20
COMITY_MAIL_DOMAIN = _PUBLIC.hostname or "localhost"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("COMITY_MAIL_FROM", f"comity@{COMITY_MAIL_DOMAIN}")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
