"""A provider of OpenID Connect on a port of this machine: `python oidc_provider.py PORT REDIRECT_URI`.

It is allauth's own, in a process and with a data base of its own. Two people have accounts there.
"""

import sys
from wsgiref.simple_server import make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import URLResolver, include, path

CLIENT, SECRET = "comity", "between the portal and the provider"  # of a provider that lives for a test
EMAILS, PASSWORD = ("officer@example.org", "stranger@example.org"), "known to the provider alone"  # as above

urlpatterns: list[URLResolver] = []


def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def configure() -> None:
    settings.configure(
        SECRET_KEY="of a provider that lives for a test",  # noqa: S106  # as it says
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "provider.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        ACCOUNT_LOGIN_METHODS={"email"},
        ACCOUNT_SIGNUP_FIELDS=["email*", "password1*", "password2*"],
        IDP_OIDC_PRIVATE_KEY=private_key(),
    )
    django.setup()
    urlpatterns.extend([path("", include("allauth.idp.urls")), path("accounts/", include("allauth.urls"))])


def fill(redirect_uri: str) -> None:
    """The people, and the portal as a client."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415  # once Django is set up
    from allauth.idp.oidc.models import Client  # noqa: PLC0415  # as above
    from django.contrib.auth import get_user_model  # noqa: PLC0415  # as above

    call_command("migrate", verbosity=0)
    for email in EMAILS:
        person = get_user_model().objects.create_user(email, email, PASSWORD)
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    client = Client(id=CLIENT, name="Comity", scopes="openid\nprofile\nemail", redirect_uris=redirect_uri)
    client.set_secret(SECRET)
    client.save()


if __name__ == "__main__":
    configure()
    fill(sys.argv[2])
    make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
