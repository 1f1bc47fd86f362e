"""A thin ASGI shell around the WSGI pages: plain Django under ASGI is many times slower.

What is live, and what is kept ready, is answered before Django.
"""

from a2wsgi import WSGIMiddleware

from comity.server.live.answers import Answers
from comity.server.live.bodies import Bodies
from comity.server.live.health import health
from comity.server.live.hub import Hub
from comity.server.live.process import before_the_end, share_turns
from comity.server.live.protocol import Application, Receive, Scope, Send
from comity.server.live.stream import stream
from comity.server.registers import close
from comity.server.warming import warm
from comity.server.wsgi import application as pages

__all__ = ["Shell", "application"]

# Threads that answer pages at the same time; more would only wait for one another, and keep the loop from its turn.
_THREADS = 4
# What is written while it is read has threads of its own: a thread waits for whoever reads such an answer slowly.
_STREAMED = "/api/v1/bulk/"
_STREAMS = 2


def _threaded(threads: int) -> Application:
    """The pages, answered by so many threads at the same time."""
    return WSGIMiddleware(pages, workers=threads)  # type: ignore[arg-type,return-value]  # Django's answer can be iterated over; a2wsgi types the same protocol more narrowly


class Shell:
    """The whole portal as one ASGI application."""

    def __init__(self) -> None:
        from django.conf import settings  # noqa: PLC0415  # `pages` has set Django up by now

        self._address: str = settings.COMITY_LOG
        self.hub = Hub(self._address)
        private = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
        behind = Bodies(_threaded(_THREADS))
        self._pages = Answers(behind, self.hub, frozenset(name.encode() for name in private))
        self._streamed = Bodies(_threaded(_STREAMS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To whatever answers at the path."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/health":
            await health(scope, send, self._address)
        elif scope["path"] == "/live":
            await stream(scope, receive, send, self.hub)
        elif scope["path"].startswith(_STREAMED):
            await self._streamed(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the process."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                share_turns()
                before_the_end(self.hub.stop)
                await self.hub.start()
                warm(self._address)
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.hub.end()
                close()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Shell()
