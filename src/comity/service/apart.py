"""What may take long, in a process of its own with an end: a question of one reader never holds up the others.

The process reads one question as JSON from its input, writes the answer to its output, and is ended when it takes
longer than `SECONDS`. Few run at a time.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from threading import BoundedSemaphore
from typing import Any

import msgspec

from comity.findings import Finding
from comity.service import analysing, offers
from comity.service.queries import Refusal, refuse
from comity.service.regions import regions_of

__all__ = ["MOST_REGIONS", "SECONDS", "apart"]

SECONDS = 20.0
MOST_REGIONS = 18
# How long a program of the solver may search: an answer that is not proved best by then says so.
_SEARCH = 4.0
_SEATS, _PATIENCE = BoundedSemaphore(2), 10.0
_MEMORY = 6 << 30


def _club(text: str, price: str, tariff: str) -> dict[str, object]:
    """The clubs at one price and tariff, and those of every regime."""
    regions = regions_of(text)
    if len(regions) > MOST_REGIONS:
        raise refuse(
            "club-too-large", f"there are {len(regions)} regions; {MOST_REGIONS} is the most", "ask about less"
        )
    chosen = analysing.club_of(regions, Fraction(price), Fraction(tariff))
    return {"chosen": chosen.plain(), "players": chosen.players, "regimes": analysing.regimes(text)}


def _package(text: str, solution: offers.Asked) -> dict[str, object]:
    return offers.package_of(text, solution, seconds=_SEARCH)


_WORK: Mapping[str, Callable[..., object]] = {"club": _club, "package": _package}


class _Said(msgspec.Struct):
    """What the process says: an answer, or what is wrong."""

    answer: Any = None
    findings: tuple[Finding, ...] = ()


def apart(what: str, *, seconds: float = SECONDS, **asked: str) -> Any:  # noqa: ANN401  # whatever the work answers
    """The answer of a kind of work (`club`, `package`), as JSON holds it.

    Raises `Refusal` for what the work refuses, where it takes too long, and where too much is being computed.
    """
    if not _SEATS.acquire(timeout=_PATIENCE):
        raise refuse("analysis-busy", "as much is being computed as may be at a time", "ask again in a moment")
    try:
        run = subprocess.run(
            [sys.executable, "-m", "comity.service.apart"],
            input=msgspec.json.encode({"what": what, "asked": asked}),
            stdout=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        says = f"this takes longer than {seconds:g} seconds, more than a portal gives one reader"
        raise refuse("analysis-too-long", says, "ask about less, or use the command on your own machine") from error
    finally:
        _SEATS.release()
    said = msgspec.json.decode(run.stdout, type=_Said)
    if said.findings:
        raise Refusal(said.findings)
    return said.answer


def _main() -> None:
    with suppress(ImportError):
        import resource  # noqa: PLC0415  # Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    asked = msgspec.json.decode(sys.stdin.buffer.read())
    said = _Said()
    try:
        said.answer = _WORK[asked["what"]](**asked["asked"])
    except Refusal as refusal:
        said.findings = tuple(refusal.findings)
    except MemoryError:
        said.findings = tuple(refuse("analysis-too-long", "this takes more memory than there is", "ask less").findings)
    sys.stdout.buffer.write(msgspec.json.encode(said))


if __name__ == "__main__":
    _main()
