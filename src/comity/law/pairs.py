"""All pairs of parties at once: between how many a reservation modifies, excludes or leaves open which provision."""

from datetime import date
from itertools import combinations

import msgspec

from comity.instruments import Instrument
from comity.law.history import History
from comity.law.law import Law
from comity.law.relation import effects_toward, provision_order
from comity.law.toward import cuts

__all__ = ["PairCount", "Pairs", "pairs"]

Pair = tuple[str, str]


class PairCount(msgspec.Struct, frozen=True, kw_only=True):
    """One provision, and between how many pairs of parties it is modified, excluded or not settled."""

    provision: str
    modified: int
    excluded: int
    not_settled: int


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """The pairs of parties to an instrument on a day.

    `parties` is the number of parties, `total` that of their pairs; `unbound` are pairs between which the instrument
    is not in force; `touched` those, among the others, in which at least one provision is modified, excluded or open.
    """

    instrument: str
    on: date
    parties: int
    total: int
    unbound: int
    touched: int
    provisions: tuple[PairCount, ...]

    def rows(self) -> list[dict[str, object]]:
        """One row a provision."""
        return [
            {"instrument": self.instrument, "on": self.on.isoformat(), **msgspec.structs.asdict(p)}
            for p in self.provisions
        ]


def pairs(law: Law, it: Instrument, history: History, on: date) -> Pairs:
    """Count the pairs by what reservations do between them.

    Each standing reservation is judged once toward each other party, so the work grows with reservations times
    parties, not with the square of the parties. A provision counts once a pair, by its heaviest effect (`relation`).
    """
    bound = {code: spell for code, record in history.records.items() if (spell := record.bound(on)) is not None}
    unbound = set(cuts(law, it, history, on))
    words: dict[Pair, dict[str, str]] = {}
    for holder in bound:
        for other, spell in bound.items():
            pair = (holder, other) if holder < other else (other, holder)
            if holder == other or pair in unbound:
                continue
            for effect in effects_toward(law, it, (holder, other), spell, on):
                found = words.setdefault(pair, {})
                for provision in effect.provisions:
                    found[provision] = max(found.get(provision, ""), effect.word, key=_WEIGHT.__getitem__)
    return Pairs(
        instrument=it.id,
        on=on,
        parties=len(bound),
        total=sum(1 for _ in combinations(bound, 2)),
        unbound=len(unbound),
        touched=sum(1 for found in words.values() if any(_WEIGHT[word] for word in found.values())),
        provisions=_by_provision(words),
    )


_WEIGHT = {"": 0, "opposed": 0, "fallen": 0, "not_settled": 1, "modified": 2, "excluded": 3}


def _by_provision(words: dict[Pair, dict[str, str]]) -> tuple[PairCount, ...]:
    counts: dict[str, dict[str, int]] = {}
    for found in words.values():
        for provision, word in found.items():
            tally = counts.setdefault(provision, dict.fromkeys(("modified", "excluded", "not_settled"), 0))
            if word in tally:
                tally[word] += 1
    return tuple(
        PairCount(provision=provision, **counts[provision]) for provision in sorted(counts, key=provision_order)
    )
