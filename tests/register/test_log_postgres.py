"""What the role of a writer may do in PostgreSQL, and what nobody may."""

from collections.abc import Iterator

import psycopg
import pytest

from comity.register.errors import LogError, NotALogError, ReadOnlyError, StoreError
from comity.register.leaf import Record
from comity.register.log import Log
from comity.register.note import Signer
from comity.register.postgres import grants
from comity.register.verification import verify

pytestmark = pytest.mark.postgres

ORIGIN = "example.org/register"
RECORDED = "2026-11-23T05:10:03.123456Z"
RECORD = Record(kind="treaty", body={"actor": "FRA"})
CHANGES = ["UPDATE comity.{} SET {} = {}", "DELETE FROM comity.{}", "TRUNCATE comity.{}"]
TABLES = {"entry": "data", "head": "frontier", "checkpoint": "note", "meta": "value"}


@pytest.fixture
def as_writer(database: str) -> Iterator[str]:
    """A log with an entry, and the address of a role that was given `grants`."""
    Log.create(database, ORIGIN).close()
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("SET client_min_messages = error")
        owner.execute('DROP ROLE IF EXISTS "the writer\'s"')
        owner.execute('CREATE ROLE "the writer\'s" LOGIN')
        owner.execute(grants("the writer's").encode())
    yield database.replace("postgres:@", "the%20writer's:@")
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute('DROP OWNED BY "the writer\'s"')


def test_the_role_can_do_all_that_a_log_does(as_writer: str) -> None:
    signer = Signer.generate(ORIGIN)
    with Log.open(as_writer) as log:
        log.append([RECORD], RECORDED)
        log.append([RECORD] * 500, RECORDED)
        log.checkpoint(signer)
        log.settle(log.propose({"a": "b"}, RECORDED), "approved", RECORDED)
        assert verify(log, signer.verifier).ok
        assert len(log) == 501


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_the_role_may_not_change_the_log(as_writer: str, table: str, change: str) -> None:
    statement = change.format(table, TABLES[table], TABLES[table]).encode()
    with psycopg.connect(as_writer) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(statement)


@pytest.mark.parametrize("statement", ["DROP TABLE comity.entry", "ALTER TABLE comity.entry DISABLE TRIGGER ALL"])
def test_the_role_may_not_lift_the_guards(as_writer: str, statement: str) -> None:
    with psycopg.connect(as_writer) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(statement.encode())


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_changes_the_log_by_mistake(as_writer: str, database: str, table: str, change: str) -> None:
    assert as_writer
    statement = change.format(table, TABLES[table], TABLES[table]).encode()
    with psycopg.connect(database) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        owner.execute(statement)


def test_what_an_owner_changed_on_purpose_is_found(as_writer: str, database: str) -> None:
    with Log.open(as_writer) as log:
        log.append([Record(kind="treaty", body={"n": n}) for n in range(50)], RECORDED)
    with psycopg.connect(database) as owner:
        owner.execute("ALTER TABLE comity.entry DISABLE TRIGGER ALL")
        owner.execute("UPDATE comity.entry SET data = replace(data::text, 'x', 'x')::bytea WHERE idx = 17")
        owner.execute("UPDATE comity.entry SET data = data || ' ' WHERE idx = 17")
    with Log.open(as_writer) as log:
        assert (verify(log).ok, verify(log).first_bad) == (False, 17)


def test_a_role_without_grants_is_told_so(as_writer: str, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute('REVOKE INSERT ON comity.entry FROM "the writer\'s"')
    with Log.open(as_writer) as log:
        with pytest.raises(ReadOnlyError, match="permission denied"):
            log.append([RECORD], RECORDED)
        assert len(log) == 0


def test_a_server_that_is_not_there_is_told_in_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Log.open("postgresql://somebody:secret@127.0.0.1:1/nowhere?connect_timeout=2")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_malformed_address_is_told_in_one_line() -> None:
    with pytest.raises(LogError) as caught:
        Log.open("postgresql://[:secret")
    assert "\n" not in str(caught.value)


def test_a_schema_of_that_name_that_is_no_log(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("CREATE SCHEMA comity")
    with pytest.raises(NotALogError):
        Log.open(database)
