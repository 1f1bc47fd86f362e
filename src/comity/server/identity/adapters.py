"""Where allauth asks the portal: who may open an account, where to go after a log-in, how secrets are kept."""

from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from msgspec import Struct

from comity.server.exports.pdf import spoken
from comity.server.faults import language_for
from comity.server.identity.models import Person
from comity.server.words import words_in

__all__ = ["Accounts", "Factors", "Providers"]


class _Site(Struct, frozen=True):
    """As what, and at which address, the portal writes letters."""

    name: str
    domain: str


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Log-in by e-mail and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """By default an administrator adds people; an instance may let readers open accounts in the role public."""
        del request
        return bool(settings.COMITY_OPEN_SIGNUP)

    def new_user(self, request: HttpRequest) -> Person:
        """Somebody who opens an account reads in the language of the page on which they did."""
        return Person(language=language_for(request))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the account."""
        del request
        return reverse("account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """To the first page."""
        return f"/{language_for(request)}/"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """As it stands in a letter: under the address of the portal, whatever name the request came to."""
        return _under_public_name(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: object) -> str:
        """As above."""
        return _under_public_name(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter in the name of the portal, whatever name the request came to."""
        site = _Site("Comity", settings.COMITY_PUBLIC_URL or settings.COMITY_LOCAL_URL)
        more: dict[str, Any] = {"current_site": site}
        if template_prefix == "account/email/unknown_account":
            words = words_in(language_for(context["request"]))
            more["said"] = spoken(words.text("letter.no-account", email=email))
            opened = settings.COMITY_OPEN_SIGNUP
            more["next"] = spoken(words.text("login.open" if opened else "login.closed"))
            more["signup_url"] = _under_public_name(context["signup_url"]) if opened else ""
        super().send_mail(template_prefix, email, context | more)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """To the account."""
        return self.get_login_redirect_url(request)


class Providers(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Log-in through an OpenID Connect provider, which tells who somebody is and never what they may do."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """As with a password: whom an administrator added is known by the address; others only where that is open."""
        del request, sociallogin
        return bool(settings.COMITY_OPEN_SIGNUP)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Person:
        """The name, as the provider has it."""
        person: Person = super().populate_user(request, sociallogin, data)
        person.name = str(data.get("name") or "")[:200]
        person.language = language_for(request)
        return person


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Second factors: what they are computed from is kept encrypted with the secret of the instance."""

    def encrypt(self, text: str) -> str:
        """As it is kept."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As it was. Raises InvalidToken where the secret of the instance is another one now."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _under_public_name(url: str) -> str:
    parts = urlsplit(url)
    return f"{settings.COMITY_PUBLIC_URL or f'{parts.scheme}://{parts.netloc}'}{parts.path}"


@cache
def _box() -> Fernet:
    key = sha256(b"comity second factors\n" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(key))
