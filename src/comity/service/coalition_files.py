"""A game of coalitions as somebody brings it: JSON, or a CSV of what a model gave each player; read with every fault.

The formats stand in docs/reference/coalitions.md.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from comity.findings import Finding
from comity.service.queries import Refusal, refuse

if TYPE_CHECKING:
    from comity.analysis.coalitions.bits import SumGains
    from comity.analysis.coalitions.clubs import LinearGains
    from comity.analysis.coalitions.formulas import Formula, Node

__all__ = ["Brought", "Faults", "exact_number", "game_of_text", "members_of"]

Fault = Callable[[str, str, str], None]
# Faults of one kind that are told one by one.
_TOLD = 5
_BUILT_IN = {"size", "players", "members", "outsiders", "everyone", "min", "max"}
_LARGEST, _MOST_TABLE = 300, 20
_SEPARATORS = ";|+"
_DO = "see docs/reference/coalitions.md"


class _Player(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    number: int = 1
    parameters: Mapping[str, Decimal] = {}


class _Formula(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inside: str
    outside: str
    where: Mapping[str, str] = {}


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    coalition: tuple[str, ...]
    payoffs: Mapping[str, Decimal]


class _Gains(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alone: Mapping[str, Decimal]
    given: Mapping[str, Mapping[str, Decimal]] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as its author wrote it: the players, and one of a formula, a worked model, a table, or gains."""

    players: tuple[_Player | str, ...]
    formula: _Formula | None = None
    model: str = ""
    table: tuple[_Row, ...] = ()
    gains: _Gains | None = None
    clause: Any = None
    weights: Mapping[str, Mapping[str, Decimal]] = {}
    groups: Mapping[str, tuple[str, ...]] = {}
    membership: Literal["open", "exclusive", "majority"] = "open"
    indifferent: Literal["out", "in"] = "out"
    title: str = ""
    source: str = ""


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A game that was brought: one of `formula`, `table` (a row a coalition by number) and `gains`, and its rules."""

    players: tuple[str, ...]
    numbers: tuple[int, ...]
    formula: "Formula | None" = None
    table: tuple[tuple[Fraction, ...], ...] | None = None
    gains: "LinearGains | SumGains | None" = None
    clause: Any = None
    weights: Mapping[str, Mapping[str, Fraction]] = {}
    groups: Mapping[str, tuple[str, ...]] = {}
    membership: Literal["open", "exclusive", "majority"] = "open"
    indifferent: Literal["out", "in"] = "out"
    title: str = ""
    source: str = ""


def game_of_text(text: str, file: str = "") -> Brought:
    """The game that a text holds: JSON where it begins with a brace, else CSV. Raises `Refusal` with every fault."""
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _of_json(text.lstrip("\ufeff"), file)
    return _of_csv(text.lstrip("\ufeff"), file)


class Faults:
    """Faults of one file, told once each and not by the thousand."""

    def __init__(self, file: str) -> None:
        self.file, self.found = file, list[Finding]()
        self.many: Counter[str] = Counter()

    def __call__(self, code: str, says: str, do: str, line: int = 0) -> None:
        """One fault: its code, what is wrong, what to do, and the line where there is one."""
        self.many[code] += 1
        if self.many[code] <= _TOLD:
            self.found.append(Finding(level="error", code=code, file=self.file, line=line, says=says, do=do))

    def end(self) -> None:
        """Raises `Refusal` where there are any."""
        for code, many in self.many.items():
            if many > _TOLD:
                says = f"{many - _TOLD:,} more of the kind {code}"
                self.found.append(Finding(level="error", code=code, file=self.file, says=says, do="mend them alike"))
        if self.found:
            raise Refusal(self.found)


def _of_json(text: str, file: str) -> Brought:
    try:
        read = msgspec.json.decode(text, type=_File)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refuse("coalitions-malformed", str(error), _DO, file) from error
    fault = Faults(file)
    players = tuple(_Player(name=one) if isinstance(one, str) else one for one in read.players)
    _check_players(players, fault)
    given = [name for name in ("formula", "model", "table", "gains") if getattr(read, name)]
    if len(given) != 1:
        says = f"the payoffs are given by {' and '.join(given) or 'nothing'}"
        fault("coalitions-payoffs", says, "give one of formula, model, table, gains")
    for name, rows in (*read.weights.items(), *((name, dict.fromkeys(who)) for name, who in read.groups.items())):
        for player in sorted(set(rows) - {one.name for one in players}):
            fault("coalitions-unknown", f"{name}: “{player}” is no player", "name a player")
    fault.end()
    brought = Brought(
        players=tuple(one.name for one in players),
        numbers=tuple(one.number for one in players),
        clause=read.clause,
        weights={name: _exact_row(rows, name, fault) for name, rows in read.weights.items()},
        groups=read.groups,
        membership=read.membership,
        indifferent=read.indifferent,
        title=read.title,
        source=read.source,
    )
    changes: dict[str, Any] = {}
    if given[0] == "table":
        changes["table"] = _table(read, brought, fault)
    elif given[0] == "gains":
        changes["gains"] = _gains(read, brought, fault)
    else:
        formula = _formula(read, players, fault)
        changes["formula"] = formula
        if formula is not None and read.model == "public-good" and len(players) > _MOST_TABLE and not fault.found:
            changes["gains"] = _good(formula, brought, fault)
    fault.end()
    return msgspec.structs.replace(brought, **changes)


def _check_players(players: Sequence[_Player], fault: Fault) -> None:
    if not players:
        fault("coalitions-empty", "there are no players", "name some under players")
    for name, many in Counter(one.name for one in players).items():
        if many > 1 or not name.strip():
            fault("coalitions-twice", f"the player “{name}” stands {many} times, or is empty", "name each once")
    for one in players:
        if not 1 <= one.number <= 1_000_000:  # noqa: PLR2004  # more than there are States, firms or cities
            fault("coalitions-number", f"{one.name}: there are {one.number} of it", "a number from 1 to 1,000,000")


def exact_number(value: Decimal, where: str, fault: Fault) -> Fraction:
    """An exact number; nought, and a fault, for what is none."""
    if not value.is_finite() or (value and abs(value.adjusted()) > _LARGEST):
        fault("number-wrong", f"{where}: {value} is no number that can be counted with", "write a decimal number")
        return Fraction(0)
    return Fraction(value)


def _exact_row(rows: Mapping[str, Decimal], where: str, fault: Fault) -> dict[str, Fraction]:
    return {name: exact_number(value, f"{where}, {name}", fault) for name, value in rows.items()}


# Formulas and models


def _formula(read: _File, players: Sequence[_Player], fault: Fault) -> "Formula | None":
    from comity.analysis.coalitions.formulas import Formula  # noqa: PLC0415  # as above
    from comity.analysis.coalitions.models import MODELS  # noqa: PLC0415  # of the extra `analysis`

    if read.model and read.model not in MODELS:
        fault("coalitions-model", f"no model is called “{read.model:.40}”", f"there are {', '.join(MODELS)}")
        return None
    if read.formula is None:
        model = MODELS[read.model]
        texts = {**dict(model.where), "inside": model.inside, "outside": model.outside}
        names = list(model.parameters)
    else:
        texts = {**read.formula.where, "inside": read.formula.inside, "outside": read.formula.outside}
        names = sorted({name for one in players for name in one.parameters})
    _check_names(names, read.formula.where if read.formula else {}, fault)
    nodes = _nodes(texts, names, fault)
    parameters: dict[str, tuple[Fraction, ...]] = {}
    for name in names:
        for one in players:
            if name not in one.parameters:
                fault("coalitions-parameter", f"{one.name}: the parameter “{name}” is missing", "give it a number")
        parameters[name] = tuple(
            exact_number(one.parameters.get(name, Decimal(0)), f"{one.name}, {name}", fault) for one in players
        )
    if not {"inside", "outside"} <= set(nodes):
        return None
    where = tuple((name, node) for name, node in nodes.items() if name not in {"inside", "outside"})
    return Formula(parameters=parameters, inside=nodes["inside"], outside=nodes["outside"], where=where)


def _nodes(texts: Mapping[str, str], names: Sequence[str], fault: Fault) -> "dict[str, Node]":
    """The formulas that can be read; faults for the others, and for names that mean nothing where they stand."""
    from comity.analysis.coalitions.formulas import FormulaError, names_of, parse_formula  # noqa: PLC0415  # as above

    found: dict[str, Node] = {}
    known = set(names)
    for name, text in texts.items():
        try:
            found[name] = parse_formula(text)
        except (FormulaError, RecursionError) as error:
            fault("formula-wrong", f"{name}: {error}", "see docs/reference/coalitions.md, the language of formulas")
            continue
        for missing in sorted(set(names_of(found[name])) - known):
            fault("formula-unknown", f"{name}: nothing is called “{missing}”", f"there are {', '.join(sorted(known))}")
        if name not in {"inside", "outside"}:
            known.add(name)
    return found


def _check_names(parameters: Sequence[str], where: Mapping[str, str], fault: Fault) -> None:
    for name in [*parameters, *where]:
        taken = name in _BUILT_IN or name in {"inside", "outside"} or (name in where and name in parameters)
        if taken or not name.isidentifier() or not name.isascii():
            fault("formula-name", f"“{name:.40}” cannot be the name of a number", "take another of plain letters")


def _good(formula: "Formula", brought: Brought, fault: Fault) -> "SumGains | None":
    """What each gains in a public good of many single players: their coalitions are followed as bits."""
    from comity.analysis.coalitions.bits import public_good_gains  # noqa: PLC0415  # of the extra `analysis`

    if max(brought.numbers) > 1:
        return None
    if not all(formula.parameters["c"]):
        fault("formula-wrong", "it divides by nought: c is 0 somewhere", "give every player a cost above 0")
        return None
    return public_good_gains(brought.players, formula.parameters["b"], formula.parameters["c"])


# Tables


def _table(read: _File, brought: Brought, fault: Fault) -> tuple[tuple[Fraction, ...], ...]:
    cells = (
        (0, row.coalition, player, exact_number(value, f"{';'.join(row.coalition)}, {player}", fault))
        for row in read.table
        for player, value in row.payoffs.items()
    )
    if max(brought.numbers) > 1:
        fault("coalitions-number", "a table is of single players", "leave `number` out, or give a formula")
        return ()
    return _filled(brought.players, cells, fault)


def _filled(
    players: Sequence[str],
    cells: Iterator[tuple[int, Sequence[str], str, Fraction]],
    fault: Any,  # noqa: ANN401  # whoever collects what is wrong
) -> tuple[tuple[Fraction, ...], ...]:
    """What every player has in every coalition, by number; a fault for what is missing, twice or unknown."""
    n = len(players)
    if n > _MOST_TABLE:
        fault("coalitions-too-many", f"a table of {n} players has {2**n:,} coalitions", f"{_MOST_TABLE} is the most")
        return ()
    place = {name: at for at, name in enumerate(players)}
    found: list[list[Fraction | None]] = [[None] * n for _ in range(1 << n)]
    for line, coalition, player, value in cells:
        unknown = [name for name in (*coalition, player) if name not in place]
        if unknown or len(set(coalition)) < len(coalition):
            says = f"“{unknown[0]}” is no player" if unknown else f"{';'.join(coalition)} names a member twice"
            fault("coalitions-unknown", says, f"the players are {', '.join(players)}", line)
            continue
        row = found[sum(1 << place[name] for name in coalition)]
        if row[place[player]] is not None:
            fault("coalitions-twice", f"{';'.join(coalition) or 'nobody'}: {player} stands twice", "keep one", line)
        row[place[player]] = value
    for number, row in enumerate(found):
        lacking = [name for name, value in zip(players, row, strict=True) if value is None]
        if lacking:
            members = ";".join(name for at, name in enumerate(players) if number >> at & 1)
            says = f"the coalition of {members or 'nobody'} has no payoff for {', '.join(lacking)}"
            fault("coalitions-missing", says, "give every player's payoff in every coalition")
    return tuple(tuple(value if value is not None else Fraction(0) for value in row) for row in found)


def _of_csv(text: str, file: str) -> Brought:
    fault = Faults(file)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    heads = [name.strip() for name in reader.fieldnames or ()]
    if "coalition" not in heads or (("player" in heads) != ("payoff" in heads)) or len(heads) < 2:  # noqa: PLR2004  # a name and a value
        says = f"the columns are {', '.join(heads)[:200] or 'missing'}"
        raise refuse("csv-column-missing", says, "coalition,player,payoff; or coalition and a column a player", file)
    reader.fieldnames = heads
    rows = list(reader)
    long = "player" in heads
    cells: list[tuple[int, tuple[str, ...], str, Fraction]] = []
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            fault("csv-row-length", "more or fewer fields than the header names", "mend the row", line)
            continue
        coalition = members_of(row["coalition"])
        pairs = (
            [(row["player"].strip(), row["payoff"])]
            if long
            else [(one, row[one]) for one in heads[:] if one != "coalition"]
        )
        for player, number in pairs:
            try:
                value = Decimal(number.strip())
            except ArithmeticError:
                fault("number-wrong", f"“{number:.40}” is no number", "write a decimal number", line)
                continue
            cells.append((line, coalition, player, exact_number(value, player, fault)))
    players = tuple(dict.fromkeys(player for _, _, player, _ in cells))
    if not players:
        fault("csv-empty", "there are no payoffs", "begin with coalition,player,payoff", 1)
        fault.end()
    table = _filled(players, iter(cells), fault)
    fault.end()
    return Brought(players=players, numbers=(1,) * len(players), table=table)


def members_of(text: str) -> tuple[str, ...]:
    """Who is named, with `;`, `|` or `+` between."""
    for sign in _SEPARATORS[1:]:
        text = text.replace(sign, _SEPARATORS[0])
    return tuple(part.strip() for part in text.split(_SEPARATORS[0]) if part.strip())


# Gains


def _gains(read: _File, brought: Brought, fault: Fault) -> "LinearGains | None":
    from comity.analysis.coalitions.clubs import LinearGains  # noqa: PLC0415  # of the extra `analysis`

    if read.gains is None or max(brought.numbers) > 1:
        fault("coalitions-number", "gains are of single players", "leave `number` out, or give a formula")
        return None
    players, gains = brought.players, read.gains
    named = {**dict.fromkeys(gains.alone), **dict.fromkeys(gains.given)}
    named |= {name: None for row in gains.given.values() for name in row}
    for name in sorted(set(named) - set(players)):
        fault("coalitions-unknown", f"gains: “{name}” is no player", f"the players are {', '.join(players)}")
    for name in players:
        if name not in gains.alone:
            fault(
                "coalitions-missing", f"gains: {name} has no gain alone", "give it under alone, 0 where there is none"
            )
    zero = Decimal(0)
    return LinearGains(
        players=players,
        alone=tuple(exact_number(gains.alone.get(name, zero), name, fault) for name in players),
        given=tuple(
            tuple(
                exact_number(gains.given.get(name, {}).get(other, zero), f"{name}, {other}", fault) for other in players
            )
            for name in players
        ),
    )
