"""`comity precedents`: agreements like one of the register, or like what words describe, and what became of them."""

import click

from comity.analysis.precedents.likeness import PARTS, Value
from comity.cli import output
from comity.cli.options import Ask, as_day, day_option, query
from comity.service.catalogue import catalogue
from comity.service.precedents import LIMIT, Precedent, Precedents, Shared, precedents
from comity.service.profiles import AFTER, Became, Held

__all__ = ["precedents_command"]

_COLUMNS = (
    *("instrument", "title", "score", "alike", "different", "words", "meaning", "opened", "entered", "days"),
    *(f"after_{years}" for years in AFTER),
    *("parties", "counted", "reservations", "reservations_complete", "objections", "objections_complete"),
    *("withdrawals", "withdrawals_complete"),
)
_YEAR = 365.25
_TOLD = 6  # traits of one kind that a line names


@click.command("precedents")
@click.argument("asked", nargs=-1, required=True, metavar="INSTRUMENT|WORDS")
@click.option("--by", metavar="LIST", help=f"Compare an instrument by these alone: {', '.join(PARTS)}.")
@click.option("--limit", default=LIMIT, show_default=True, metavar="NUMBER", help="How many precedents.")
@click.option("--meaning", is_flag=True, help="Search by meaning too (extra `semantic`), not by words alone.")
@day_option
@query
def precedents_command(
    asked: tuple[str, ...], by: str | None, limit: int, *, meaning: bool, on: str | None, ask: Ask
) -> None:
    """Agreements like INSTRUMENT, or like what WORDS in one of six languages describe; and what became of them."""
    parts = tuple(PARTS) if by is None else tuple(part.strip() for part in by.split(","))
    found = precedents(ask.register(), " ".join(asked), as_day(on), by=parts, limit=limit, meaning=meaning)
    if ask.form == "json":
        output.write_json(found.plain())
    elif ask.form == "csv":
        output.write_table(map(_row, found.found), _COLUMNS)
    else:
        _table(found)


def _row(one: Precedent) -> dict[str, object]:
    became = one.became
    return {
        "instrument": one.instrument,
        "title": one.title,
        "score": one.score,
        "alike": "; ".join(each.trait for each in one.same),
        "different": "; ".join(each.trait for each in one.differ),
        "words": " ".join(one.words),
        "meaning": one.meaning,
        "opened": became.opened,
        "entered": became.entered,
        "days": became.days,
        **{f"after_{years}": number for years, number in became.after},
        "parties": became.parties,
        "counted": became.counted,
        "reservations": became.reservations.number,
        "reservations_complete": became.reservations.complete,
        "objections": became.objections.number,
        "objections_complete": became.objections.complete,
        "withdrawals": became.withdrawals.number,
        "withdrawals_complete": became.withdrawals.complete,
    }


def _table(found: Precedents) -> None:
    from comity.cli.layout import Block, Column, Lines, Row  # noqa: PLC0415  # where people read

    out = Lines()
    asked = f"like {found.instrument}" if found.instrument else f"that fit “{found.text}”"
    out.say((f"Agreements {asked}", "title"))
    if not found.instrument and found.asked:
        read = "; ".join(f"{_trait(name)} {_value(name, value)}".strip() for name, value in found.asked.items())
        out.say(f"Read in the question as asked of clauses: {read}.", hang=2)
    if not found.found:
        out.say("No agreement of the register fits.")
        return
    for one in found.found:
        out.raw()
        score = f"{one.score:.2f}  " if found.instrument else ""
        out.say((f"{score}{one.instrument}", "title"), f"  {one.title}")
        if one.same:
            out.say(f"  alike: {_several(one.same)}", hang=4)
        if one.differ:
            out.say(f"  different: {_several(one.differ, both=True)}", hang=4)
        if one.words:
            out.say(f"  words found: {' '.join(one.words)}", hang=4)
        if one.meaning is not None:
            out.say(f"  near in meaning: {one.meaning:.2f}", hang=4)
    out.raw()
    heads = (
        Column(head="became"),
        *(Column(head=head, right=True) for head in ("years to force", *(f"after {n}y" for n in AFTER))),
        *(Column(head=head) for head in ("last known", "reserving", "objecting", "left")),
    )
    rows = tuple(Row(cells=tuple((text, "") for text in _became(one.instrument, one.became))) for one in found.found)
    out.table(Block(columns=heads, rows=rows))
    time = found.time
    median = "" if time.median is None else f"; half within {time.median / _YEAR:.1f} years (Kaplan–Meier)"
    out.say(f"{time.happened} of {time.number} entered into force{median}.")
    out.say(
        "Numbers are of States; * no day is stated up to which the acts are complete: there may be more.", style="faint"
    )
    out.say("The register holds no acts about compliance.", style="faint")


def _trait(name: str) -> str:
    return str(catalogue("en")[f"trait.{name}"])


def _several(shared: tuple[Shared, ...], *, both: bool = False) -> str:
    """Traits in one line, those that are told first being the more telling ones of the structure."""
    told = [f"{_trait(one.trait)} {_compared(one, both=both)}".strip() for one in shared[:_TOLD]]
    more = len(shared) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")


def _compared(one: Shared, *, both: bool) -> str:
    found = _value(one.trait, one.found, beside=one.asked)
    if not found:
        return ""
    other = "" if isinstance(one.asked, frozenset) else _value(one.trait, one.asked, beside=one.found)
    return f"({found}, not {other})" if both and other else f"({found})"


def _value(name: str, value: Value, beside: Value | None = None) -> str:
    """A value in a few words; of sets the part in common; nothing where the name of the trait says it all."""
    words = catalogue("en")
    if isinstance(value, bool):
        return ("yes" if value else "no") if beside != value else ""
    if isinstance(value, frozenset):
        common = value & beside if isinstance(beside, frozenset) else value
        if name == "rule":
            return ""
        return f"{len(common)} in common" if name in {"parties", "topics"} else ", ".join(sorted(common)) or "none"
    if isinstance(value, float):
        if name in {"delay", "notice", "wait"}:
            return f"{value:.0f} days"
        return f"{value:.0%}" if name == "share" else f"{value:g}"
    keys = (f"trait.value.{name}.{value}", f"trait.value.{value}", f"kind.{value}")
    return str(next((words[key] for key in keys if key in words), value))


def _became(name: str, one: Became) -> tuple[str, ...]:
    years = "" if one.days is None else f"{one.days / _YEAR:.1f}"
    return (
        name,
        years if one.entered is not None else f"not after {years}" if years else "",
        *("–" if number is None else str(number) for _, number in one.after),
        "–" if one.parties is None else f"{one.parties} ({one.counted})",
        *(_held(each) for each in (one.reservations, one.objections, one.withdrawals)),
    )


def _held(one: Held) -> str:
    if one.complete is None:
        return f"{one.number}*" if one.number else "–"
    return f"{one.number} ({one.complete.year})"
