"""Django's data base: beside the log, or in the PostgreSQL that holds the log, in a schema of its own."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from comity.register.errors import is_postgres
from comity.service import refuse

__all__ = ["SCHEMA", "database_at", "prepare_database"]

# The log lives in the schema `comity`; people, drafts and lists live apart from it.
SCHEMA = "portal"
# In seconds: how long a writer waits for another one.
_PATIENCE = 15


def database_at(address: str) -> dict[str, Any]:
    """Django's settings for the data base at an address: `postgresql://…`, or the path of an SQLite file."""
    kept: dict[str, Any] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if not is_postgres(address):
        # A transaction takes its lock at once: one that began by reading could not wait for another writer.
        options = {
            "timeout": _PATIENCE,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address, "OPTIONS": options} | kept
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415  # an extra: only where it is used

    told: dict[str, Any] = conninfo_to_dict(address)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found = {key: str(told.pop(name)) for key, name in names.items() if name in told}
    told["options"] = f"{told.get('options', '')} -c search_path={SCHEMA}".strip()
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": told} | found | kept


def prepare_database() -> bool:
    """See that the data base stands as this version needs it; says whether anything was changed.

    Django must be set up. A data base that is up to date is only looked at. Raises `Refusal` where it cannot be used.
    """
    from django.db import DatabaseError  # noqa: PLC0415  # Django reads the environment when it is set up

    try:
        return _prepare()
    except DatabaseError as error:
        says = f"the data base of people and drafts cannot be used: {(str(error).splitlines() or [''])[0]}"
        do = "see that it is there and may be written, or bring it back from a backup"
        raise refuse("portal-unreadable", says, do) from error


def _prepare() -> bool:
    from django.core.management import call_command  # noqa: PLC0415  # as above
    from django.db import connection  # noqa: PLC0415  # as above
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415  # as above

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"')
    else:
        _for_its_owner(Path(str(connection.settings_dict["NAME"])))
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return True


def _for_its_owner(file: Path) -> None:
    """A new file, which nobody else may read; what SQLite lays beside it takes the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # One that is there is left unopened: closing it would let go of the locks that this process holds on it (POSIX).
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
