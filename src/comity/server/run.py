"""Starting the portal: the log, the environment, the server."""

import os
from collections.abc import Sequence
from pathlib import Path

from comity.server.database import prepare_database
from comity.server.instance import Progress, prepare_log

__all__ = ["prepare", "serve", "set_up"]


def prepare(log: Path, hosts: Sequence[str], progress: Progress | None = None) -> int:
    """Make what the portal stands on, and tell Django where it is; gives the number of entries brought in."""
    brought = prepare_log(log, progress)
    os.environ["COMITY_LOG"] = str(log)
    os.environ["COMITY_HOSTS"] = " ".join(hosts)
    set_up()
    prepare_database()
    return brought


def set_up() -> None:
    """Let Django read the environment; a second call does nothing."""
    import django  # noqa: PLC0415  # only where it is used

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.server.settings")
    django.setup(set_prefix=False)


def serve(host: str, port: int) -> None:
    """Serve until stopped. Raises ModuleNotFoundError where the extra `portal` is not installed."""
    import uvicorn  # noqa: PLC0415  # only where it is used

    from comity.server.asgi import application  # noqa: PLC0415  # Django reads the environment when it is imported
    from comity.server.registers import close  # noqa: PLC0415  # as above

    try:
        uvicorn.run(application, host=host, port=port, log_level="warning", lifespan="off", server_header=False)
    finally:
        close()
