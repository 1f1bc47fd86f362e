"""About 97,700 acts of international agreements, for scale: those beside the checkout, or as many made by the dice.

The file beside the checkout (../shared/data/treaties/ggo_acts.csv.gz, from globalgov/manytreaties) says for each
act its treaty, the treaty's entry into force, the actor, the date, and the day of effect for that actor.

Run as a script, it measures the history alone, in a process that holds nothing else.
"""

import csv
import gzip
import json
import random
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from comity.actors import Directory
from comity.acts import Act
from comity.dates import parse_legal_date
from comity.instruments import EntryIntoForce, Instrument, WithdrawalClause
from comity.law.atlas import Atlas
from comity.law.law import Law
from comity.register.given import GivenReading
from figures import best, megabytes

__all__ = ["FILE", "Given", "Row", "given", "law_over", "rows"]

FILE = Path(__file__).resolve().parents[2] / "shared" / "data" / "treaties" / "ggo_acts.csv.gz"
KINDS = {"signature": "signature", "consent": "consent", "end": "withdrawal"}
SIZE, TREATIES, ACTORS = 97_699, 1_457, 267


class Row(NamedTuple):
    """One act: `act` is signature, consent or end; the days are ISO text, empty where unknown."""

    treaty: str
    treaty_eif: str
    iso3: str
    act: str
    date: str
    state_eif: str


def rows() -> tuple[list[Row], str]:
    """The acts, and what they are."""
    if not FILE.is_file():
        return made(), f"{SIZE:,} acts made by the dice (../shared/data is not beside this checkout)"
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        read = [Row(**{name: line[name] for name in Row._fields}) for line in csv.DictReader(file)]
    kept = [row for row in read if readable(row)]
    treaties = len({row.treaty for row in kept})
    return (
        kept,
        f"{len(kept):,} acts of {treaties:,} agreements, {len(read) - len(kept)} without a usable date left out",
    )


def readable(row: Row) -> bool:
    """Whether the dates are dates: a placeholder (2020-99-99, 9999-12-31) is none."""
    try:
        parse_legal_date(row.date)
        for text in (row.state_eif, row.treaty_eif):
            if text:
                parse_legal_date(text)
    except ValueError:
        return False
    return True


def made() -> list[Row]:
    """As many acts with about the same mix, always the same."""
    dice = random.Random(1969)  # noqa: S311  # a benchmark has no secrets
    found: list[Row] = []
    for number in range(TREATIES):
        adopted = date(1900, 1, 1) + timedelta(days=dice.randrange(43_000))
        entry = str(adopted + timedelta(days=dice.randrange(90, 2000))) if dice.random() < 0.6 else ""
        for actor in dice.sample(range(ACTORS), min(ACTORS, SIZE // TREATIES * 2 // 3)):
            day = adopted + timedelta(days=dice.randrange(400))
            steps = [("signature", day)]
            for act in ("consent", "end", "consent")[: dice.choice((0, 0, 1, 1, 1, 2, 3)) if entry else 0]:
                day += timedelta(days=dice.randrange(1, 3000))
                steps.append((act, day))
            for act, when in steps:
                effect = str(when + timedelta(days=90)) if act == "consent" and dice.random() < 0.5 else ""
                found.append(Row(f"T{number:05}", entry, f"A{actor:03}", act, str(when), effect))
    dice.shuffle(found)
    return sorted(found[:SIZE])


Given = tuple[dict[str, Instrument], dict[str, list[Act]]]


def given(read: Iterable[Row]) -> Given:
    """The acts in memory, under instruments with the official entry into force and notices that work at once."""
    instruments: dict[str, Instrument] = {}
    acts: dict[str, list[Act]] = {}
    for row in read:
        if row.treaty not in instruments:
            official = parse_legal_date(row.treaty_eif).first if row.treaty_eif else None
            instruments[row.treaty] = Instrument(
                id=row.treaty,
                title=row.treaty,
                kind="agreement",
                entry_into_force=EntryIntoForce(official=official),
                withdrawal=WithdrawalClause(),
            )
        stated = row.state_eif if row.act == "consent" else row.date if row.act == "end" else ""
        act = Act(
            instrument=row.treaty,
            date=parse_legal_date(row.date),
            actor=row.iso3,
            kind=KINDS[row.act],
            effective=parse_legal_date(stated) if stated else None,
        )
        acts.setdefault(row.treaty, []).append(act)
    return instruments, acts


def law_over(memory: Given) -> Law:
    """A law that has not been asked anything yet."""
    instruments, acts = memory
    return Law(GivenReading(Directory((), ()), instruments.values(), acts))


def history(number: int) -> None:
    """From acts in memory to columns of every change, `number` times over: seconds, megabytes at most, changes."""
    read, _ = rows()
    memory = given(row._replace(treaty=f"{row.treaty} {copy}") for copy in range(number) for row in read)
    del read
    changes, seconds = best(lambda: Atlas(law_over(memory)).history().columns(), 3)
    print(json.dumps([seconds, megabytes(), len(changes["date"])]))


if __name__ == "__main__":
    history(int(sys.argv[1]))
