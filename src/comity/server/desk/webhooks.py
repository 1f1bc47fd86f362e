"""Calling other people's programs: signed, to public addresses only, and never led on to another one.

Each call is a POST of JSON with these headers:

    Comity-Event       notification, deadline, …
    Comity-Delivery    the key of the message: the same again when a call is repeated
    Comity-Signature   t=1767225600,v1=… : HMAC-SHA256, with the secret of the webhook, over `t`, a full stop, the body
"""

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from contextlib import suppress
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from comity.server.desk.models import Message, Subscriber

__all__ = ["CallError", "call", "faults_of_url", "sign", "verify"]

# In seconds.
_PATIENCE: Final = 10
_LONGEST: Final = 20.0
# How old a signature may be for `verify`, in seconds.
_FRESH: Final = 300
_TAKEN: Final = range(200, 300)


class CallError(Exception):
    """A call that was not taken: refused here, or answered with anything but 2xx."""


def sign(secret: str, at: int, body: bytes) -> str:
    """The signature of a call at a time (seconds since 1970)."""
    found = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={found}"


def verify(secret: str, signature: str, body: bytes, now: int) -> bool:
    """Whether a call is ours and fresh: what a receiver does."""
    parts = dict(part.partition("=")[::2] for part in signature.split(","))
    at = parts.get("t", "")
    if not at.isdecimal() or abs(now - int(at)) > _FRESH:
        return False
    return hmac.compare_digest(sign(secret, int(at), body), signature)


def faults_of_url(url: str) -> str:
    """What is wrong with the address of a program: the id of a string, or nothing. Its host is looked up later."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "desk.webhook.url"
    schemes = {"https", "http"} if settings.COMITY_WEBHOOKS_PRIVATE else {"https"}
    if not url.isascii() or not url.isprintable() or " " in url or parts.scheme not in schemes:
        return "desk.webhook.url"
    if not parts.hostname or parts.username or parts.password or port == 0:
        return "desk.webhook.url"
    literal = _literal(parts.hostname)
    return "desk.webhook.private" if literal is not None and not _allowed(literal) else ""


# Where a network translates to the older addresses (RFC 6052): the last four bytes are one of them.
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _allowed(address: _Address) -> bool:
    """Whether a program may live there: on the open network, unless this instance allows its own."""
    if isinstance(address, ipaddress.IPv6Address):
        within = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None
        address = address.ipv4_mapped or address.sixtofour or within or address
    return bool(settings.COMITY_WEBHOOKS_PRIVATE) or (address.is_global and not address.is_multicast)


def _resolved(host: str, port: int) -> str:
    """An address of a host, all of whose addresses are allowed. Raises CallError, OSError."""
    try:
        told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a name that none can have, such as one with a part of more than 63 letters
        raise CallError(f"{host} is no name of the network") from error
    found = {str(info[4][0]) for info in told}
    for one in sorted(found):
        if not _allowed(ipaddress.ip_address(one.partition("%")[0])):
            raise CallError(f"{host} is not an address of the open network")
    return min(found)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked: a name that answers otherwise a moment later changes nothing."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=_PATIENCE)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        """Connect to the address, and ask its certificate for the name."""
        found = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = found if self._tls is None else self._tls.wrap_socket(found, server_hostname=self.host)

    def abandon(self) -> None:
        """Stop at once whatever is being sent or read."""
        with suppress(OSError):  # it came to its end by itself
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)


def call(subscriber: Subscriber, message: Message, at: datetime) -> None:
    """Call a program. Raises CallError or OSError where it did not take the call."""
    fault = faults_of_url(subscriber.address)
    if fault:
        raise CallError(fault)
    url = urlsplit(subscriber.address)
    secure = url.scheme == "https"
    host, port = url.hostname or "", url.port or (443 if secure else 80)
    body = json.dumps(message.payload, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Comity",
        "Comity-Event": str(message.payload.get("event", "")),
        "Comity-Delivery": message.key,
        "Comity-Signature": sign(subscriber.secret, int(at.timestamp()), body),
    }
    connection = _Pinned(host, port, _resolved(host, port), ssl.create_default_context() if secure else None)
    # Patience is for each part of an answer: one that comes letter by letter would keep all others waiting.
    end = threading.Timer(_LONGEST, connection.abandon)
    end.start()
    try:
        connection.request("POST", f"{url.path or '/'}{'?' + url.query if url.query else ''}", body, headers)
        # Where an answer leads on to another address, nobody follows.
        status = connection.getresponse().status
    except http.client.HTTPException as error:
        raise CallError(type(error).__name__) from error
    finally:
        end.cancel()
        connection.close()
    if status not in _TAKEN:
        raise CallError(f"answered {status}")
