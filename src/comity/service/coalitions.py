"""Which coalitions are stable: a game that somebody brings, every coalition of it, and the reasons of some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from comity.service.analysing import missing_extra
from comity.service.coalition_clauses import agreements, clause_rule
from comity.service.coalition_files import Brought, game_of_text
from comity.service.form import Need, Progress
from comity.service.queries import Refusal, Register, refuse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from comity.analysis.coalitions.bits import SumGains
    from comity.analysis.coalitions.clubs import LinearGains
    from comity.analysis.coalitions.reasons import Looked
    from comity.analysis.coalitions.stability import Payoffs

__all__ = ["WALKED", "CoalitionsAnswer", "CoalitionsAsked", "answer", "named", "need"]

Membership = Literal["open", "exclusive", "majority"]
# Players of a game of gains whose coalitions are all walked through; above, an integer program looks for stable ones.
WALKED = 27
_SECONDS = 60.0
# Stable coalitions that are told one by one.
_TOLD = 10_000


class CoalitionsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A game as text (docs/reference/coalitions.md), and what is asked about it.

    `clause`, `membership` and `indifferent` go before what the text says; left out, the text decides. `look` names
    coalitions to look at closely (members by name, a kind as often as it is in). `most` is how many stable coalitions
    are told one by one. `on` is the day on which a clause by id is read.
    """

    text: str
    clause: str = ""
    membership: Membership | Literal[""] = ""
    indifferent: Literal["out", "in", ""] = ""
    transfers: bool = False
    farsighted: Literal["", "one", "together"] = ""
    look: tuple[tuple[str, ...], ...] = ()
    most: int = 20
    on: date | None = None


class CoalitionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: how many coalitions are stable in which sense, the stable ones, and reasons.

    `counts` are of coalitions (of kinds, where players are alike). `complete` is False where a search was ended before
    it had shown that there are no other stable coalitions.
    """

    title: str
    source: str
    players: tuple[str, ...]
    numbers: tuple[int, ...]
    membership: Membership
    indifferent: Literal["out", "in"]
    clause: str
    transfers: bool
    method: Literal["every coalition", "bits", "integer program"]
    counts: Mapping[str, int]
    stable: "tuple[Looked, ...]"
    sharing: "tuple[Looked, ...]"
    looked: "tuple[Looked, ...]"
    complete: bool = True
    farsighted: tuple[Mapping[str, int], ...] | None = None
    says: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it; payoffs as floats."""
        found: dict[str, object] = {
            "title": self.title,
            "source": self.source,
            "players": [
                {"player": name, "number": number} for name, number in zip(self.players, self.numbers, strict=True)
            ],
            "rules": {
                "membership": self.membership,
                "indifferent": self.indifferent,
                "clause": self.clause,
                "transfers": self.transfers,
            },
            "method": self.method,
            "counts": dict(self.counts),
            "complete": self.complete,
            "unique": self.complete and self.counts["stable"] == 1,
            "stable": [_plain(one) for one in self.stable],
            "looked_at": [_plain(one, whole=True) for one in self.looked],
            "says": list(self.says),
        }
        if self.transfers:
            found["stable_with_transfers"] = [_plain(one) for one in self.sharing]
        if self.farsighted is not None:
            found["farsighted"] = [_names_of(one) for one in self.farsighted]
        return found


def _names_of(coalition: Mapping[str, int]) -> list[str]:
    return (
        [name for name, many in coalition.items() for _ in range(many)]
        if _is_small(coalition)
        else [f"{many} × {name}" for name, many in coalition.items()]
    )


def _is_small(coalition: Mapping[str, int]) -> bool:
    return max(coalition.values(), default=0) <= 1


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _plain(one: "Looked", *, whole: bool = False) -> dict[str, object]:
    found: dict[str, object] = {
        "coalition": _names_of(one.coalition),
        "size": sum(one.coalition.values()),
        "total": _float(one.total),
        "gap_closed": _float(one.gap),
        "surplus": _float(one.surplus),
    }
    if whole:
        found |= {
            "agreement": one.agreement,
            "leaving": list(one.leaving),
            "joining": list(one.joining),
            "positions": [
                {
                    "player": row.player,
                    "many": row.many,
                    "inside": row.inside,
                    "payoff": _float(row.payoff),
                    "otherwise": _float(row.otherwise),
                    "gain_from_being_in": float(row.gain),
                    "welcome": row.welcome,
                    "transfer": _float(row.transfer),
                }
                for row in one.positions
            ],
        }
    return found


def need(asked: CoalitionsAsked) -> Need:
    """What the game needs: coalitions times kinds of player. Raises `Refusal` for one that cannot be held."""
    brought = game_of_text(asked.text)
    if brought.gains is not None:
        n = len(brought.players)
        return Need(seconds=2.0**n * 8e-8, memory=2**n) if n <= WALKED else Need(seconds=_SECONDS)
    from comity.analysis.coalitions.stability import TooManyCoalitionsError, room  # noqa: PLC0415  # of the extra `analysis`

    try:
        cells = room(brought.numbers) * len(brought.numbers)
    except TooManyCoalitionsError as error:
        raise _too_many(error) from error
    return Need(seconds=cells * 2e-6, memory=cells * 50)


def answer(register: Register, asked: CoalitionsAsked, progress: Progress = None) -> CoalitionsAnswer:
    """Which coalitions of a game are stable, and why some are or are not. Raises `Refusal`."""
    try:
        from comity.analysis.coalitions.formulas import FormulaError  # noqa: PLC0415  # as above
        from comity.analysis.coalitions.stability import TooManyCoalitionsError  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    if not 1 <= asked.most <= _TOLD:
        raise refuse("parameter-wrong", f"{asked.most} coalitions cannot be told", f"a number from 1 to {_TOLD:,}")
    brought = game_of_text(asked.text)
    rules: dict[str, Any] = {
        name: getattr(asked, name) for name in ("membership", "indifferent") if getattr(asked, name)
    }
    brought = msgspec.structs.replace(brought, clause=asked.clause or brought.clause, **rules)
    _known(brought, asked.look)
    try:
        if brought.gains is not None:
            return _of_gains(brought, brought.gains, asked, progress)
        return _of_payoffs(register, brought, asked, progress)
    except TooManyCoalitionsError as error:
        raise refuse(
            "coalitions-too-many", str(error), "put players who are alike into one kind, or give gains"
        ) from error
    except FormulaError as error:
        raise refuse("formula-wrong", str(error), "mend the formula") from error


def _too_many(error: Exception) -> Refusal:
    return refuse("coalitions-too-many", str(error), "put players who are alike into one kind, or give gains")


def _known(brought: Brought, look: Sequence[Sequence[str]]) -> None:
    most = dict(zip(brought.players, brought.numbers, strict=True))
    for members in look:
        for name, many in Counter(members).items():
            if name not in most:
                raise refuse("coalitions-unknown", f"“{name:.60}” is no player", f"one of {', '.join(most)}")
            if many > most[name]:
                raise refuse("coalitions-unknown", f"there are {most[name]} of {name}", "name it less often")


def _of_payoffs(register: Register, brought: Brought, asked: CoalitionsAsked, progress: Progress) -> CoalitionsAnswer:
    from comity.analysis.coalitions.reasons import look, names_of_state  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.coalitions.stability import from_formula, from_table, stability, with_clause  # noqa: PLC0415  # as above

    if brought.formula is not None:
        payoffs = from_formula(brought.players, brought.formula, brought.numbers, progress)
    else:
        payoffs = from_table(brought.players, brought.table or ())
    agreement = None
    if brought.clause:
        day = asked.on or date(9999, 12, 31)
        agreement = agreements(brought, clause_rule(brought.clause, register, day), register, day)
        payoffs = with_clause(payoffs, agreement)
    found = stability(
        payoffs, membership=brought.membership, indifferent=brought.indifferent, agreement=agreement, progress=progress
    )

    def seen(state: int) -> "Looked":
        return look(payoffs, state, membership=brought.membership, agreement=bool(found.agreement[state]))

    listed = [seen(state) for state in _largest(payoffs, found.stable, asked.most)]
    sharing = [seen(state) for state in _largest(payoffs, found.sharing, asked.most)] if asked.transfers else []
    asked_states = [payoffs.number({name: one.count(name) for name in one}) for one in asked.look]
    looked = [seen(state) for state in asked_states or [len(payoffs.inside) - 1]]
    named = ("internal", "external", "potential")
    counts = {"coalitions": len(payoffs.inside), "agreements": int(found.agreement.sum())}
    counts |= {name: int((getattr(found, name) & found.agreement).sum()) for name in named}
    counts |= {"stable": int(found.stable.sum()), "stable_with_transfers": int(found.sharing.sum())}
    consistent = None
    if asked.farsighted:
        consistent = tuple(names_of_state(payoffs, state) for state in _farsighted(payoffs, brought, asked, progress))
    return _said(brought, asked, "every coalition", counts, listed, sharing, looked, consistent)


def _farsighted(payoffs: "Payoffs", brought: Brought, asked: CoalitionsAsked, progress: Progress) -> tuple[int, ...]:
    from comity.analysis.coalitions.farsighted import largest_consistent_set  # noqa: PLC0415  # of the extra `analysis`

    moves: Any = asked.farsighted
    try:
        return largest_consistent_set(payoffs, moves=moves, membership=brought.membership, progress=progress).consistent
    except ValueError as error:
        raise refuse("coalitions-farsighted", str(error), "ask about fewer players, or without it") from error


def _largest(payoffs: "Payoffs", which: "NDArray[np.bool_]", most: int) -> list[int]:
    """The numbers of coalitions that are marked: the largest first."""
    import numpy as np  # noqa: PLC0415  # of the extra `analysis`

    states = np.flatnonzero(which)
    sizes = payoffs.counts(states).sum(axis=1)
    return [int(at) for at in states[np.lexsort((states, -sizes))][:most]]


def _of_gains(
    brought: Brought, gains: "LinearGains | SumGains", asked: CoalitionsAsked, progress: Progress
) -> CoalitionsAnswer:
    import numpy as np  # noqa: PLC0415  # of the extra `analysis`

    from comity.analysis.coalitions.bits import bits_of, largest  # noqa: PLC0415  # as above
    from comity.analysis.coalitions.reasons import look_gains  # noqa: PLC0415  # as above

    for what, given in (
        ("a clause", brought.clause),
        ("exclusive membership", brought.membership != "open"),
        ("an outsider that joins when indifferent", brought.indifferent == "in"),
        ("farsightedness", asked.farsighted),
    ):
        if given:
            says = f"{what} needs the payoffs of every coalition; here only what each gains by being in is followed"
            raise refuse("coalitions-gains", says, "give a formula or a table")
    if len(brought.players) > WALKED:
        return _searched(brought, gains, asked, progress)
    try:
        bits = bits_of(gains)
    except ValueError as error:
        raise refuse("coalitions-too-many", str(error), "ask about fewer players") from error
    named = ("internal", "external", "potential", "stable")
    counts = {"coalitions": 1 << len(brought.players), "agreements": 1 << len(brought.players)}
    counts |= {name: int(np.bitwise_count(getattr(bits, name)).sum()) for name in named}
    counts["stable_with_transfers"] = int(np.bitwise_count(bits.sharing).sum())

    def seen(which: "NDArray[np.uint8]") -> "list[Looked]":
        return [look_gains(gains, _members(mask)) for mask in largest(which, asked.most)]

    looked = [look_gains(gains, one) for one in _asked(brought, asked)]
    sharing = seen(bits.sharing) if asked.transfers else []
    return _said(brought, asked, "bits", counts, seen(bits.stable), sharing, looked, None)


def _members(mask: int) -> tuple[int, ...]:
    return tuple(at for at in range(mask.bit_length()) if mask >> at & 1)


def _asked(brought: Brought, asked: CoalitionsAsked) -> list[tuple[int, ...]]:
    """The coalitions to look at; everybody where none is named."""
    place = {name: at for at, name in enumerate(brought.players)}
    return [tuple(sorted(place[name] for name in one)) for one in asked.look] or [tuple(range(len(place)))]


def _searched(
    brought: Brought, gains: "LinearGains | SumGains", asked: CoalitionsAsked, progress: Progress
) -> CoalitionsAnswer:
    from comity.analysis.coalitions.clubs import LinearGains  # noqa: PLC0415  # of the extra `analysis`
    from comity.analysis.coalitions.programs import search_stable  # noqa: PLC0415  # as above
    from comity.analysis.coalitions.reasons import look_gains  # noqa: PLC0415  # as above

    if not isinstance(gains, LinearGains) or asked.transfers:
        says = f"of more than {WALKED} players stability is searched without transfers, where gains are linear"
        raise refuse("coalitions-too-many", says, "put players who are alike into one kind, or leave transfers out")
    try:
        found = search_stable(gains, most=asked.most, seconds=_SECONDS, progress=progress)
    except ValueError as error:
        raise refuse("coalitions-too-many", str(error), "ask about fewer players") from error
    n = len(brought.players)
    counts = {"coalitions": 2**n, "agreements": 2**n, "stable": len(found.stable)}
    place = {name: at for at, name in enumerate(brought.players)}
    listed = [look_gains(gains, tuple(place[name] for name in one)) for one in found.stable]
    looked = [look_gains(gains, one) for one in _asked(brought, asked)]
    return _said(brought, asked, "integer program", counts, listed, [], looked, None, complete=found.complete)


def _said(  # noqa: PLR0913, PLR0917  # the parts of an answer
    brought: Brought,
    asked: CoalitionsAsked,
    method: Any,  # noqa: ANN401  # one of the words of the answer
    counts: Mapping[str, int],
    listed: "Sequence[Looked]",
    sharing: "Sequence[Looked]",
    looked: "Sequence[Looked]",
    consistent: tuple[Mapping[str, int], ...] | None,
    *,
    complete: bool = True,
) -> CoalitionsAnswer:
    clause = brought.clause if isinstance(brought.clause, str | int) else msgspec.json.encode(brought.clause).decode()
    found = CoalitionsAnswer(
        title=brought.title,
        source=brought.source,
        players=brought.players,
        numbers=brought.numbers,
        membership=brought.membership,
        indifferent=brought.indifferent,
        clause=str(clause) if brought.clause else "",
        transfers=asked.transfers,
        method=method,
        counts=counts,
        stable=tuple(listed),
        sharing=tuple(sharing),
        looked=tuple(looked),
        complete=complete,
        farsighted=consistent,
    )
    return msgspec.structs.replace(found, says=tuple(_sentences(found)))


def named(one: "Looked") -> str:
    """Who is in a coalition, in words."""
    if not one.coalition:
        return "nobody"
    return ", ".join(name if many == 1 else f"{many} of {name}" for name, many in one.coalition.items())


def _sentences(found: CoalitionsAnswer) -> list[str]:
    """The answer in words."""
    counts = found.counts
    if not counts["stable"]:
        start = "No coalition is stable: from each somebody gains by leaving or joining."
        says = [start if found.complete else "No stable coalition was found before the time was up; there may be one."]
    else:
        many = counts["stable"]
        says = [f"{'One coalition is' if many == 1 else f'{many:,} coalitions are'} stable"]
        says[0] += "." if found.complete else ", and there may be more: the search was ended before it had shown that."
    if found.clause and not counts["agreements"]:
        says.append("No coalition of these players reaches the clause: it may count others.")
    for one in found.looked:
        says += _why(one)
    return says


def _why(one: "Looked") -> list[str]:
    who = named(one)
    rows = {(row.player, row.inside): row for row in one.positions}
    if not one.agreement:
        return [f"{who}: no agreement, for the clause is not reached."]
    says = []
    if one.leaving:
        row = rows[(one.leaving[0], True)]
        has = (
            ""
            if row.payoff is None
            else f", for it has {float(row.payoff):.6g} inside and {float(row.otherwise or 0):.6g} outside"
        )
        says.append(f"{who}: {row.player} would leave first: it gains {-float(row.gain):.6g} by leaving{has}.")
        if len(one.leaving) > 1:
            says.append(f"So would {', '.join(one.leaving[1:])}.")
    else:
        says.append(f"{who}: nobody gains by leaving.")
    if one.joining:
        row = rows[(one.joining[0], False)]
        says.append(f"{row.player} would join first: it gains {float(row.gain):.6g}.")
    if one.surplus is not None and one.leaving:
        says.append(_payments(one, one.surplus))
    return says


def _payments(one: "Looked", surplus: Fraction) -> str:
    if surplus < 0:
        return (
            f"No payments among the members hold it together: they lack {-float(surplus):.6g} of what they would have, "
            "each leaving alone."
        )
    paid = "; ".join(
        f"{row.player} {'gets' if row.transfer > 0 else 'gives'} {abs(float(row.transfer)):.6g}"
        for row in one.positions
        if row.inside and row.transfer
    )
    return f"Payments among the members would hold it together, with {float(surplus):.6g} to spare: {paid}."
