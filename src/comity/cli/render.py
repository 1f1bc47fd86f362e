"""Answers as a person reads them in a terminal. Colour only repeats what the words say."""

from collections.abc import Sequence
from datetime import date

from comity.cli.layout import Block, Column, Lines, Row, Span
from comity.cli.words import (
    Names,
    both,
    counted,
    findings_below,
    flag_words,
    horizon,
    name_of,
    progress_tree,
    reasons_list,
)
from comity.findings import Finding
from comity.instruments import Instrument
from comity.law.missing import Missing
from comity.law.pairs import Pairs
from comity.law.results import DECLARED, ActorStatus, PartStatus, Reason, Relation, Status, VotingRecord, Why
from comity.service import Register

__all__ = [
    "CONSENT_COLUMNS",
    "EFFECTS",
    "HEADS",
    "consent_words",
    "day_cell",
    "day_columns",
    "force_words",
    "heading",
    "missing",
    "pairs",
    "relation",
    "status",
    "title",
    "why",
]

# Beyond this many rows the line that sums up stands again below them.
LONG = 30
# Larger sets are shown once, not ten times.
LARGE_SET = 12
MOST_SETS = 10

_SECTIONS = (("party", "Parties"), ("contracting", "Contracting, not yet bound"), ("signatory", "Signed only"))
HEADS = {**dict(_SECTIONS), "former": "Former"}


def status(register: Register, found: Status, asked: str | None = None) -> None:
    """The status page: the instrument, its entry into force, counts, who, and what is not known."""
    out = Lines()
    it = register.instrument(found.instrument)
    names = both(register, found.on)
    title(out, it)
    _summary(out, it, found)
    horizon(out, it, found.on)
    for part in found.parts:
        _part(out, part)
    _status_sections(out, register, found)
    if asked is not None and not found.actors and found.voting is None:
        out.raw()
        out.say(f"Nothing is known of {names(register.actor_code(asked))} under it on that day.")
    _territories(out, names, found)
    if found.voting is not None:
        _votes(out, names, found.voting)
    if len(found.actors) > LONG:
        out.raw()
        _summary(out, it, found)
    _below(out, found.findings if asked is None else _about(found.findings, register.actor_code(asked)))


def title(out: Lines, it: Instrument) -> None:
    """What instrument it is: its title and id, kind, adoption and depositary."""
    out.say((it.title, "title"), f" ({it.id})")
    where = f" in {it.place}" if it.place else ""
    adopted = f"adopted {it.adopted}{where}" if it.adopted is not None else ""
    out.say("; ".join(part for part in (it.kind, adopted, ", ".join(it.depositary)) if part), style="faint")


def _summary(out: Lines, it: Instrument, found: Status) -> None:
    if it.kind in DECLARED:
        out.say(f"On {found.on}: a {it.kind} has a vote and supporters, and no parties.")
        return
    out.say(f"On {found.on}: {force_words(found)}.")
    out.say((f"{counted(found.counts)}.", "title"))


def force_words(found: Status) -> str:
    """`in force since 2016-11-04; conditions first met on 2016-10-05`."""
    if found.entry_into_force is None:
        return "in force" if found.in_force else "not in force, and nothing yet fixes a day"
    met = found.threshold_met
    conditions = f"; conditions first met on {met}" if met is not None and met != found.entry_into_force else ""
    if found.in_force:
        return f"in force since {found.entry_into_force}{conditions}"
    ended = found.entry_into_force <= found.on
    return f"no longer in force{conditions}" if ended else f"in force from {found.entry_into_force}{conditions}"


def _part(out: Lines, part: PartStatus) -> None:
    day = part.entry_into_force
    words = "not in force" if day is None else f"in force {'since' if part.in_force else 'from'} {day}"
    out.say(f"With a clause of its own, {', '.join(part.provisions)}: {words}.")


def _status_sections(out: Lines, register: Register, found: Status) -> None:
    for word, head in HEADS.items():
        members = [one for one in found.actors if one.status == word]
        if members:
            out.head(f"{head} ({len(members)})")
            out.table(_actors_table(register, members, word, found.on))


def _actors_table(register: Register, members: Sequence[ActorStatus], word: str, on: date) -> Block:
    names = both(register, on)
    rows = [
        Row(
            cells=(
                (one.actor, word),
                (name_of(register, one.actor, on), ""),
                day_cell(one.since),
                day_cell(one.until),
                (one.ended_by or "", ""),
                (consent_words(one), ""),
            ),
            below=flag_words(names, one),
        )
        for one in members
    ]
    columns = (Column(head="code"), Column(head="name", flexible=True), *day_columns(word), *CONSENT_COLUMNS)
    return Block(columns=columns, rows=tuple(rows))


CONSENT_COLUMNS = (Column(head="by"), Column(head="consent"))


def day_columns(word: str) -> tuple[Column, Column]:
    """From when and until when a status holds, in the words of that status."""
    since = {"contracting": "consent of", "signatory": "signed", "former": "left"}.get(word, "since")
    return Column(head=since), Column(head="bound from" if word == "contracting" else "until")


def day_cell(day: object) -> Span:
    """A date as far as it is known."""
    return ("" if day is None else str(day), "")


def consent_words(one: ActorStatus) -> str:
    """By which act it consented, or through whom."""
    if one.flags.via:
        return f"through {one.flags.via}"
    return "" if one.consent is None else f"{one.consent.act} {one.consent.date}"


def _territories(out: Lines, names: Names, found: Status) -> None:
    if not found.territories:
        return
    out.head(f"Territories ({len(found.territories)})")
    rows = [
        Row(
            cells=(
                (entry.territory, ""),
                ("applies" if entry.applies else "excluded", "yes" if entry.applies else "no"),
                (names(entry.by), ""),
                day_cell(entry.since),
                day_cell(entry.until),
            )
        )
        for entry in found.territories
    ]
    heads = (Column(head="territory", flexible=True), Column(head=""), Column(head="by", flexible=True))
    out.table(Block(columns=(*heads, Column(head="since"), Column(head="until")), rows=tuple(rows)))


def _votes(out: Lines, names: Names, vote: VotingRecord) -> None:
    out.raw()
    of = ", ".join(part for part in (vote.body, vote.symbol) if part)
    when = "Not adopted yet" if vote.date is None else f"Adopted {vote.date}"
    if vote.without_vote:
        out.say(f"{when}{f' ({of})' if of else ''} without a vote.")
    sides = (
        ("For", vote.votes_for),
        ("Against", vote.against),
        ("Abstaining", vote.abstaining),
        ("Absent", vote.absent),
    )
    if not vote.without_vote:
        tally = ", ".join(f"{len(who)} {side.lower()}" for side, who in sides)
        ruled = "" if vote.carried is None else f"; {'carried' if vote.carried else 'not carried'} under {vote.rule}"
        out.say(f"{when}{f' ({of})' if of else ''}: {tally}{ruled}.")
    later = tuple(code for code in vote.supporters if code not in vote.votes_for)
    for side, who in (*sides, ("Support since", later)):
        if who:
            out.say((f"{side} ({len(who)}): ", "title"), ", ".join(map(names, who)), hang=2)


def _about(findings: Sequence[Finding], code: str) -> list[Finding]:
    """The findings that concern one actor: a line of the acts concerns whom it names, what has no line all."""
    return [one for one in findings if not one.line or code in one.says.replace(":", " ").split()]


def _below(out: Lines, findings: Sequence[Finding]) -> None:
    shown = [finding for finding in findings if finding.code != "past-horizon"]
    if shown:
        out.raw()
        findings_below(out, shown)


def why(register: Register, found: Why) -> None:
    """The status and the chain of reasons."""
    out = Lines()
    it = register.instrument(found.instrument)
    names = both(register, found.on, (found.actor,))
    out.say((f"{name_of(register, found.actor, found.on)} ({found.actor})", "title"), f" · {it.title}")
    word = "no status" if found.status == "none" else found.status
    out.say(f"On {found.on}: ", (word, found.status))
    horizon(out, it, found.on)
    out.raw()
    reasons_list(out, found.reasons, names)
    about = _about(found.findings, found.actor)
    _below(out, [finding for finding in about if finding.level != "note"])


def missing(register: Register, found: Missing) -> None:
    """What is missing, and the smallest sets that would do."""
    out = Lines()
    it = register.instrument(found.instrument)
    names = both(register, found.on)
    title(out, it)
    word: Span = ("met", "yes") if found.met else ("not met", "no")
    clause = it.entry_into_force
    article = f" (Article {clause.article})" if clause is not None and clause.article[:1].isdigit() else ""
    out.say(f"On {found.on}: the conditions for entry into force{article} are ", word, ".")
    horizon(out, it, found.on)
    if found.progress is not None:
        out.raw()
        progress_tree(out, register, found.progress)
    out.raw()
    _sets(out, found, names)
    _below(out, found.findings)


def _sets(out: Lines, found: Missing, names: Names) -> None:
    if found.met:
        out.say("Nothing is missing.")
        return
    if found.size is None:
        out.say("Nobody's consent alone could meet them.")
        return
    noun = "consent" if found.size == 1 else "consents"
    number = len(found.smallest)
    which = "the only smallest set" if number == 1 else f"the {number} smallest sets"
    if number == MOST_SETS:
        which = f"the first {number} of the smallest sets"
    shown = found.smallest
    if found.size > LARGE_SET and number > 1:
        which, shown = "the first of the smallest sets (--format json has ten)", shown[:1]
    out.say((f"{found.size} more {noun} would do; {which}:", "title"))
    for members in shown:
        out.say("· ", ", ".join(map(names, members)), indent=2, hang=2)


EFFECTS = (("excluded", "does not apply"), ("modified", "modified"), ("not_settled", "not settled"))


def relation(register: Register, found: Relation) -> None:
    """What binds two actors toward each other."""
    out = Lines()
    it = register.instrument(found.instrument)
    names = both(register, found.on, found.parties)
    one, other = (f"{name_of(register, code, found.on)} ({code})" for code in found.parties)
    out.say((f"{one} and {other}", "title"), f" · {it.title}")
    word: Span = ("bound toward each other", "party") if found.bound else ("not bound toward each other", "former")
    out.say(f"On {found.on}: ", word)
    horizon(out, it, found.on)
    beyond = [name for reason in found.reasons if reason.id == "past-horizon" for name in _classes(reason)]
    answers = [name for name in ("reservation", "objection") if name in beyond]
    if answers:
        out.say((f"Not known to be complete on that day: {', '.join(f'{name}s' for name in answers)}.", "warning"))
    rows = [
        Row(cells=(("the whole instrument" if number == "*" else number, ""), (heading(it, number), ""), (effect, "")))
        for field, effect in EFFECTS
        for number in getattr(found, field)
    ]
    if rows:
        out.raw()
        columns = (Column(head="provision"), Column(head="heading", flexible=True), Column(head="between the two"))
        out.table(Block(columns=columns, rows=tuple(rows)))
    out.raw()
    reasons_list(out, found.reasons, names)
    _below(out, [finding for finding in found.findings if finding.level != "note"])


def _classes(reason: Reason) -> Sequence[str]:
    classes = reason.params["classes"]
    return [str(name) for name in classes] if isinstance(classes, tuple) else []


def heading(it: Instrument, number: str) -> str:
    """The heading of a provision, or nothing."""
    provision = it.provision(number)
    return "" if provision is None else provision.heading


def pairs(register: Register, found: Pairs) -> None:
    """What reservations do between all parties, provision by provision."""
    out = Lines()
    it = register.instrument(found.instrument)
    title(out, it)
    out.say(
        f"On {found.on}: {found.parties} parties in {found.total:,} pairs. In {found.touched:,} pairs a reservation "
        f"touches at least one provision; between {found.unbound:,} pairs the instrument is not in force."
    )
    horizon(out, it, found.on)
    out.raw()
    rows = tuple(
        Row(
            cells=(
                ("the whole instrument" if one.provision == "*" else one.provision, ""),
                (heading(it, one.provision), ""),
                (f"{one.modified:,}", ""),
                (f"{one.excluded:,}", ""),
                (f"{one.not_settled:,}", ""),
            )
        )
        for one in found.provisions
    )
    counts = tuple(Column(head=head, right=True) for head in ("modified", "does not apply", "not settled"))
    out.table(Block(columns=(Column(head="provision"), Column(head="heading", flexible=True), *counts), rows=rows))
