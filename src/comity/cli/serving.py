"""Serving the portal."""

from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from comity.cli.bars import bar
from comity.cli.options import refusing
from comity.service import is_postgres, refuse, without_secrets

if TYPE_CHECKING:
    from comity.service.keeping import Import

__all__ = ["serve_command"]

# What the extra `portal` brings.
_NEEDED = ("django", "whitenoise", "a2wsgi", "uvicorn")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--log",
    default="instance/register.comity",
    show_default=True,
    metavar="FILE",
    help="The log to serve; made on the first start, with the public register in it.",
)
@click.option(
    "--database",
    metavar="ADDRESS",
    help="A PostgreSQL data base (postgresql://…) instead of files, for the log and for people and drafts.",
)
@click.option(
    "--public-url",
    metavar="URL",
    envvar="COMITY_PUBLIC_URL",
    help="Under which address readers know the portal; left out: COMITY_PUBLIC_URL, or this machine only.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes serve.")
@click.option("--allow", multiple=True, metavar="NAME", help="A name that the portal answers to, besides localhost.")
@click.option("--no-tick", is_flag=True, help="Leave what time brings to comity tick, else done every minute.")
@refusing
def serve_command(  # noqa: PLR0913  # one parameter an option
    *,
    host: str,
    port: int,
    log: str,
    database: str | None,
    public_url: str | None,
    workers: int,
    allow: tuple[str, ...],
    no_tick: bool,
) -> None:
    """Serve the register as pages, as a live stream and to programs, until stopped."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        says = f"the portal needs {', '.join(missing)}, not installed here"
        raise refuse("extra-missing", says, "install comity[portal]")
    if database is not None and not is_postgres(database):
        raise refuse("address-wrong", f"“{database}” is no address of a data base", "write postgresql://HOST/NAME")
    if public_url and not _is_public(public_url):
        says = f"“{public_url}” is no address under which a portal is known"
        raise refuse("address-wrong", says, "write https://NAME, without a path")
    from comity.server.run import listening_on, prepare, serve  # noqa: PLC0415  # the commands start without Django

    # Before anything is made: a start that could not serve leaves nothing behind.
    fault = listening_on(host, port)
    if fault is not None:
        says = f"nothing can be served at {host}:{port}: {fault}"
        raise refuse("port-refused", says, "name another --port or --host, or stop what listens there")
    here = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    try:
        with bar("Loading the public register", keeps=True) as progress:
            brought = prepare(database or log, (host, *allow), progress, public_url=public_url, local_url=here)
    except OSError as error:
        says = f"the portal cannot be kept here: {error.strerror or error} ({error.filename})"
        raise refuse("instance-unwritable", says, "check your rights, or name another place: --log FILE") from error
    if brought is not None:
        _tell(without_secrets(database or log), brought)
    click.echo(f"Comity is at {here}/ (stop with Ctrl-C).", err=True)
    serve(host, port, workers, ticking=not no_tick)
    click.echo("Stopped.", err=True)


def _is_public(url: str) -> bool:
    parts = urlsplit(url.rstrip("/"))
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.path or parts.query)


def _tell(log: str, brought: "Import") -> None:
    """What the public register that ships brought into the log."""
    if brought.appended:
        click.echo(f"The public register was brought into {log}: {brought.appended:,} entries.", err=True)
    if brought.proposals:
        number = len(brought.proposals)
        click.echo(f"It changes what {log} holds: {number:,} proposals wait (comity proposals).", err=True)
