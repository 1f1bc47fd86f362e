"""A register over the network answers as the register itself does, and says what is wrong with the network."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path
from typing import ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import msgspec
import pytest
from click.testing import CliRunner

import comity
from comity.acts import Act
from comity.cli.main import main
from comity.dates import LegalDate
from comity.law.statements import Statement
from comity.server.wsgi import application
from comity.service import logbook
from comity.service.parameters import MOST
from comity.service.remote import RemoteRegister

INSTRUMENTS = (
    "lake-treaty",
    "paris-agreement",
    "kyoto-protocol",
    "crc",
    "vienna-convention-ozone",
    "ctbt",
    "genocide-convention",
)
# Acts that have not happened: they bring an instrument into force, touch what binds others, cannot be recorded.
SUPPOSED = {
    name: tuple(
        Act(instrument=name, date=LegalDate(first=day, last=day), actor=actor, kind=kind, ref=ref, line=line)
        for line, (day, actor, kind, ref) in enumerate(acts, 1)
    )
    for name, acts in {
        "lake-treaty": ((date(2002, 1, 31), "ITA", "ratification", ""), (date(2002, 1, 31), "ITA", "reservation", "9")),
        "genocide-convention": ((date(2024, 1, 31), "ALB", "withdrawal", ""),),
        "crc": ((date(2024, 1, 31), "USA", "ratification", ""), (date(2024, 1, 31), "USA", "reservation", "7")),
        "vienna-convention-ozone": ((date(2024, 1, 31), "FRA", "ratification", ""),),
    }.items()
}
DAYS = (date(1998, 1, 1), date(2024, 5, 6))


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that the library gives it
        del format, args


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The portal on a port of this machine."""
    with make_server("127.0.0.1", 0, application, WSGIServer, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def remote(address: str) -> comity.Register:
    return comity.open(address)


@pytest.fixture(scope="module")
def local(log: Path) -> comity.Register:
    return comity.open(log)


def both(local: comity.Register, remote: comity.Register, ask: Callable[[comity.Register], object]) -> object:
    """What both answer; a refusal is an answer too."""
    found = []
    for register in (local, remote):
        try:
            found.append(ask(register))
        except comity.Refusal as refusal:
            found.append(refusal.findings)
    assert unlined(found[0]) == unlined(found[1])
    return found[0]


def unlined(found: object) -> object:
    """Statements without the line of the file where an act stood, which is no part of it and not sent."""
    if not isinstance(found, list):
        return found
    return [
        msgspec.structs.replace(
            one,
            act=msgspec.structs.replace(one.act, line=0),
            replies=tuple(
                msgspec.structs.replace(reply, act=msgspec.structs.replace(reply.act, line=0)) for reply in one.replies
            ),
        )
        if isinstance(one, Statement)
        else one
        for one in found
    ]


def test_an_address_of_the_network_opens_a_remote_register(remote: comity.Register, address: str) -> None:
    assert isinstance(remote, RemoteRegister)
    assert isinstance(comity.open(f"{address}/api/v1/"), RemoteRegister)


@pytest.mark.parametrize("name", INSTRUMENTS)
@pytest.mark.parametrize("on", DAYS, ids=str)
def test_what_is_asked_of_an_instrument(local: comity.Register, remote: comity.Register, name: str, on: date) -> None:
    assert both(local, remote, lambda register: register.instrument(name))
    status = both(local, remote, lambda register: register.status(name, on))
    assert status == remote.status(name, on.isoformat())
    both(local, remote, lambda register: register.missing(name, on))
    both(local, remote, lambda register: register.pairs(name, on))
    both(local, remote, lambda register: register.statements(name, on))
    both(local, remote, lambda register: register.what_if(SUPPOSED[name]) if name in SUPPOSED else None)
    codes = sorted(local.history(name).records)[::40]
    for one, other in pairwise(codes):
        both(local, remote, lambda register, one=one: register.why(name, one, on))  # type: ignore[misc]  # bound now
        both(local, remote, lambda register, a=one, b=other: register.relation(name, a, b, on))  # type: ignore[misc]  # as above
    assert both(local, remote, lambda register: register.timeline(name))


def test_what_is_asked_of_actors(local: comity.Register, remote: comity.Register) -> None:
    for code in ("FRA", "DEU", "SUN", "TWN", "european-union", "EUU"):
        both(local, remote, lambda register, code=code: register.actor(code, DAYS[0]))  # type: ignore[misc]  # bound now
        both(local, remote, lambda register, code=code: register.timeline(code))  # type: ignore[misc]  # as above
        both(local, remote, lambda register, code=code: register.statements_of(code, DAYS[1]))  # type: ignore[misc]  # as above


def test_what_is_asked_of_many(local: comity.Register, remote: comity.Register) -> None:
    assert both(local, remote, lambda register: register.instruments())
    assert both(local, remote, lambda register: register.actors())
    assert both(local, remote, lambda register: register.groups())
    assert both(local, remote, lambda register: register.rules())
    changes = both(local, remote, lambda register: register.changes("1980-01-01", "1998-01-01"))
    assert isinstance(changes, list)
    assert len(changes) > MOST, "more than one page"
    assert both(local, remote, lambda register: register.search("ozone layer"))
    asked = ["FRA", "european-union"], ["lake-treaty", "paris-agreement"]
    assert both(local, remote, lambda register: register.compare(*asked, DAYS[1]))


def test_who_has_power(local: comity.Register, remote: comity.Register) -> None:
    both(local, remote, lambda register: register.power("unsc-substantive", date(2022, 6, 1)))
    both(local, remote, lambda register: register.power("eu-council-qmv", date(2022, 6, 1), ("banzhaf",)))
    both(local, remote, lambda register: register.power("nobody-decides", date(2022, 6, 1)))


def test_what_is_refused_is_refused_alike(local: comity.Register, remote: comity.Register) -> None:
    for ask in (
        lambda register: register.status("lake-treety", DAYS[0]),
        lambda register: register.instrument("none such?"),
        lambda register: register.why("none", "NOONE", DAYS[0]),
        lambda register: register.status("lake-treaty", "1998-02-30"),
        lambda register: register.changes("2020-01-02", "2020-01-01"),
        lambda register: register.timeline("nothing-of-the-kind"),
        lambda register: register.actor("NOONE", DAYS[0]),
    ):
        found = both(local, remote, ask)
        assert isinstance(found, tuple)
        assert found


def test_as_known_then(log: Path, address: str) -> None:
    local, remote = comity.open(log, 4), comity.open(address, 4)
    both(local, remote, lambda register: register.status("lake-treaty", DAYS[0]))
    both(local, remote, lambda register: register.status("paris-agreement", DAYS[0]))
    assert len(both(local, remote, lambda register: register.instruments())) == 1  # type: ignore[arg-type]  # a list


def test_the_log_can_be_asked_too(local: comity.Register, remote: RemoteRegister) -> None:
    assert remote.ask("log-head") == logbook.head(local)
    assert remote.ask("log-entries") == list(logbook.entries(local))
    assert remote.ask("log-inclusion", index=2) == logbook.inclusion(local, 2)
    assert remote.ask("log-consistency", old=2) == logbook.consistency(local, 2)


@pytest.mark.parametrize(
    "command",
    [
        ("status", "lake-treaty", "--on", "1998-01-01"),
        ("why", "lake-treaty", "DEU", "--on", "1998-01-01"),
        ("missing", "ctbt", "--on", "2024-01-01"),
        ("relation", "lake-treaty", "AUT", "CHE", "--on", "1998-01-01"),
        ("pairs", "lake-treaty", "--on", "1998-01-01"),
        ("timeline", "lake-treaty"),
        ("actor", "DEU", "--on", "1998-01-01"),
        ("compare", "--actors", "DEU,CHE", "--instruments", "lake-treaty", "--on", "1998-01-01"),
        ("search", "lake"),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_commands_ask_over_the_network(log: Path, address: str, command: tuple[str, ...], form: str) -> None:
    printed = [
        CliRunner().invoke(main, (*command, "--register", where, "--format", form), catch_exceptions=False)
        for where in (str(log), address)
    ]
    assert printed[0].stdout == printed[1].stdout
    assert printed[0].exit_code == printed[1].exit_code == 0


def test_what_needs_the_acts_is_refused(remote: comity.Register) -> None:
    asks = (
        remote.check,
        lambda: list(remote.reproductions()),
        lambda: remote.atlas().on(DAYS[0]),
        lambda: remote.history("lake-treaty"),
        lambda: remote.signatures("lake-treaty", DAYS[0]),
    )
    for ask in asks:
        with pytest.raises(comity.Refusal) as caught:
            ask()
        assert [finding.code for finding in caught.value.findings] == ["remote-only-questions"]


# Faults of the network


class _Odd(BaseHTTPRequestHandler):
    """A server that is no Comity."""

    answers: ClassVar[list[tuple[int, dict[str, str], bytes]]] = []

    def do_GET(self) -> None:  # the name that the library gives it
        status, headers, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as above
        del format, args


@pytest.fixture
def odd() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Odd) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


STALE = json.dumps({"findings": [{"level": "error", "code": "cursor-stale", "says": "it has changed", "do": "again"}]})

ODD = {
    "a page": (200, {}, b"<!doctype html>"),
    "another thing": (200, {}, b'{"hello": "world"}'),
    "an item that is none": (200, {}, b'[{"hello": "world"}]'),
    "a fault without words": (500, {}, b"oops"),
    "a fault that is no problem": (404, {}, b'{"findings": 3}'),
    "a list that goes on elsewhere": (200, {"Link": '<http://127.0.0.2/api/v1/search>; rel="next"'}, b"[]"),
    "what says that it is packed": (200, {"Content-Encoding": "gzip"}, b"[]"),
    "no text": (200, {}, b'"\xff"'),
}


@pytest.mark.parametrize("case", sorted(ODD))
def test_what_is_no_comity_is_told_so(odd: str, case: str) -> None:
    _Odd.answers = [ODD[case]]
    with pytest.raises(comity.Refusal) as caught:
        comity.open(odd).search("lake")
    assert [finding.code for finding in caught.value.findings] == ["remote-answer-wrong"]
    assert odd in caught.value.findings[0].says


def test_what_is_packed_is_unpacked(odd: str) -> None:
    _Odd.answers = [(200, {"Content-Encoding": "gzip"}, gzip.compress(b"[]"))]
    assert comity.open(odd).search("lake") == []


def test_a_list_that_changed_on_the_way_is_begun_again(odd: str) -> None:
    hit = {"kind": "actor", "where": "FRA", "number": "", "text": "France"}
    first = (200, {"Link": '</api/v1/search?q=x&cursor=1>; rel="next"'}, json.dumps([hit]).encode())
    last = (200, {}, json.dumps([hit]).encode())
    stale = (409, {}, STALE.encode())
    _Odd.answers = [first, stale, first, last]
    assert len(comity.open(odd).search("x")) == 2
    _Odd.answers = [stale]
    with pytest.raises(comity.Refusal, match="it has changed"):
        comity.open(odd).search("x")


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(comity.Refusal) as caught:
        comity.open(f"http://127.0.0.1:{port}").search("lake")
    assert [finding.code for finding in caught.value.findings] == ["remote-unreachable"]
    assert "refused" in caught.value.findings[0].says


def test_nobody_who_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(comity.Refusal) as caught:
        RemoteRegister(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.05).search("lake")
    assert "no answer within 0.05 seconds" in caught.value.findings[0].says


def test_a_connection_that_is_not_safe(odd: str) -> None:
    with pytest.raises(comity.Refusal, match="the connection is not safe"):
        comity.open(odd.replace("http:", "https:")).search("lake")


@pytest.mark.parametrize(
    "address",
    ["https://", "https://me:secret@example.org", "http://example.org/?x=1", "https://example.org:port", "https://["],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(comity.Refusal) as caught:
        comity.open(address)
    assert [finding.code for finding in caught.value.findings] == ["address-wrong"]
    assert "secret" not in str(caught.value)
