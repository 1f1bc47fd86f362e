"""Backups: making one while the portal is served, and putting one in place."""

from pathlib import Path

import click

from comity.cli.bars import bar
from comity.cli.options import refusing
from comity.service import is_postgres
from comity.service.backups import back_up, bring_back

__all__ = ["backup_command", "restore_command"]

_LOG = "instance/register.comity"


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--log", default=_LOG, show_default=True, metavar="FILE", help="The log of the instance.")
@click.option("--database", metavar="ADDRESS", help="The data base that it is in instead; the rest is for pg_dump.")
@click.option("--keys", is_flag=True, help="Copy the secrets too: the key of the checkpoints, that of the instance.")
@refusing
def backup_command(folder: Path, log: str, database: str | None, keys: bool) -> None:  # noqa: FBT001  # as click gives it
    """Copy an instance into a new FOLDER, while it is served, and verify the copy."""
    from comity.server.instance import parts_of  # noqa: PLC0415  # the commands start without the portal

    address = database or log
    parts = parts_of(address)
    files = parts.files | (parts.keys if keys else {})
    with bar("Copying", keeps=True) as progress:
        made = back_up(address, folder, tables=parts.tables, files=files, progress=progress)
    click.echo(f"{folder}: {made.size:,} entries of {made.origin}, root {made.root[:16]}…, verified.")
    click.echo(f"With {', '.join(sorted({name.partition('/')[0] for name in made.files}))}.")
    if is_postgres(address):
        click.echo("People, drafts and lists stay in the data base: copy its schema portal with pg_dump.")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--log", default=_LOG, show_default=True, metavar="FILE", help="Where the log is to be.")
@click.option("--database", metavar="ADDRESS", help="The data base that the log is to be in instead.")
@click.option("--key", metavar="KEY", help="The public key, or its file: the checkpoints must be signed with it.")
@refusing
def restore_command(folder: Path, log: str, database: str | None, key: str | None) -> None:
    """Put the backup in FOLDER in place, once it is verified. Nothing is overwritten."""
    from comity.server.instance import parts_of  # noqa: PLC0415  # as above

    address = database or log
    parts = parts_of(address)
    places = parts.tables | parts.files | parts.keys
    with bar("Copying", keeps=True) as progress:
        made = bring_back(folder, address, places=places, key=key, progress=progress)
    click.echo(
        f"{made.size:,} entries of {made.origin}, as they were at {made.made}, root {made.root[:16]}…, verified."
    )
