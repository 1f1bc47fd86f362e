"""Every address with every role: what is not declared here fails, and what is declared is tried."""

from collections.abc import Iterator
from typing import Literal

import msgspec
import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from comity.access import ANYONE, ROLES, Thing, Who, verdict
from comity.server.desk.models import Draft, Rectification, Subscriber
from comity.server.identity import people
from comity.server.identity.door import who_is
from comity.server.identity.models import Person
from comity.server.identity.prefix import under_language

pytestmark = pytest.mark.usefixtures("private")

KEY = "0123456789abcdef0123456789abcdef"


class Declared(msgspec.Struct, frozen=True):
    """Who may come to an address.

    Everybody (`public`), whoever is logged in (`account`), whoever is about to log in (`entrance`), whoever holds the
    link of a letter (`letter`), or those to whom `comity.access` allows an action on what is their own, or on the draft
    of a delegation.
    """

    example: str
    to: str
    on: Literal["own", "draft"] = "own"
    method: Literal["get", "post"] = "get"


def public(example: str) -> Declared:
    return Declared(example, "public")


def account(example: str) -> Declared:
    return Declared(example, "account")


def entrance(example: str) -> Declared:
    return Declared(example, "entrance")


def letter(example: str) -> Declared:
    return Declared(example, "letter")


PAGES = {
    "": public("about"),
    "about": public("about"),
    "instruments": public("instruments"),
    "instruments/<str:name>": public("instruments/lake-treaty"),
    "instruments/<str:name>/relation": public("instruments/lake-treaty/relation?one=CHE&toward=AUT"),
    "instruments/<str:name>/<str:code>": public("instruments/lake-treaty/CHE"),
    "actors": public("actors"),
    "actors/<str:code>": public("actors/CHE"),
    "groups": public("groups"),
    "groups/<str:name>": public("groups/ldc"),
    "answer": public("answer"),
    "compare": public("compare"),
    "what-if": public("what-if"),
    "analysis": public("analysis"),
    "analysis/power": public("analysis/power?rule=unsc-substantive&on=2022-06-01"),
    "analysis/quota": public("analysis/quota"),
    "analysis/design": public("analysis/design"),
    "analysis/club": public("analysis/club"),
    "analysis/coalitions": public("analysis/coalitions"),
    "analysis/package": public("analysis/package"),
    "analysis/forecast": public("analysis/forecast"),
    "analysis/positions": public("analysis/positions"),
    "analysis/inclusion": public("analysis/inclusion"),
    "analysis/shares": public("analysis/shares"),
    "analysis/precedents": public("analysis/precedents"),
    "analysis/next-step": public("analysis/next-step"),
    "analysis/runs": Declared("analysis/runs", "run.keep"),
    "analysis/runs/<str:key>": public("analysis/runs/none"),
    "analysis/runs/<str:key>/run.json": public("analysis/runs/none/run.json"),
    "analysis/runs/<str:key>/<str:verb>": Declared("analysis/runs/none/cancel", "run.keep", method="post"),
    "terms": public("terms"),
    "log": public("log"),
    "log/<int:index>": public("log/0"),
    "log/check": public("log/check"),
    "embed": public("embed"),
    # The desk
    "desk": Declared("desk", "draft.read"),
    "desk/drafts/new": Declared("desk/drafts/new", "draft.write"),
    "desk/drafts/<str:key>": Declared(f"desk/drafts/{KEY}", "draft.read", "draft"),
    "desk/drafts/<str:key>/edit": Declared(f"desk/drafts/{KEY}/edit", "draft.change", "draft"),
    "desk/drafts/<str:key>/document": Declared(f"desk/drafts/{KEY}/document", "draft.read", "draft"),
    "desk/drafts/<str:key>/<str:verb>": Declared(f"desk/drafts/{KEY}/submit", "draft.submit", "draft", "post"),
    "desk/rectifications": Declared("desk/rectifications", "correction.object"),
    "desk/rectifications/new": Declared("desk/rectifications/new", "correction.propose"),
    "desk/rectifications/<str:key>": Declared(f"desk/rectifications/{KEY}", "correction.propose", "draft"),
    "desk/rectifications/<str:key>/edit": Declared(f"desk/rectifications/{KEY}/edit", "draft.change", "draft"),
    "desk/rectifications/<str:key>/<str:verb>": Declared(
        f"desk/rectifications/{KEY}/submit", "draft.submit", "draft", "post"
    ),
    "desk/proposals": Declared("desk/proposals", "proposal.settle"),
    "desk/proposals/<int:number>/<str:verb>": Declared("desk/proposals/1/none", "proposal.settle", method="post"),
    "desk/webhooks": Declared("desk/webhooks", "webhook.keep"),
    "desk/webhooks/<int:number>/<str:verb>": Declared("desk/webhooks/1/enable", "webhook.keep", "draft", "post"),
    # Whoever has no account is written to, and shows by a link that the mailbox is theirs.
    "subscriptions": public("subscriptions"),
    "subscriptions/change": Declared("subscriptions/change", "subscription.keep", method="post"),
    "subscriptions/of/<str:token>": letter("subscriptions/of/none"),
    "subscriptions/confirm/<str:token>": letter("subscriptions/confirm/none"),
    "subscriptions/leave/<str:token>": public("subscriptions/leave/none"),
    "notifications": public("notifications"),
    "notifications/feed": public("notifications/feed"),
    "notifications/<int:year>/<int:number>": public("notifications/2026/1"),
    "notifications/<int:year>/<int:number>/text": public("notifications/2026/1/text"),
    "notifications/<int:year>/<int:number>/pdf": public("notifications/2026/1/pdf"),
    # Lists
    "lists": Declared("lists", "list.keep"),
    "lists/<int:number>": Declared("lists/1", "list.keep"),
    "lists/<int:number>/columns": Declared("lists/1/columns", "list.keep"),
    "lists/<int:number>/names": Declared("lists/1/names", "list.keep"),
    "lists/<int:number>/instruments/<str:name>": Declared("lists/1/instruments/lake-treaty", "list.keep"),
    "lists/<int:number>/everything.zip": Declared("lists/1/everything.zip", "list.keep"),
    "lists/<int:number>/remove": Declared("lists/1/remove", "list.keep", method="post"),
    # The account
    "account": Declared("account", "account.keep"),
    "account/tokens": Declared("account/tokens", "token.keep", method="post"),
    "account/tokens/<int:number>": Declared("account/tokens/1", "token.keep", method="post"),
    "account/people": Declared("account/people", "people.manage"),
    "account/people/<int:number>": Declared("account/people/1", "people.manage"),
    "account/verdicts": Declared("account/verdicts", "audit.read"),
    "account/login/": entrance("account/login/"),
    "account/login/code/confirm/": entrance("account/login/code/confirm/"),
    "account/logout/": entrance("account/logout/"),
    "account/inactive/": entrance("account/inactive/"),
    "account/signup/": entrance("account/signup/"),
    "account/confirm-email/": entrance("account/confirm-email/"),
    r"account/^confirm-email/(?P<key>[-:\w]+)/$": entrance("account/confirm-email/none/"),
    "account/password/reset/": entrance("account/password/reset/"),
    "account/password/reset/done/": entrance("account/password/reset/done/"),
    "account/password/reset/key/done/": entrance("account/password/reset/key/done/"),
    "account/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": entrance("account/password/reset/key/1-a-b/"),
    "account/reauthenticate/": account("account/reauthenticate/"),
    "account/email/": account("account/email/"),
    "account/password/change/": account("account/password/change/"),
    "account/password/set/": account("account/password/set/"),
    "account/2fa/": account("account/2fa/"),
    "account/2fa/authenticate/": entrance("account/2fa/authenticate/"),
    "account/2fa/reauthenticate/": account("account/2fa/reauthenticate/"),
    "account/2fa/totp/activate/": account("account/2fa/totp/activate/"),
    "account/2fa/totp/deactivate/": account("account/2fa/totp/deactivate/"),
    "account/2fa/recovery-codes/": account("account/2fa/recovery-codes/"),
    "account/2fa/recovery-codes/generate/": account("account/2fa/recovery-codes/generate/"),
    "account/2fa/recovery-codes/download/": account("account/2fa/recovery-codes/download/"),
    "account/2fa/webauthn/": account("account/2fa/webauthn/"),
    "account/2fa/webauthn/add/": account("account/2fa/webauthn/add/"),
    "account/2fa/webauthn/reauthenticate/": account("account/2fa/webauthn/reauthenticate/"),
    "account/2fa/webauthn/keys/<int:pk>/remove/": account("account/2fa/webauthn/keys/1/remove/"),
    "account/2fa/webauthn/keys/<int:pk>/edit/": account("account/2fa/webauthn/keys/1/edit/"),
    "account/2fa/webauthn/login/": entrance("account/2fa/webauthn/login/"),
    "account/3rdparty/": account("account/3rdparty/"),
    "account/3rdparty/signup/": entrance("account/3rdparty/signup/"),
    "account/3rdparty/login/cancelled/": entrance("account/3rdparty/login/cancelled/"),
    "account/3rdparty/login/error/": entrance("account/3rdparty/login/error/"),
    "account/oidc/<slug:provider_id>/login/": entrance("account/oidc/none/login/"),
}
# Addresses without a language; whole families are for programs and hold nothing but what is public.
OTHERS = {
    "": public(""),
    "<path:rest>": public("nowhere"),
    "account/oidc/<slug:provider_id>/login/callback/": entrance("account/oidc/none/login/callback/"),
}
PUBLIC_FAMILIES = ("api/", "eli/", "embed/", "log/")

TABLE = {f"<language>/{route}": (f"/en/{one.example}", one) for route, one in PAGES.items()} | {
    route: (f"/{one.example}", one) for route, one in OTHERS.items()
}


def walk(resolver: URLResolver, before: str = "") -> Iterator[str]:
    language = under_language()[0].pattern
    for entry in resolver.url_patterns:
        here = "<language>/" if isinstance(entry.pattern, type(language)) else str(entry.pattern)
        here = before + here.replace("<language:language>", "<language>")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from walk(entry, here)


def addresses() -> set[str]:
    return {route for route in walk(get_resolver()) if not route.startswith(PUBLIC_FAMILIES)}


def test_every_address_is_declared() -> None:
    assert sorted(addresses() - set(TABLE)) == [], "say in this file who may come to them"


@pytest.fixture
def drafted() -> Draft:
    """A draft of France by somebody else, who also drafted a correction and has a webhook."""
    drafter = people.add(email="drafter@example.org", role="delegation", actor="FRA")
    Rectification.objects.create(
        key=KEY,
        owner=drafter,
        instrument="lake-treaty",
        provision="9",
        language="en",
        wrong="fisching",
        right="fishing",
    )
    Subscriber.objects.create(pk=1, owner=drafter, channel=Subscriber.WEBHOOK, address="https://example.org/hook")
    return Draft.objects.create(
        key=KEY, owner=drafter, instrument="lake-treaty", date="1999-01-01", actor="FRA", act="accession"
    )


def asking(role: str) -> tuple[Client, Who, Person | None]:
    client = Client(headers={"host": "localhost"})
    if role == "anonymous":
        return client, ANYONE, None
    person = people.add(email=f"{role}@example.org", role=role, actor="FRA" if role == "delegation" else "")
    person.set_password("a stone bridge")
    person.save()
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.force_login(person)
    return client, who_is(person), person


def leads_to_log_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "/account/login/" in answer.headers["Location"]


@pytest.mark.parametrize("role", ["anonymous", *ROLES])
def test_every_address_with_every_role(role: str, drafted: Draft) -> None:
    client, who, person = asking(role)
    wrong: dict[str, object] = {}
    for route in sorted(addresses() & set(TABLE)):
        address, declared = TABLE[route]
        if person is not None:
            client.force_login(person)  # one of the addresses logs out
        answer = getattr(client, declared.method)(address)
        code, to_log_in = answer.status_code, leads_to_log_in(answer)
        if declared.to == "entrance":
            fine = code < 500 and code != 403
        elif declared.to == "letter":
            fine = code in {403, 404, 410}
        elif declared.to == "public":
            fine = code < 500 and code not in {401, 403} and not to_log_in
        elif declared.to == "account":
            fine = to_log_in if person is None else code < 500 and code not in {401, 403} and not to_log_in
        else:
            thing = (
                Thing(actor=drafted.actor, owner=str(drafted.owner.pk))
                if declared.on == "draft"
                else Thing(actor=who.actor, owner=who.person)
            )
            if verdict(who, declared.to, thing).allowed:
                fine = code < 500 and code not in {401, 403} and not to_log_in
            else:
                fine = to_log_in if person is None else code == 403
        if not fine:
            wrong[f"{declared.method} {route}"] = (code, answer.headers.get("Location"))
    assert wrong == {}


@pytest.mark.parametrize("address", ["/api/v1/instruments", "/eli/instruments/lake-treaty"])
def test_what_is_for_programs_is_public(address: str) -> None:
    answer = Client(headers={"host": "localhost"}).get(address)
    assert answer.status_code in {200, 302, 303}
    assert not answer.cookies
