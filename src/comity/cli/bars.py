"""A bar on a terminal, for long work."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from comity.cli.stopping import stoppable

__all__ = ["bar"]


@contextmanager
def bar(what: str, form: str = "table", *, keeps: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal; nothing where the answer goes to a program.

    Ctrl-C ends the work at once, unless it `keeps` something that is to be put in order first.
    """
    with nullcontext() if keeps else stoppable(), _shown(what, form) as progress:
        yield progress


@contextmanager
def _shown(what: str, form: str) -> Iterator[Callable[[int, int], None] | None]:
    if form != "table" or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415  # rich takes time to load
    from rich.progress import Progress  # noqa: PLC0415  # as above

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
