"""What tables say beside the reasons: names, counts, horizons, flags. Reasons have their words in `law.messages`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from comity.cli.layout import FIXED, Lines, Span
from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.messages import says
from comity.law.results import DECLARED, ActorStatus, Reason
from comity.law.status import known_until, past_horizon
from comity.rules.explain import ENGLISH, RuleReason, reasons_of, render
from comity.rules.progress import Progress, Weighed
from comity.service import Register

__all__ = ["Names", "counted", "findings_below", "flag_words", "horizon", "name_of", "progress_tree", "reasons_list"]

Names = Callable[[str], str]

# A code of one kind is shown so often, and the rest counted.
MOST_ALIKE = 5
# Citations up to this length stay on one line.
SHORT = 40

_COUNTED = {"party": "parties", "signatory": "signatories", "contracting": "contracting", "former": "former"}


def counted(counts: Mapping[str, int]) -> str:
    """`194 parties, 3 signatories, 1 former`, or `nobody`."""
    shown = [(word, counts.get(word, 0)) for word in _COUNTED]
    return ", ".join(f"{n} {word if n == 1 else _COUNTED[word]}" for word, n in shown if n) or "nobody"


def name_of(register: Register, code: str, on: date | None = None) -> str:
    """The name that an actor has on a day, or the text itself where it is no actor's id."""
    actor = register.reading.directory.actors.get(code)
    return code if actor is None else actor.name(day=on)


def both(register: Register, on: date | None = None, besides: Sequence[str] = ()) -> Names:
    """A name with its code; without it for those named `besides`, whom the heading has shown with theirs."""

    def named(code: str) -> str:
        name = name_of(register, code, on)
        return name if code in besides or name == code else f"{name} ({code})"

    return named


def horizon(out: Lines, it: Instrument, on: date | None = None, indent: int = 0) -> None:
    """Up to when the acts are known to be complete, and whether the day asked lies past that."""
    known = known_until(it)
    by_day: dict[date, list[str]] = {}
    for name, day in known.items():
        by_day.setdefault(day, []).append(name)
    if not by_day:
        out.say(("Known up to: nothing is stated, so acts may be missing on any day.", "warning"), indent=indent)
        return
    parts = [f"{day} ({', '.join(names)})" for day, names in sorted(by_day.items(), reverse=True)]
    beyond = () if on is None or it.kind in DECLARED else past_horizon(it, on)
    out.say(f"Known up to {', '.join(parts)}.", indent=indent)
    if beyond:
        partly = "" if {"consent", "withdrawal"} <= set(beyond) else f" for {' and '.join(beyond)}"
        says = f"Not known since: {on} lies past that{partly}, and what happened may be missing."
        out.say((says, "warning"), indent=indent)


def flag_words(names: Names, one: ActorStatus) -> tuple[str, ...]:
    """What stands beside a status, a line each."""
    flags = one.flags
    found = []
    if flags.provisional:
        found.append("applies it provisionally")
    if flags.suspended:
        found.append("operation suspended")
    if flags.rights_suspended:
        found.append("rights suspended")
    for contest in flags.contested:
        held = "without effect" if contest.date is None else contest.date
        found.append(f"contested by {names(contest.by)}, who holds: {held}. {contest.claim}")
    if flags.not_toward:
        found.append(f"not bound toward {', '.join(map(names, flags.not_toward))}")
    return tuple(found)


def reasons_list(out: Lines, reasons: Iterable[Reason], names: Names, indent: int = 0) -> None:
    """Numbered reasons, each with what it rests on; the horizon has a line of its own elsewhere."""
    for number, reason in enumerate((r for r in reasons if r.id != "past-horizon"), 1):
        out.say(f"{number}. {says(reason, names)}", indent=indent, hang=3)
        if reason.cites:
            room = out.width - indent - 5
            out.say(" · ".join(_whole(cite, room) for cite in reason.cites), indent=indent + 3, style="faint")


def _whole(cite: str, room: int) -> str:
    """A citation that does not break over two lines, unless it is a long one."""
    return cite.replace(" ", FIXED) if len(cite) <= min(SHORT, room) else cite


def findings_below(out: Lines, findings: Sequence[Finding]) -> None:
    """Findings beside an answer; many of one code are counted."""
    seen: dict[str, int] = {}
    for finding in findings:
        if finding.code == "past-horizon":
            continue
        seen[finding.code] = seen.get(finding.code, 0) + 1
        if seen[finding.code] <= MOST_ALIKE:
            out.say((finding.level, finding.level), f": {finding.says}", hang=2)
    for code, number in seen.items():
        if number > MOST_ALIKE:
            out.say(f"… and {number - MOST_ALIKE} more of {code}; --format json has them all.", style="faint")


# Where a rule is about consents, its words say so; the others are those of any rule.
_CONSENTS = {
    **ENGLISH,
    "rule.all": "All of {of} conditions are needed; met so far: {have}.",
    "rule.any": "One of {of} conditions is needed; met so far: {have}.",
    "rule.count": "{have} consents count; {need} are needed.",
    "rule.count.among": "{have} among {among} have consented; {need} are needed.",
    "rule.count.part.among": "{have} of {total} among {among} have consented; {need} are needed ({part}).",
    "rule.share": "Those who consented hold {percent}% of {weights}; at least {part} is needed.",
    "rule.share.strict": "Those who consented hold {percent}% of {weights}; more than {part} is needed.",
    "rule.members.met": "All {need} of those named ({among}) have consented.",
    "rule.members.lacking": "{have} of the {need} named ({among}) have consented; not yet: {actors}.",
}


def progress_tree(out: Lines, register: Register, progress: Progress, indent: int = 2) -> None:
    """How far each condition is, met or not."""
    _branch(out, register, progress, reasons_of(progress), indent)


def _branch(out: Lines, register: Register, progress: Progress, reason: RuleReason, indent: int) -> None:
    shown = tuple((key, _percent(progress.need) if key == "part" else value) for key, value in reason.params)
    words = render(RuleReason(id=reason.id, met=reason.met, params=shown), _CONSENTS)
    mark: Span = ("✓ ", "yes") if reason.met else ("✗ ", "no")
    out.say(mark, words, indent=indent, hang=2)
    if progress.weight is not None:
        table = register.reading.weights(progress.of)
        words = f"{table.title}: " if table is not None and table.title else ""
        out.say(words + _weight_words(progress.weight), indent=indent + 2, style="faint")
    for child, why in zip(progress.children, reason.children, strict=True):
        _branch(out, register, child, why, indent + 2)


def _percent(part: int | Fraction) -> str:
    """`55%` where that is exact, else the fraction, as 2/3."""
    exact = Fraction(part) * 100
    return f"{exact.numerator}%" if exact.denominator == 1 else str(Fraction(part))


def _weight_words(weight: Weighed) -> str:
    have, need, total = (f"{float(value):,.10g}" for value in (weight.have, weight.need, weight.total))
    return f"{have} of {total}{' ' + weight.unit if weight.unit else ''}; {need} needed"
