"""The data base of people, drafts and lists: apart from the log, and not asked for public pages."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from comity.server.database import database_at, prepare_database
from comity.server.identity.models import Person

PUBLIC = ("/en/", "/ar/instruments/lake-treaty", "/en/instruments/lake-treaty/AUT", "/ar/about", "/en/nothing", "/")


def no_question(*_: object) -> None:
    raise AssertionError("a public page asked the data base")


@pytest.mark.parametrize("page", PUBLIC)
def test_a_public_page_asks_nothing_of_it_and_sets_no_cookie(page: str) -> None:
    with connection.execute_wrapper(no_question):
        response = Client(headers={"host": "localhost"}).get(page)
    assert response.status_code in {200, 302, 404}
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.usefixtures("private")
def test_a_page_of_the_account_does_ask() -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(Person.objects.add("officer@example.org"))
    with connection.execute_wrapper(no_question), pytest.raises(AssertionError, match="asked the data base"):
        client.get("/en/account/email/")


def test_the_file_is_its_owners_and_keeps_what_it_must() -> None:
    place = Path(settings.COMITY_LOG).with_name("portal.sqlite3")
    assert place.stat().st_mode & 0o777 == 0o600
    with connection.cursor() as cursor:
        asked = ("journal_mode", "foreign_keys", "busy_timeout")
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
    assert found == ["wal", 1, 15_000]


def test_one_that_is_up_to_date_is_only_looked_at() -> None:
    assert prepare_database() is False


HELD = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 2**40)"


def test_to_look_at_it_lets_go_of_no_lock() -> None:
    place = Path(settings.COMITY_LOG).with_name("portal.sqlite3")
    with place.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX, 1, 2**40)  # as SQLite locks, and beside what it locks
        prepare_database()
        other = subprocess.run([sys.executable, "-c", HELD, str(place)], capture_output=True, check=False, timeout=60)
    assert b"BlockingIOError" in other.stderr


def test_the_models_and_the_tables_agree() -> None:
    from django.core.management import call_command  # noqa: PLC0415  # says nothing unless asked

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("private")
def test_one_mailbox_is_one_person() -> None:
    person = Person.objects.add(" Officer@Example.ORG ")
    assert person.email == "officer@example.org"
    assert Person.objects.get_by_natural_key("OFFICER@example.org") == person
    assert not person.has_usable_password()


def test_an_address_in_postgresql_leads_to_a_schema_of_its_own() -> None:
    found = database_at("postgresql://portal:s3cret@db.example.org:5433/comity?sslmode=require")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["NAME"], found["USER"], found["HOST"], found["PORT"]) == (
        "comity",
        "portal",
        "db.example.org",
        "5433",
    )
    assert found["OPTIONS"] == {"sslmode": "require", "options": "-c search_path=portal"}


SETTINGS = """\
from comity.server import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0,
      settings.ALLOWED_HOSTS[-1], getattr(settings, "CSRF_TRUSTED_ORIGINS", None))
"""


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://treaties.example.org/", "True True True treaties.example.org ['https://treaties.example.org']"),
        ("", "False False False [::1] None"),
    ],
)
def test_behind_https_cookies_travel_over_tls_alone(tmp_path: Path, address: str, says: str) -> None:
    told = {"COMITY_PUBLIC_URL": address, "COMITY_LOG": str(tmp_path / "register.comity"), "COMITY_HOSTS": ""}
    ran = subprocess.run(
        [sys.executable, "-c", SETTINGS], env=os.environ | told, capture_output=True, check=True, text=True
    )
    assert ran.stdout.strip() == says


HEADERS = """\
from comity.server.run import set_up
set_up()
from comity.server.database import prepare_database
prepare_database()
from django.test import Client
client = Client(headers={"host": "treaties.example.org"})
answer = client.get("/en/account/login/", secure=True)
cookie = answer.cookies["csrftoken"]
print(answer.status_code, answer.headers["Strict-Transport-Security"], bool(cookie["secure"]), bool(cookie["httponly"]))
"""


def test_behind_https_browsers_are_told_to_keep_to_it(tmp_path: Path) -> None:
    told = {"COMITY_PUBLIC_URL": "https://treaties.example.org", "COMITY_LOG": str(tmp_path / "register.comity")}
    ran = subprocess.run(
        [sys.executable, "-c", HEADERS], env=os.environ | told, capture_output=True, check=True, text=True
    )
    assert ran.stdout.strip() == "200 max-age=31536000 True True"
