"""Accounts: logging in and out, second factors, tokens, people, and the record of verdicts."""

import re
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, override_settings

from comity.access import SCOPES
from comity.server.identity import people, tokens
from comity.server.identity.models import Person, Ruling, Token
from comity.server.words import LANGUAGES

pytestmark = pytest.mark.usefixtures("private")

SECRET = "a stone bridge over the lake"  # noqa: S105  # of nobody
LOGIN = "/en/account/login/"

Added = Callable[..., Person]
Settings = Callable[[str, object], None]


@pytest.fixture
def settings_of(monkeypatch: pytest.MonkeyPatch) -> Settings:
    return lambda name, value: monkeypatch.setattr(settings, name, value)


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture(autouse=True)
def _quick_hashes() -> Iterator[None]:
    """A slow hash is what keeps passwords, and would keep the tests."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def person() -> Added:
    """Adds somebody with a password."""

    def added(role: str, email: str = "", actor: str = "") -> Person:
        found = people.add(email=email or f"{role}@example.org", role=role, actor=actor)
        found.set_password(SECRET)
        found.save()
        return found

    return added


def log_in(client: Client, email: str, password: str = SECRET, **more: str) -> int:
    return client.post(LOGIN, {"login": email, "password": password, **more}).status_code


def text(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", content.decode()).split())


# Logging in


def test_by_e_mail_and_password_with_a_new_session(client: Client, person: Added) -> None:
    person("officer")
    client.get(LOGIN)
    before = client.session.session_key
    assert log_in(client, "Officer@Example.org") == 302
    assert client.session.session_key not in {None, before}
    page = client.get("/en/account")
    assert "depositary officer" in text(page.content)
    assert "no-store" in page.headers["Cache-Control"]
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    # Nothing stays in the browser when it is closed.
    assert cookie["expires"] == ""


def test_the_wrong_password_opens_nothing(client: Client, person: Added) -> None:
    person("officer")
    assert log_in(client, "officer@example.org", "guess") == 200
    assert client.get("/en/account").status_code == 302


def test_who_is_removed_is_out_at_once(client: Client, person: Added) -> None:
    officer = person("officer")
    client.force_login(officer)
    assert client.get("/en/account").status_code == 200
    text_of, _ = tokens.issue(officer, "script", ["read"], 30)
    people.deactivate(officer)
    assert client.get("/en/account").status_code == 302
    assert log_in(client, "officer@example.org") != 302 or client.get("/en/account").status_code == 302
    with pytest.raises(tokens.TokenError):
        tokens.bearer(RequestFactory().get("/", headers={"authorization": f"Bearer {text_of}"}))


def test_another_role_holds_at_once(client: Client, person: Added) -> None:
    officer = person("officer")
    client.force_login(officer)
    assert client.get("/en/account/people").status_code == 403
    people.change(officer, role="administrator", actor="")
    assert client.get("/en/account/people").status_code == 200


def test_five_wrong_guesses_close_the_account_for_a_while(client: Client, person: Added) -> None:
    person("officer")
    for _ in range(5):
        assert log_in(client, "officer@example.org", "guess") == 200
    assert log_in(client, "officer@example.org") == 200
    assert client.get("/en/account").status_code == 302
    # Others are not kept out by it.
    person("chief")
    assert log_in(client, "chief@example.org") == 302


def test_more_attempts_than_a_reader_makes_are_refused_in_words(client: Client) -> None:
    answers = {log_in(client, f"nobody{number}@example.org") for number in range(31)}
    assert 429 in answers
    page = client.post("/ar/account/login/", {"login": "nobody@example.org", "password": "x"})
    assert page.status_code == 429
    assert "محاولات كثيرة جداً" in text(page.content)


def test_a_form_from_elsewhere_is_refused_in_our_words(person: Added) -> None:
    person("officer")
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    page = client.post("/ar/account/login/", {"login": "officer@example.org", "password": SECRET})
    assert page.status_code == 403
    assert "انتهت صلاحية النموذج" in text(page.content)
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(LOGIN).content.decode())
    assert found is not None
    assert log_in(client, "officer@example.org", csrfmiddlewaretoken=found[1]) == 302


def test_a_log_in_leads_on_within_the_portal_only(client: Client, person: Added) -> None:
    person("administrator")
    page = client.get("/en/account/people?x=1")
    assert page.headers["Location"] == "/en/account/login/?next=%2Fen%2Faccount%2Fpeople%3Fx%3D1"
    told = {"login": "administrator@example.org", "password": SECRET}
    assert client.post(LOGIN, told | {"next": "/en/account/people?x=1"}).headers["Location"] == "/en/account/people?x=1"
    client.logout()
    assert client.post(LOGIN, told | {"next": "https://elsewhere.example/"}).headers["Location"] == "/en/account"


def test_logging_out(client: Client, person: Added) -> None:
    client.force_login(person("officer"))
    assert client.post("/ar/account/logout/").headers["Location"] == "/ar/"
    assert client.get("/en/account").status_code == 302


def test_nobody_opens_an_account_unless_the_instance_allows_it(client: Client, settings_of: Settings) -> None:
    told = {"email": "reader@example.org", "password1": SECRET, "password2": SECRET}
    client.post("/en/account/signup/", told)
    assert not Person.objects.exists()
    assert "given by an administrator" in text(client.get(LOGIN).content)
    settings_of("COMITY_OPEN_SIGNUP", "yes")
    assert "Open an account" in text(client.get(LOGIN).content)
    assert client.post("/ar/account/signup/", told).status_code == 302
    opened = Person.objects.get()
    assert (opened.role, opened.language) == ("public", "ar")
    # The address is not believed before it is confirmed.
    assert not EmailAddress.objects.get(user=opened).verified
    assert client.get("/en/account").status_code == 302


def test_an_invitation_sets_a_password_once(client: Client) -> None:
    added = people.add(email="new@example.org", role="chief", language="ar")
    address = people.invitation(added, "https://treaties.example.org/")
    assert address.startswith("https://treaties.example.org/ar/account/password/reset/key/")
    path = address.removeprefix("https://treaties.example.org")
    form = client.get(path, follow=True)
    assert form.status_code == 200
    set_at = form.redirect_chain[-1][0]
    assert client.post(set_at, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(set_at, {"password1": SECRET, "password2": SECRET}).status_code == 302
    assert client.get("/ar/account").status_code == 200
    again = Client(headers={"host": "localhost"})
    assert "password1" not in again.get(path, follow=True).content.decode()
    assert log_in(again, "new@example.org") == 302


# Second factors


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_a_second_factor_is_asked_for_and_kept_encrypted(client: Client, person: Added) -> None:
    officer = person("officer")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # of nobody
    TOTP.activate(officer, secret)
    kept = Authenticator.objects.get(user=officer)
    assert secret not in str(kept.data)
    assert log_in(client, "officer@example.org") == 302
    assert client.get("/en/account").status_code == 302
    assert client.post("/en/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/en/account/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/en/account").status_code == 200


def test_setting_one_up_asks_for_the_password_once_more_and_gives_recovery_codes(client: Client, person: Added) -> None:
    officer = person("officer")
    log_in(client, "officer@example.org")
    setup = "/en/account/2fa/totp/activate/"
    assert client.get(setup).headers["Location"].startswith("/en/account/reauthenticate/")
    client.post("/en/account/reauthenticate/", {"password": SECRET})
    page = client.get(setup)
    # The square to scan is in the page; the policy says so for this page alone.
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    assert "data:" not in client.get("/en/account").headers["Content-Security-Policy"]
    found = re.search(r'id="authenticator_secret"[^>]* value="(\w+)"', page.content.decode())
    assert found is not None
    assert client.post(setup, {"code": code_of(found[1])}).status_code == 302
    kinds = set(Authenticator.objects.filter(user=officer).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    codes = Authenticator.objects.get(user=officer, type="recovery_codes").wrap().get_unused_codes()
    other = Client(headers={"host": "localhost"})
    log_in(other, "officer@example.org")
    for expected in (302, 200):  # each code once
        assert other.post("/en/account/2fa/authenticate/", {"code": codes[0]}).status_code == expected
        other = Client(headers={"host": "localhost"})
        log_in(other, "officer@example.org")


def test_a_letter_leads_to_the_address_of_the_portal_whatever_name_was_asked(
    person: Added, settings_of: Settings
) -> None:
    settings_of("COMITY_PUBLIC_URL", "https://treaties.example.org")
    person("officer")
    client = Client(headers={"host": "localhost:9999"})
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        client.post("/en/account/password/reset/", {"email": "officer@example.org"})
    letter = mail.outbox[-1]
    assert "https://treaties.example.org/en/account/password/reset/key/" in letter.body
    assert "localhost:9999" not in letter.body + letter.subject
    assert letter.subject.startswith("[Comity] ")
    assert letter.body.startswith("Hello from Comity!")
    assert letter.body.endswith("https://treaties.example.org")


@pytest.mark.parametrize("is_open", [False, True])
def test_a_stranger_is_led_to_no_page_that_is_closed(settings_of: Settings, is_open: bool) -> None:  # noqa: FBT001  # a case
    settings_of("COMITY_OPEN_SIGNUP", is_open)
    settings_of("COMITY_PUBLIC_URL", "https://treaties.example.org")
    client = Client(headers={"host": "localhost:9999"})
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        client.post("/en/account/password/reset/", {"email": "o'nobody@example.org"})
    letter = mail.outbox[-1]
    assert letter.to == ["o'nobody@example.org"]
    assert "new password for" in letter.body
    assert "o'nobody@example.org" in letter.body
    assert ("https://treaties.example.org/en/account/signup/" in letter.body) is is_open
    assert ("given by an administrator" in letter.body) is not is_open
    assert "localhost:9999" not in letter.body


# Tokens


def ask_with(token: str) -> tokens.Bearer | None:
    return tokens.bearer(RequestFactory().get("/", headers={"authorization": f"Bearer {token}"}))


def test_a_token_is_shown_once_and_kept_as_a_hash(client: Client, person: Added) -> None:
    officer = person("officer")
    client.force_login(officer)
    told = {"label": "night script", "scopes": ["read", "drafts"], "days": "30"}
    page = client.post("/en/account/tokens", told)
    found = re.search(r'id="token">([\w-]+)<', page.content.decode())
    assert found is not None
    assert "no-store" in page.headers["Cache-Control"]
    kept = Token.objects.get()
    assert found[1] not in {kept.digest, kept.label}
    by = ask_with(found[1])
    assert by is not None
    assert (by.person, by.scopes) == (officer, {"read", "drafts"})
    listed = client.get("/en/account").content.decode()
    assert "night script" in listed
    assert found[1] not in listed


@pytest.mark.parametrize("fault", [{"label": " "}, {"scopes": ["everything"]}, {"days": "9999"}])
def test_what_is_wrong_with_a_token_is_said(client: Client, person: Added, fault: dict[str, object]) -> None:
    client.force_login(person("officer"))
    page = client.post("/en/account/tokens", {"label": "x", "scopes": ["read"], "days": "30"} | fault)
    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()
    assert not Token.objects.exists()


def test_a_token_ends_when_it_is_revoked_or_its_time_is_over(client: Client, person: Added) -> None:
    officer = person("officer")
    revoked, kept = tokens.issue(officer, "a", ["read"], 30)
    ended, _ = tokens.issue(officer, "b", ["read"], 0)
    client.force_login(person("chief"))
    assert client.post(f"/en/account/tokens/{kept.pk}").status_code == 404
    assert ask_with(revoked) is not None
    client.force_login(officer)
    assert client.post(f"/en/account/tokens/{kept.pk}").status_code == 302
    for text_of in (revoked, ended, "comity_" + "A" * 43, ""):
        with pytest.raises(tokens.TokenError):
            ask_with(text_of)
    assert tokens.bearer(RequestFactory().get("/")) is None
    assert tokens.bearer(RequestFactory().get("/", headers={"authorization": "Basic abc"})) is None


def test_a_password_set_anew_ends_the_tokens_and_one_that_is_changed_does_not(client: Client, person: Added) -> None:
    officer, other = person("officer"), person("chief")
    given, _ = tokens.issue(officer, "report", ["read"], 30)
    theirs, _ = tokens.issue(other, "report", ["read"], 30)
    client.force_login(officer)
    new = "another lantern on the quay"
    changed = {"oldpassword": SECRET, "password1": new, "password2": new}
    assert client.post("/en/account/password/change/", changed).status_code == 302
    assert officer.__class__.objects.get(pk=officer.pk).check_password(new)
    assert ask_with(given) is not None
    visitor = Client(headers={"host": "localhost"})
    page = visitor.get(people.invitation(Person.objects.get(pk=officer.pk), "").replace("http://", ""))
    again = {"password1": SECRET, "password2": SECRET}
    assert visitor.post(page.headers["Location"], again).status_code == 302
    assert Person.objects.get(pk=officer.pk).check_password(SECRET)
    with pytest.raises(tokens.TokenError):
        ask_with(given)
    assert ask_with(theirs) is not None


def test_no_token_opens_the_account(client: Client, person: Added) -> None:
    everything, _ = tokens.issue(person("administrator"), "all", SCOPES, 30)
    for page in ("", "/people", "/verdicts"):
        answer = client.get(f"/en/account{page}", headers={"authorization": f"Bearer {everything}"})
        assert answer.status_code == 403
        assert "no token can do this" in text(answer.content)
    answer = client.get("/en/account", headers={"authorization": "Bearer comity_unknown"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["/en/desk", "/en/lists", "/en/subscriptions", "/en/account/people"])
def test_a_token_that_is_none_is_told_so_also_beside_a_session(person: Added, page: str, method: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost", "authorization": "Bearer comity_unknown"})
    client.force_login(person("chief"))
    assert getattr(client, method)(page).status_code in {401, 405}


def test_a_program_needs_no_form_token_and_is_nobody_but_the_owner_of_its_token(person: Added) -> None:
    text_of, _ = tokens.issue(person("delegation", actor="FRA"), "script", ["lists"], 30)
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(person("chief"))
    file = SimpleUploadedFile("list.csv", b"Title of treaty,Date of signature\nLake Treaty,05.04.1995\n")
    told = {"own": "FRA", "name": "by program"}
    assert client.post("/en/lists", {"file": file, **told}).status_code == 403  # a session alone: the form must be ours
    by_token = {"authorization": f"Bearer {text_of}"}
    file.seek(0)
    assert client.post("/en/lists", {"file": file, **told}, headers=by_token).status_code == 302
    assert "by program" in client.get("/en/lists", headers=by_token).content.decode()
    assert "by program" not in client.get("/en/lists").content.decode()


# People


def test_an_address_that_somebody_holds_besides_their_own_is_known(client: Client, person: Added) -> None:
    EmailAddress.objects.create(user=person("public"), email="second@example.org", verified=True, primary=False)
    client.force_login(person("administrator"))
    told = {"role": "officer", "actor": "", "language": "en", "name": ""}
    for address, said in (("Second@example.org", "has an account already"), ("a" * 300 + "@example.org", "is not an")):
        page = client.post("/en/account/people", told | {"email": address})
        assert page.status_code == 400
        assert said in text(page.content)


def test_a_name_is_one_line(client: Client, person: Added) -> None:
    client.force_login(person("public"))
    client.post("/en/account", {"name": "A\r\nBcc: b@example.org\tC", "language": "en"})
    assert Person.objects.get(role="public").name == "A Bcc: b@example.org C"


def test_an_administrator_adds_somebody_and_hands_on_the_address(client: Client, person: Added) -> None:
    client.force_login(person("administrator"))
    told = {"email": "delegate@example.org", "role": "delegation", "actor": "fra", "language": "ar", "name": ""}
    page = client.post("/en/account/people", told)
    assert "http://localhost/ar/account/password/reset/key/" in page.content.decode()
    added = Person.objects.get(email="delegate@example.org")
    assert (added.role, added.actor, added.has_usable_password()) == ("delegation", "FRA", False)
    assert "France" in text(client.get("/en/account/people").content)


def test_all_that_is_wrong_with_a_person_is_said_at_once(client: Client, person: Added) -> None:
    client.force_login(person("administrator"))
    told = {"email": "nowhere", "role": "delegation", "actor": "ATLANTIS", "language": "xx", "name": ""}
    page = text(client.post("/en/account/people", told).content)
    for said in ("“nowhere” is not an e-mail", "no State or organization “ATLANTIS”", "no language “xx”"):
        assert said in page
    told = {"email": "administrator@example.org", "role": "king", "actor": "", "language": "en", "name": ""}
    page = text(client.post("/en/account/people", told).content)
    assert "has an account already" in page
    assert "no role “king”" in page
    assert "needs the State" in text(client.post("/en/account/people", told | {"role": "delegation"}).content)
    assert Person.objects.count() == 1


def test_an_administrator_changes_others_and_not_themselves(client: Client, person: Added) -> None:
    keeper, officer = person("administrator"), person("officer")
    client.force_login(keeper)
    theirs, own = f"/en/account/people/{officer.pk}", f"/en/account/people/{keeper.pk}"
    assert client.post(theirs, {"do": "role", "role": "chief", "actor": "FRA"}).status_code == 302
    assert client.post(theirs, {"do": "role", "role": "delegation", "actor": ""}).status_code == 400
    officer.refresh_from_db()
    assert (officer.role, officer.actor) == ("chief", "")
    assert client.post(theirs, {"do": "close"}).status_code == 302
    officer.refresh_from_db()
    assert not officer.is_active
    refused = client.post(theirs, {"do": "link"})
    assert (refused.status_code, "is closed. Open it again first" in text(refused.content)) == (400, True)
    assert "/password/reset/key/" not in refused.content.decode()
    client.post(theirs, {"do": "open"})
    officer.refresh_from_db()
    assert officer.is_active
    assert "/account/password/reset/key/" in client.post(theirs, {"do": "link"}).content.decode()
    for do in ("role", "close"):
        assert client.post(own, {"do": do, "role": "public"}).status_code == 400
    keeper.refresh_from_db()
    assert (keeper.role, keeper.is_active) == ("administrator", True)
    assert client.get("/en/account/people/999999").status_code == 404


# The record


def test_refusals_are_recorded_with_their_reason_and_an_administrator_reads_them(client: Client, person: Added) -> None:
    client.force_login(person("officer"))
    refused = client.get("/ar/account/people")
    assert refused.status_code == 403
    assert "مقصور على" in text(refused.content)
    kept = Ruling.objects.get()
    assert (kept.action, kept.allowed, kept.reason, kept.thing) == (
        "people.manage",
        False,
        "role",
        "/ar/account/people",
    )
    client.force_login(person("administrator"))
    page = text(client.get("/en/account/verdicts").content)
    assert "reserved for administrator. Your role: depositary officer." in page
    assert "Reading the record of verdicts: your role allows it" in page
    assert "your role allows it" not in text(client.get("/en/account/verdicts?only=refused").content)
    assert client.get("/en/account/verdicts?before=nonsense").status_code == 200


def test_the_record_goes_on_on_further_pages(client: Client, person: Added) -> None:
    keeper = person("administrator")
    Ruling.objects.bulk_create(
        Ruling(person=str(keeper.pk), role="chief", action="draft.approve", allowed=True, reason="second")
        for _ in range(150)
    )
    client.force_login(keeper)
    found = re.search(r'href="(\?before=\d+)"', client.get("/en/account/verdicts").content.decode())
    assert found is not None
    older = client.get(f"/en/account/verdicts{found[1]}").content.decode()
    assert older.count("<tr>") == 1 + 51
    assert 'href="?before=' not in older


def test_knocking_fills_no_record(client: Client) -> None:
    for _ in range(3):
        client.get("/en/account")
    assert not Ruling.objects.exists()


# Words


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_pages_of_the_account_speak_the_language_of_their_address(client: Client, person: Added, language: str) -> None:
    login = client.get(f"/{language}/account/login/")
    html = login.content.decode()
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in html
    client.force_login(person("administrator"))
    for page in ("", "/people", "/verdicts", "/2fa/", "/2fa/webauthn/", "/email/", "/password/change/", "/logout/"):
        answer = client.get(f"/{language}/account{page}")
        html = answer.content.decode()
        assert answer.status_code == 200, page
        assert f'<html lang="{language}" dir="{direction}">' in html
        # Data for scripts may stand in a page, scripts and styles may not.
        assert re.findall(r"<script(?![^>]*(?: src=| type=\"application/json\"))", html) == [], page
        assert not re.search(r"<style|\sstyle=|\son\w+=", html), page
        ids = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', html)
        assert set(ids) <= set(re.findall(r'<label for="([^"]+)"', html)), page
        if language != "en":
            assert not re.search(r"Two-Factor|Change Password|Sign Out|Email Addresses", html), page


def test_the_name_and_the_language_of_messages(client: Client, person: Added) -> None:
    officer = person("officer")
    client.force_login(officer)
    assert client.post("/en/account", {"name": " D. Keeper ", "language": "ar"}).status_code == 302
    officer.refresh_from_db()
    assert (officer.name, officer.language) == ("D. Keeper", "ar")
    client.post("/en/account", {"name": "", "language": "xx", "role": "administrator"})
    officer.refresh_from_db()
    assert (officer.name, officer.language, officer.role) == ("", "ar", "officer")
