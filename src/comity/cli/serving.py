"""Serving the portal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from comity.cli.options import refusing
from comity.service import refuse

__all__ = ["serve_command"]

# What the extra `portal` brings.
_NEEDED = ("django", "whitenoise", "a2wsgi", "uvicorn")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, for the first start."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  # rich takes time to load
    from rich.progress import Progress  # noqa: PLC0415  # as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Loading the public register", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


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
@click.option("--allow", multiple=True, metavar="NAME", help="A name that the portal answers to, besides localhost.")
@refusing
def serve_command(host: str, port: int, log: str, allow: tuple[str, ...]) -> None:
    """Serve the register as pages, in English and Arabic."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        says = f"the portal needs {', '.join(missing)}, not installed here"
        raise refuse("extra-missing", says, "install comity[portal]")
    from comity.server.run import prepare, serve  # noqa: PLC0415  # the commands start without Django

    with _bar() as progress:
        brought = prepare(Path(log), (host, *allow), progress)
    if brought:
        click.echo(f"Made {log}, with the public register: {brought:,} entries.", err=True)
    click.echo(
        f"Comity is at http://{'localhost' if host == '127.0.0.1' else host}:{port}/ (stop with Ctrl-C).", err=True
    )
    serve(host, port)
