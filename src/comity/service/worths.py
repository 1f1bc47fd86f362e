"""Whether what all earn together can be shared so that nobody objects: a game somebody brings, and its sharings."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import msgspec

from comity.service.analysing import missing_extra
from comity.service.coalition_files import Faults, exact_number, game_of_text, members_of
from comity.service.form import Need, Progress
from comity.service.queries import Register, refuse

if TYPE_CHECKING:
    from comity.analysis.coalitions.worth import Objection, Sharing, Worths

__all__ = ["EXAMPLE", "SOURCES", "CoreAnswer", "CoreAsked", "Shared", "answer", "need"]

_MOST = 16
_DO = "see docs/reference/worth.md"
EXAMPLE: Mapping[str, object] = {
    "text": "coalition,worth\nA,0\nB,0\nC,0\nA;B,4\nA;C,3\nB;C,2\nA;B;C,6\n",
    "proposal": {"A": 2, "B": 2, "C": 2},
}
SOURCES = (
    "Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II.",
    "Schmeidler, D. (1969). The nucleolus of a characteristic function game. SIAM Journal on Applied Mathematics 17.",
    (
        "Maschler, M., Peleg, B., and Shapley, L. S. (1979). Geometric properties of the kernel, nucleolus, and "
        "related solution concepts. Mathematics of Operations Research 4."
    ),
    (
        "Chander, P., and Tulkens, H. (1997). The core of an economy with multilateral environmental externalities. "
        "International Journal of Game Theory 26."
    ),
)


class CoreAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A game as text (docs/reference/worth.md), a sharing that somebody proposes, and how many objections to tell."""

    text: str
    proposal: Mapping[str, float] = {}
    most: int = 5


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """One way to share: `id` says which, `judged` who objects to it."""

    id: Literal["nucleolus", "prenucleolus", "shapley", "equal-surplus", "proposal"]
    judged: "Sharing"


class CoreAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the core is empty, and ways to share. `least` is the least core's excess: above nought, it is empty.

    Where `cost` is true, worths are costs with their sign changed.
    """

    title: str
    source: str
    worths: "Worths"
    cost: bool
    least: Fraction
    proved: bool
    sharings: tuple[Shared, ...]
    says: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether somebody objects to every sharing."""
        return self.least > 0

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it; shares as floats, and exactly as text."""
        sign = -1 if self.cost else 1
        players = self.worths.players
        return {
            "title": self.title,
            "source": self.source,
            "players": list(players),
            "cost": self.cost,
            "total": float(sign * self.worths.total()),
            "core": {"empty": self.empty, "least_excess": float(self.least), "proved": self.proved},
            "sharings": [
                {
                    "sharing": one.id,
                    "shares": {k: float(sign * v) for k, v in zip(players, one.judged.shares, strict=True)},
                    "exact": {k: str(sign * v) for k, v in zip(players, one.judged.shares, strict=True)},
                    "in_core": one.judged.in_core,
                    "objecting": one.judged.objecting,
                    "proved": one.judged.proved,
                    "objections": [
                        {
                            "coalition": list(row.members),
                            "worth": float(sign * row.worth),
                            "gets": float(sign * row.gets),
                            "excess": float(row.excess),
                        }
                        for row in one.judged.worst
                    ],
                }
                for one in self.sharings
            ],
            "says": list(self.says),
        }


def need(asked: CoreAsked) -> Need:
    """All coalitions are looked at, and the nucleolus is proved: a second or two for 16 players."""
    rows = asked.text.count("\n")
    return Need(seconds=rows * 3e-5, memory=rows * 2000)


def answer(register: Register, asked: CoreAsked, progress: Progress = None) -> CoreAnswer:
    """The core, the nucleolus and the Shapley value of a game, and who objects to what. Raises `Refusal`."""
    try:
        from comity.analysis.coalitions.worth import judge, nucleolus, prenucleolus, shapley  # noqa: PLC0415  # of the extra
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if not 0 <= asked.most <= 1 << _MOST:
        raise refuse("number-wrong", f"{asked.most} objections cannot be told", "0 or more")
    title, source, worths, cost = _game(register, asked.text)
    try:
        before, proved = prenucleolus(worths)
        inside = nucleolus(worths)
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if progress is not None:
        progress(1, 2)
    ways: list[tuple[Literal["nucleolus", "prenucleolus", "shapley", "equal-surplus", "proposal"], object, bool]] = []
    ways.append(("prenucleolus", before, proved) if inside is None else ("nucleolus", *inside))
    ways += [("shapley", shapley(worths), True), ("equal-surplus", _equal(worths), True)]
    if asked.proposal:
        ways.append(("proposal", _proposed(worths, asked.proposal, cost=cost), True))
    judged = tuple(
        Shared(id=name, judged=judge(worths, shares, most=max(asked.most, 1), proved=sure))  # type: ignore[arg-type]  # shares
        for name, shares, sure in ways
    )
    found = CoreAnswer(
        title=title,
        source=source,
        worths=worths,
        cost=cost,
        least=judge(worths, before, most=1).largest,
        proved=proved,
        sharings=judged,
    )
    return msgspec.structs.replace(found, says=tuple(_sentences(found)))


def _equal(worths: "Worths") -> tuple[Fraction, ...]:
    """What each has alone, and an equal share of what all together have beyond that."""
    alone = [worths.alone(k) for k in range(len(worths.players))]
    left = (worths.total() - sum(alone, Fraction(0))) / len(alone)
    return tuple(one + left for one in alone)


def _proposed(worths: "Worths", proposal: Mapping[str, float], *, cost: bool) -> tuple[Fraction, ...]:
    fault = Faults("")
    for name in sorted(set(proposal) - set(worths.players)):
        fault(
            "coalitions-unknown", f"proposal: “{name:.60}” is no player", f"the players are {', '.join(worths.players)}"
        )
    for name in worths.players:
        if name not in proposal:
            fault("coalitions-missing", f"proposal: {name} has no share", "give it one, 0 where it gets nothing")
    shares = [exact_number(Decimal(str(proposal.get(name, 0))), f"proposal, {name}", fault) for name in worths.players]
    fault.end()
    sign = -1 if cost else 1
    total = sum(shares, Fraction(0))
    if total != sign * worths.total():
        says = f"the proposal adds up to {float(total):.9g}, and there is {float(sign * worths.total()):.9g} to share"
        raise refuse("worth-total", says, "share all of it, and no more")
    return tuple(sign * one for one in shares)


# The game as it is brought


class _Worths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    players: tuple[str, ...]
    worth: Mapping[str, Decimal] = {}
    cost: Mapping[str, Decimal] = {}
    title: str = ""
    source: str = ""


class _Kind(msgspec.Struct, frozen=True):
    """Whether a text holds worths at all."""

    worth: msgspec.Raw = msgspec.Raw()
    cost: msgspec.Raw = msgspec.Raw()


def _game(register: Register, text: str) -> "tuple[str, str, Worths, bool]":
    """Title, source, worths, and whether they are costs (whose sign is changed). Raises `Refusal`."""
    text = text.lstrip("\ufeff")
    if not text.lstrip().startswith("{"):
        head = next(csv.reader(io.StringIO(text, newline="")), [])
        heads = [one.strip() for one in head]
        if "coalition" in heads and len(heads) == 2 and heads[-1] in {"worth", "cost"}:  # noqa: PLR2004  # two columns
            lines = text.count("\n")
            if lines > 2 ** (_MOST + 1):
                says = f"the table has {lines:,} lines; {_MOST} players, with {2**_MOST:,} coalitions, are the most"
                raise refuse("worth-too-large", says, "put players together")
            return _of_csv(text, cost=heads[-1] == "cost")
        return _of_payoffs(register, text)
    try:
        kind = msgspec.json.decode(text, type=_Kind)
    except msgspec.DecodeError as error:
        raise refuse("coalitions-malformed", str(error), _DO) from error
    if not (bytes(kind.worth) or bytes(kind.cost)):
        return _of_payoffs(register, text)
    try:
        read = msgspec.json.decode(text, type=_Worths)
    except msgspec.DecodeError as error:
        raise refuse("coalitions-malformed", str(error), _DO) from error
    if read.worth and read.cost:
        raise refuse("coalitions-payoffs", "there are worths and costs", "give one of the two")
    fault = Faults("")
    cells = ((0, members_of(name), value) for name, value in (read.worth or read.cost).items())
    return read.title, read.source, _filled(read.players, cells, fault, cost=bool(read.cost)), bool(read.cost)


def _of_csv(text: str, *, cost: bool) -> "tuple[str, str, Worths, bool]":
    fault = Faults("")
    cells: list[tuple[int, tuple[str, ...], Decimal]] = []
    for line, row in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
        if line == 1 or not row:
            continue
        if len(row) != 2:  # noqa: PLR2004  # two columns
            fault("csv-row-length", "more or fewer fields than the header names", "mend the row", line)
            continue
        try:
            cells.append((line, members_of(row[0]), Decimal(row[1].strip())))
        except InvalidOperation:
            fault("number-wrong", f"“{row[1]:.40}” is no number", "write a decimal number", line)
    players = tuple(dict.fromkeys(name for _, coalition, _ in cells for name in coalition))
    return "", "", _filled(players, iter(cells), fault, cost=cost), cost


def _filled(
    players: Sequence[str], cells: Iterator[tuple[int, tuple[str, ...], Decimal]], fault: Faults, *, cost: bool
) -> "Worths":
    """A number for every coalition; faults for what is missing, twice or unknown."""
    from comity.analysis.coalitions.worth import Worths  # noqa: PLC0415  # of the extra `analysis`

    n = len(players)
    if not players or len(set(players)) < n:
        fault("coalitions-twice" if players else "coalitions-empty", "players are named once each, one at least", _DO)
        fault.end()
    if n > _MOST:
        says = f"{n:,} players have 2 to the power of {n:,} coalitions, each to be proved; {_MOST} players are the most"
        raise refuse("worth-too-large", says, "put players together")
    place = {name: at for at, name in enumerate(players)}
    found: list[Fraction | None] = [None] * (1 << n)
    for line, coalition, value in cells:
        unknown = [name for name in coalition if name not in place]
        shown = ";".join(coalition) or "nobody"
        if unknown or len(set(coalition)) < len(coalition):
            says = f"“{unknown[0]:.60}” is no player" if unknown else f"{shown} names a member twice"
            fault("coalitions-unknown", says, f"the players are {', '.join(players)}", line)
            continue
        at = sum(1 << place[name] for name in coalition)
        if found[at] is not None:
            fault("coalitions-twice", f"{shown} stands twice", "keep one", line)
        found[at] = exact_number(value, shown, fault)
    if found[0]:
        fault("number-wrong", "nobody has a worth that is not 0", "leave nobody out, or give 0")
    found[0] = Fraction(0)
    for at, one in enumerate(found):
        if one is None:
            shown = ";".join(name for k, name in enumerate(players) if at >> k & 1)
            fault("coalitions-missing", f"there is no worth of {shown}", "give the worth of every coalition")
    fault.end()
    sign = -1 if cost else 1
    return Worths(players=tuple(players), values=tuple(sign * one for one in found if one is not None))


def _of_payoffs(register: Register, text: str) -> "tuple[str, str, Worths, bool]":
    """The worths of a game of coalitions: what members have together, whoever is outside standing alone."""
    from comity.analysis.coalitions.formulas import FormulaError  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.coalitions.worth import of_payoffs  # noqa: PLC0415  # as above
    from comity.service.payoffs import payoffs_of  # noqa: PLC0415  # as above

    brought = game_of_text(text)
    if max(brought.numbers) > 1 or len(brought.players) > _MOST:
        says = f"there are {sum(brought.numbers):,} players"
        raise refuse("worth-too-large", says, f"{_MOST} single players are the most")
    try:
        payoffs, _ = payoffs_of(register, brought, date(9999, 12, 31))
    except FormulaError as error:
        raise refuse("formula-wrong", str(error), "mend the formula") from error
    return brought.title, brought.source, of_payoffs(payoffs), False


# In words

_CALLED = {
    "nucleolus": "the nucleolus",
    "prenucleolus": "the prenucleolus",
    "shapley": "the Shapley value",
    "equal-surplus": "equal shares of the surplus",
    "proposal": "the proposal",
}


def _sentences(found: CoreAnswer) -> Iterator[str]:
    """The answer in words: who could object to which sharing."""
    if found.empty:
        yield (
            "The core is empty: whatever is shared, some coalition does better alone. "
            f"At the best it could gain {float(found.least):.6g}."
        )
    else:
        spare = f": every coalition has at least {-float(found.least):.6g} more than alone" if found.least else ""
        yield f"The core is not empty: all can be shared so that nobody does better alone{spare or '.'}" + (
            ", at the best." if spare else ""
        )
    for one in found.sharings:
        called = _CALLED[one.id][:1].upper() + _CALLED[one.id][1:]
        if one.judged.in_core:
            yield f"{called}: nobody objects."
        else:
            yield f"{called}: {_objects(one.judged.worst[0], cost=found.cost)}{_others(one.judged.objecting)}."


def _objects(one: "Objection", *, cost: bool) -> str:
    who = ", ".join(one.members)
    sign = -1 if cost else 1
    if cost:
        return f"{who} would object: {float(sign * one.gets):.6g} to bear, and alone {float(sign * one.worth):.6g}"
    return f"{who} would object: {float(one.gets):.6g} to have, and alone {float(one.worth):.6g}"


def _others(many: int) -> str:
    return "" if many == 1 else f"; {many - 1:,} more coalition{'s' if many > 2 else ''} would too"  # noqa: PLR2004  # plural
