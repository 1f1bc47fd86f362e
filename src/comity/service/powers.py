"""Who has what power under a decision rule: asked of a register, or of a rule file beside it.

The room of analysis itself (extra `analysis`) is only loaded when it is asked.
"""

from datetime import date
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from comity.service import shapes
from comity.service.analysing import missing_extra
from comity.service.form import Progress
from comity.service.queries import Register, as_day, refuse
from comity.service.rulings import Ruling, measurable, measured_by, ruling, unknown_rule

if TYPE_CHECKING:
    from comity.analysis.voting.games import Game
    from comity.analysis.voting.power import Index, Mode, Power

__all__ = [
    "INDICES",
    "PowerAnswer",
    "PowerAsked",
    "answer_power",
    "measurable",
    "mode_of",
    "power",
    "power_asked",
    "power_in",
    "power_under",
    "read_power",
    "refuse_large",
]

# Rules of many members take seconds and a hundred megabytes: one at a time is counted, and who waits longer is told.
_ONE, _PATIENCE = Lock(), 8.0
_KEPT = 64
_MEMORY = 300_000_000  # bytes that a portal gives one count
_SPEAKERS = 60  # members of several kinds whose roll-calls it counts
INDICES: "tuple[Index, ...]" = ("banzhaf", "shapley")


class PowerAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision rule of the register by its id, the day on which it is asked about, and which indices.

    `mode`: `instant` gives Banzhaf within a proved bound, where counting takes long. `abstention`: members may abstain
    too. `members`: who votes, where the
    rule does not say: a group, or codes with commas.
    """

    rule: str
    on: date
    index: tuple[Literal["banzhaf", "shapley"], ...] = INDICES
    mode: Literal["exact", "instant"] = "exact"
    abstention: bool = False
    members: str = ""


def answer_power(register: Register, asked: PowerAsked, progress: Progress = None) -> "PowerAnswer":
    """Who has what power under a rule of the register (`power_asked`). Raises `Refusal`."""
    del progress  # it takes seconds at the most
    return power_asked(
        register, asked.rule, asked.on, asked.index, asked.mode, asked.members, abstention=asked.abstention
    )


class PowerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who has what power under a rule on a day, and what the rule and its weights rest on."""

    rule: str
    title: str
    article: str
    on: date
    weights: str
    power: "Power"
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """The answer as JSON holds it; counts are text, for they are larger than programs take for numbers."""
        members = [msgspec.to_builtins(one) for one in self.power.members]
        for one in members:
            one["swings"] = None if one["swings"] is None else str(one["swings"])
        return {
            "rule": self.rule,
            "title": self.title,
            "article": self.article,
            "on": self.on.isoformat(),
            "members": members,
            "winning": None if self.power.winning is None else str(self.power.winning),
            "collectivity": self.power.collectivity,
            "method": self.power.method,
            "within": None if self.power.within is None else msgspec.structs.asdict(self.power.within),
            "weights": self.weights,
            "notes": self.notes,
            "sources": self.sources,
        }


def power(  # noqa: PLR0913  # what a question takes
    register: Register,
    rule: str,
    on: date | str,
    indices: "tuple[Index, ...]" = INDICES,
    *,
    mode: "Mode" = "exact",
    members: str = "",
    abstention: bool = False,
) -> PowerAnswer:
    """The power of each member under a decision rule: the id of one of the register, or the path of a rule file.

    Weights and groups of a rule file are looked for beside it, then in the register; `members` as in `rulings`. Raises
    `Refusal`.
    """
    return power_under(ruling(register, rule, as_day(on), members), indices, mode, abstention=abstention)


def power_under(
    found: Ruling, indices: "tuple[Index, ...]" = INDICES, mode: "Mode" = "exact", *, abstention: bool = False
) -> PowerAnswer:
    """The power of each member under a rule as it stands on a day. Raises `Refusal`."""
    measured = _ternary(found, indices) if abstention else power_in(found.game(), found.rule.id, indices, mode)
    weights = measured_by(next(iter(found.tables.values()))) if len(found.tables) == 1 else {}
    own = tuple(msgspec.structs.replace(one, weight=weights.get(one.actor)) for one in measured.members)
    return PowerAnswer(
        rule=found.rule.id,
        title=found.rule.title,
        article=found.article,
        on=found.on,
        weights=", ".join(found.tables),
        power=msgspec.structs.replace(measured, members=own),
        notes=found.notes,
        sources=found.sources,
    )


def _ternary(found: Ruling, indices: "tuple[Index, ...]") -> "Power":
    """The power where members may abstain. Raises `Refusal`."""
    try:
        from comity.analysis.voting.abstention import ternary  # noqa: PLC0415  # of the extra `analysis`
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error
    from comity.analysis.voting.power import Power, PowerOf, TooManyError  # noqa: PLC0415  # as above

    try:
        counted = ternary(found.ground, found.members, shapley="shapley" in indices)
    except TooManyError as error:
        raise refuse("power-uncounted", f"{found.rule.id}: {error}", "ask without abstentions") from error
    members = tuple(
        PowerOf(
            actor=one.actor,
            weight=None,
            swings=one.swings,
            banzhaf_absolute=one.banzhaf_absolute,
            banzhaf_normalised=one.banzhaf_normalised,
            shapley=one.shapley,
            prevent=None,
            initiate=None,
            by_abstaining=one.against_abstaining / one.swings if one.swings else None,
        )
        for one in counted.members
    )
    return Power(
        members=members,
        winning=counted.winning,
        collectivity=counted.collectivity,
        method="ballots with abstentions",
    )


def power_in(game: "Game", named: str, indices: "tuple[Index, ...]" = INDICES, mode: "Mode" = "exact") -> "Power":
    """The power in the game of a rule: counted once, kept, never twice at a time. Raises `Refusal`."""
    from comity.analysis.voting.power import TooManyError  # noqa: PLC0415  # of the extra `analysis`

    try:
        return _one_by_one(game, indices, mode)
    except TooManyError as error:
        raise refuse(
            "power-uncounted", f"{named}: {error}", "ask about fewer members, or about one condition"
        ) from error


def _one_by_one(game: "Game", indices: "tuple[Index, ...]", mode: "Mode") -> "Power":
    """The power in a game: counted once, kept, and never twice at the same time."""
    if not _ONE.acquire(timeout=_PATIENCE):
        raise refuse("analysis-busy", "another question of power is being counted", "ask again in a minute")
    try:
        return measured(game, indices, mode)
    finally:
        _ONE.release()


@lru_cache(maxsize=_KEPT)
def measured(game: "Game", indices: "tuple[Index, ...]", mode: "Mode") -> "Power":
    from comity.analysis.voting.power import power as counted  # noqa: PLC0415  # of the extra `analysis`

    return counted(game, indices, mode)


def power_asked(  # noqa: PLR0913  # what a question takes
    register: Register,
    rule: str,
    on: date,
    index: tuple[str, ...] = INDICES,
    mode: str | None = None,
    members: str | None = None,
    *,
    abstention: bool | None = None,
) -> PowerAnswer:
    """The power of each member under a rule of the register, as programs ask: never a file. Raises `Refusal`."""
    if not set(index) <= set(INDICES):
        raise refuse("index-unknown", f"“{', '.join(index):.40}” names no index", "say banzhaf, shapley, or both")
    # In one order, so that what was counted once is found again.
    chosen = tuple(one for one in INDICES if one in index)
    if register.reading.rule(rule) is None:
        raise unknown_rule(register, rule)
    if mode != "instant" or abstention:
        refuse_large(register, rule, on, members or "", abstention=bool(abstention))
    return power(
        register,
        rule,
        on,
        chosen,
        mode=mode_of(mode or "exact"),
        members=members or "",
        abstention=bool(abstention),
    )


def refuse_large(register: Register, rule: str, on: date, members: str = "", *, abstention: bool = False) -> None:
    """Refuse what one reader of a portal may not ask for: a file, a rule that there is not, or what takes too much."""
    if register.reading.rule(rule) is None:
        raise unknown_rule(register, rule)
    found = ruling(register, rule, on, members)
    if abstention:
        _refuse_long(found)
        return
    game = found.game()
    from comity.analysis.voting.power import memory_needed  # noqa: PLC0415  # of the extra `analysis`

    needed = memory_needed(game)
    if needed > _MEMORY:
        says = f"{found.rule.id} takes {needed / 1e9:.1f} GB of memory to count"
        raise refuse("analysis-too-long", says, f"run comity power --rule {found.rule.id} where there is as much")


def _refuse_long(found: Ruling) -> None:
    """Roll-calls in which many members of several kinds may abstain take tens of seconds."""
    from comity.analysis.voting.abstention import kinds_of  # noqa: PLC0415  # of the extra `analysis`

    if len(found.members) > _SPEAKERS and kinds_of(found.ground, found.members) > 1:
        says = f"{found.rule.id} has {len(found.members)} members of several kinds, who may all abstain"
        raise refuse("analysis-too-long", says, f"run comity power --rule {found.rule.id} --abstention")


def mode_of(text: str) -> "Mode":
    """The mode that is named so. Raises `Refusal`."""
    if text in {"exact", "instant"}:
        return cast("Mode", text)
    raise refuse("mode-unknown", f"“{text:.40}” names no mode", "say exact or instant")


def read_power(found: Any) -> PowerAnswer:  # noqa: ANN401  # whatever JSON holds
    """The answer that this JSON tells of."""
    from comity.analysis.voting.power import Power, PowerOf, Within  # noqa: PLC0415  # of the extra `analysis`

    def whole(text: str | None) -> int | None:
        return None if text is None else int(text)

    read = msgspec.convert(found, shapes.Power)
    members = tuple(PowerOf(**msgspec.structs.asdict(one) | {"swings": whole(one.swings)}) for one in read.members)
    power = Power(
        members=members,
        winning=whole(read.winning),
        collectivity=read.collectivity,
        method=read.method,
        within=None if read.within is None else Within(**msgspec.structs.asdict(read.within)),
    )
    kept = {name: getattr(read, name) for name in PowerAnswer.__struct_fields__ if name != "power"}
    return PowerAnswer(power=power, **kept)
