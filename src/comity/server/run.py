"""Starting the portal: the log, the environment, the server."""

import os
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from comity.server.database import prepare_database
from comity.server.instance import Progress, prepare_log
from comity.service.keeping import Import

__all__ = ["listening_on", "prepare", "prepare_people", "serve", "set_up"]

# In seconds: what a tick may take to finish what it has in hand, once the server has ended.
_LAST: Final = 5.0


def listening_on(host: str, port: int) -> str | None:
    """What hinders a server from listening at an address, in words of the system; None where nothing does."""
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: it may have just ended
            tried.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None


def prepare(
    log: str | Path,
    hosts: Sequence[str],
    progress: Progress | None = None,
    *,
    public_url: str | None = None,
    local_url: str | None = None,
) -> Import | None:
    """Make what the portal stands on, and tell Django where it is; gives what was brought into the log, if anything.

    `public_url` is the address under which readers know it, `local_url` where it is served. Raises OSError where a
    file cannot be written, `Refusal` where the log cannot be.
    """
    brought = prepare_log(log, progress)
    os.environ["COMITY_LOG"] = str(log)
    if public_url:
        os.environ["COMITY_PUBLIC_URL"] = public_url
    if local_url:
        os.environ["COMITY_LOCAL_URL"] = local_url
    os.environ["COMITY_HOSTS"] = " ".join(hosts)
    set_up()
    prepare_database()
    return brought


def prepare_people(log: str | Path) -> None:
    """Make the data base of people ready for a command, beside a log that need not stand yet."""
    os.environ["COMITY_LOG"] = str(log)
    set_up()
    prepare_database()


def set_up() -> None:
    """Let Django read the environment; a second call does nothing."""
    import django  # noqa: PLC0415  # only where it is used

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.server.settings")
    django.setup(set_prefix=False)


def serve(host: str, port: int, workers: int = 1, *, ticking: bool = True) -> None:
    """Serve until stopped; `ticking` does every minute what time brings.

    Raises ModuleNotFoundError where the extra `portal` is not installed.
    """
    import uvicorn  # noqa: PLC0415  # only where it is used

    # As by Ctrl-C: left to the system, the end would come before a tick has let go of its lock.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _ticking(ticking):
        uvicorn.run(
            "comity.server.asgi:application",
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            lifespan="on",
            server_header=False,
            timeout_graceful_shutdown=10,
        )


@contextmanager
def _ticking(wanted: bool) -> Iterator[None]:  # noqa: FBT001  # of one caller
    """What time brings is done meanwhile, where that is wanted; at the end what is in hand is finished."""
    if not wanted:
        yield
        return
    from comity.server.desk.ticking import every_minute  # noqa: PLC0415  # once Django is set up

    stop = Event()
    thread = every_minute(stop)
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST)
