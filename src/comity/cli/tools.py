"""The register as tools for language models."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec

import click

from comity.cli.options import refusing, today
from comity.service import Register, open_register, refuse
from comity.service.opened import MomentError

__all__ = ["mcp_command"]

# What the extra `mcp` brings.
_NEEDED = ("mcp", "uvicorn")


@click.command("mcp")
@click.option(
    "--register", "address", metavar="FOLDER|LOG", help="A folder or a log; left out: the register that ships."
)
@click.option("--http", is_flag=True, help="Serve over HTTP at /mcp, in place of standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@refusing
def mcp_command(address: str | None, host: str, port: int, *, http: bool) -> None:
    """Offer the register as read-only tools, by the Model Context Protocol."""
    if any(find_spec(name) is None for name in _NEEDED):
        raise refuse("extra-missing", "the tools for models need mcp, not installed here", "install comity[mcp]")
    from comity.server.tools import make_server, serve_stdio  # noqa: PLC0415  # the commands start without it

    server = make_server(_asking(address), today)
    if http:
        import uvicorn  # noqa: PLC0415  # of the extra

        click.echo(f"The tools are at http://{host}:{port}/mcp (stop with Ctrl-C).", err=True)
        app = server.streamable_http_app(host=host, stateless_http=True, json_response=True)
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
        return
    import anyio  # noqa: PLC0415  # of the extra

    anyio.run(serve_stdio, server)


def _asking(address: str | None) -> Callable[[str], AbstractContextManager[Register]]:
    """A folder as it stands now; a log as it stands when it is asked. Raises `Refusal` where there is neither."""
    register = open_register(address)
    if address is None or not register.reading.has_two_clocks:

        @contextmanager
        def ask_folder(known: str) -> Iterator[Register]:
            yield open_register(address, known) if known else register

        return ask_folder

    @contextmanager
    def ask_log(known: str) -> Iterator[Register]:
        from comity.server.registers import EmptyThenError, ask  # noqa: PLC0415  # only where it is served

        try:
            with ask(address, known or None) as seen:
                yield seen.register
        except EmptyThenError as error:
            raise refuse("moment-wrong", f"nothing was recorded by {known}", f"the log begins {error.first}") from error
        except MomentError as error:
            raise refuse("moment-wrong", str(error), "give a timestamp, a date or a tree size") from error

    return ask_log
