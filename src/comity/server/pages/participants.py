"""The table of participants, as depositaries lay it out: signature, consent, since when, every spell of each."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec
from django.utils.safestring import SafeString

from comity.actors import fold
from comity.acts import Act
from comity.dates import LegalDate
from comity.instruments import Instrument
from comity.law.history import End, Record, Spell
from comity.law.results import DECLARED, ActorStatus, Status
from comity.law.signatures import Signature
from comity.law.statements import Statement
from comity.law.status import complete_until, last_ended, past_horizon
from comity.server.asking import Question
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.markup import format_html, format_html_join
from comity.server.pages.listing import Listing, chosen
from comity.server.words import Speaker

__all__ = [
    "ASKED",
    "Endnote",
    "endnotes",
    "flag_words",
    "groups_of",
    "known_cell",
    "legend_of",
    "participants",
    "since_words",
]

# The filters of the table: words of a name, a status, a group whose members are shown.
ASKED = ("name", "status", "group")
_STATUSES = ("party", "contracting", "signatory", "former")
# Kinds of act that have a section of their own, and are no endnotes.
_SAID = frozenset(
    {
        "reservation",
        "declaration",
        "reservation-withdrawal",
        "objection",
        "objection-withdrawal",
        "acceptance-of-reservation",
        "contest",
        "correction",
    }
)


# The kinds of act in the order in which headings of depositaries name them; `consent` is one whose kind is not known.
_CONSENTS = (
    "ratification",
    "acceptance",
    "approval",
    "accession",
    "succession",
    "formal-confirmation",
    "notification-of-completion",
    "definitive-signature",
    "admission",
    "continuation",
    "consent",
)


class Endnote(msgspec.Struct, frozen=True):
    """What an act says beside its date: its number on the page, whose it is, and the words."""

    number: int
    actor: str
    said: SafeString


def endnotes(question: Question, it: Instrument, status: Status) -> list[Endnote]:
    """The notes and sources of the participants' acts, numbered by their names: alike however the table is cut."""
    words = question.words
    shown = sorted((one.actor for one in status.actors), key=lambda code: words.sort_key(words.name(code)))
    acts: dict[str, list[Act]] = {}
    for act in question.register.reading.acts(it.id):
        if act.kind not in _SAID and act.day <= question.on and (act.note or act.source or act.at):
            acts.setdefault(act.actor, []).append(act)
    found = [(code, act) for code in shown for act in acts.get(code, ())]
    return [Endnote(number, code, _endnote(words, act)) for number, (code, act) in enumerate(found, 1)]


def _endnote(words: Speaker, act: Act) -> SafeString:
    parts = [words.text("cite.own-act", actor=words.name(act.actor), act=words.act(act.kind), date=act.date)]
    if act.at:
        parts.append(words.text("note.at", depositary=words.depositary(act.at)))
    parts += [words.english(text) for text in (act.note, act.source) if text]
    return format_html_join(" · ", "{}", ((part,) for part in parts))


def participants(
    question: Question, it: Instrument, status: Status, said: list[Statement], notes: list[Endnote]
) -> Table:
    """The table, of those whom the reader's filters leave; a spell before the present one has a row of its own.

    Raises `Fault` for a status or a group that there is not.
    """
    words = question.words
    records = question.register.history(it.id).records
    kept = sorted(_kept(question, status), key=lambda one: words.sort_key(words.name(one.actor)))
    page = _Page(question, it, said, notes)
    rows = [cells for one in kept for cells in page.rows(one, records[one.actor])]
    columns = (
        Column("participant", words.text("col.participant")),
        Column("code", words.text("actor.code"), shown=False),
        Column("signature", words.text("col.signature"), "date"),
        Column("consent", words.text("cell.consent"), "date", head=_consents(words, rows)),
        Column("consent_act", words.text("col.consent-act"), shown=False),
        Column("since", words.text("col.since"), "date"),
        Column("until", words.text("col.until"), "date", shown=False),
        Column("status", words.text("col.status")),
        Column("beside", words.text("col.beside")),
    )
    title = bare(words.text("instrument.participants.caption", on=question.on))
    return Table(id="participants", title=title, columns=columns, rows=tuple(rows))


def _consents(words: Speaker, rows: list[tuple[Cell, ...]]) -> str:
    """The heading over the consents, as depositaries write it: each kind of act that stands below, with its mark."""
    found = {str(cells[4].value) for cells in rows if cells[4].value is not None}
    kinds = [kind for kind in _CONSENTS if kind in found]
    named = [(words.act(kind), words.mark(kind)) for kind in kinds]
    said = bare(words.list(name if mark in {"", name} else f"{name} ({mark})" for name, mark in named))
    return said[:1].upper() + said[1:]


def legend_of(words: Speaker, listing: Listing, column: str) -> list[tuple[str, str]]:
    """The marks beside the dates that the page shows, where they are not words already; `column` holds the kinds."""
    place = [one.id for one in listing.shown.columns].index(column)
    kinds = {str(cells[place].value) for cells in listing.shown.rows}
    return [(mark, words.act(kind)) for kind, mark in words.marks() if kind in kinds and mark != words.act(kind)]


def groups_of(question: Question, codes: set[str]) -> list[tuple[str, str]]:
    """The groups that some of these actors are in on the day, by id and title, in the order of their titles."""
    words, groups = question.words, question.register.reading.directory.groups
    found = [(name, words.group(name)) for name, group in groups.items() if codes & group.at(question.on)]
    return sorted(found, key=lambda pair: words.sort_key(pair[1]))


def _kept(question: Question, status: Status) -> Iterator[ActorStatus]:
    """Those whom the filters leave. A name is found in the page's language, in English, and by its code."""
    asked, directory = question.extra, question.register.reading.directory
    word = chosen(question, "status", asked.get("status", ""), _STATUSES)
    group = chosen(question, "group", asked.get("group", ""), directory.groups)
    members = directory.members(group, question.on)
    text = fold(asked.get("name", ""))
    for one in status.actors:
        actor = directory.actors.get(one.actor)
        names = {question.words.name(one.actor), one.actor, "" if actor is None else actor.name("en", question.on)}
        if (
            (not word or one.status == word)
            and (not group or one.actor in members)
            and (not text or any(text in fold(name) for name in names))
        ):
            yield one


class _Page:
    """What the rows of one page share."""

    def __init__(self, question: Question, it: Instrument, said: list[Statement], notes: list[Endnote]) -> None:
        self._question, self._it = question, it
        self._signed = question.register.signatures(it.id, question.on)
        self._said: dict[str, Counter[str]] = {}
        for one in said:
            self._said.setdefault(one.holder, Counter())[one.act.kind] += 1
        objections = {
            (reply.act.actor, one.holder, reply.act.date) for one in said for reply in one.replies if not reply.accepts
        }
        for code, _, _ in objections:
            self._said.setdefault(code, Counter())["objection"] += 1
        self._notes: dict[str, list[int]] = {}
        for note in notes:
            self._notes.setdefault(note.actor, []).append(note.number)

    def rows(self, one: ActorStatus, record: Record) -> Iterator[tuple[Cell, ...]]:
        """The row of the present status, and one for each spell before it, newest first."""
        words, on = self._question.words, self._question.on
        why = self._question.link(f"instruments/{self._it.id}/{one.actor}")
        name = Cell(words.name(one.actor), href=self._question.link(f"actors/{one.actor}"))
        now = record.bound(on) or record.live(on)
        ended = None if now is not None else last_ended(record, on)
        shown = now if now is not None else None if ended is None else ended[0]
        bound = _bound(ended, on) if one.status == "former" else None
        yield row(
            name,
            one.actor,
            _signed(words, self._signed.get(one.actor), why),
            _consent(words, one, why),
            one.consent.act if one.consent else None,
            _since(words, one, why, bound),
            one.until if one.status != "former" else _day(one.since),
            Cell(one.status, words.status(one.status), why, f"status {one.status}", tuple(flag_words(words, one))),
            self._beside(one.actor),
        )
        for spell in reversed(record.spells):
            if spell is not shown and spell.told <= on and spell.act is not None:
                yield self._earlier(name, one.actor, spell, why)

    def _earlier(self, name: Cell, actor: str, spell: Spell, why: str) -> tuple[Cell, ...]:
        """A spell that is not the present one: it has ended, or waits for the one that still runs to end."""
        words, on = self._question.words, self._question.on
        act, since, end = spell.act, spell.since_on(on), spell.end(on)
        over = end is not None and end.until <= on
        word = "former" if over else "contracting"
        until = None if end is None else end.until
        flags = () if end is None else (words.isolated(words.end(end.by)),)
        kind = "" if act is None else act.kind
        bound = since if end is None else _bound((spell, end), on)
        return row(
            name,
            actor,
            None,
            Cell(None if act is None else act.date, _dated(words, act, kind), f"{why}#consent"),
            kind,
            Cell(bound, "", why, "", () if until is None else (words.text("cell.until", date=until),)),
            until,
            Cell(word, words.status(word), why, f"status {word}", flags),
            None,
        )

    def _beside(self, actor: str) -> Cell:
        """What it said, and the notes to its acts, each a link to its place on the page."""
        words, mine = self._question.words, self._said.get(actor, Counter())
        counts = [
            words.count(f"count.{kind}", mine[kind])
            for kind in ("reservation", "declaration", "objection")
            if mine[kind]
        ]
        notes = tuple(
            format_html('<a href="#note-{}">{}</a>', number, words.text("note.mark", number=number))
            for number in self._notes.get(actor, ())
        )
        return Cell(None, words.list(counts), f"#said-{actor}", "", notes) if counts else Cell(flags=notes)


def _day(value: date | LegalDate | None) -> date | None:
    return value.last if isinstance(value, LegalDate) else value


def _dated(words: Speaker, act: Act | None, kind: str) -> SafeString | str:
    if act is None:
        return ""
    mark = words.mark(kind)
    return format_html('<bdi dir="ltr">{}</bdi>{}', act.date, format_html(" <bdi>{}</bdi>", mark) if mark else "")


def _signed(words: Speaker, signature: Signature | None, why: str) -> Cell:
    if signature is None:
        return Cell()
    gone = signature.withdrawn
    flags = () if gone is None else (words.text("cell.signature-withdrawn", date=gone),)
    return Cell(signature.date, "", f"{why}#signature", "", flags)


def _consent(words: Speaker, one: ActorStatus, why: str) -> Cell:
    if one.consent is None:
        return Cell()
    mark = words.mark(one.consent.act)
    said = format_html(
        '<bdi dir="ltr">{}</bdi>{}', one.consent.date, format_html(" <bdi>{}</bdi>", mark) if mark else ""
    )
    return Cell(one.consent.date, said, f"{why}#consent")


def _bound(ended: tuple[Spell, End] | None, on: date) -> date | None:
    """The first day of a spell that has ended; None where it ended before it could bind."""
    if ended is None:
        return None
    since = ended[0].since_on(on)
    return since if since is not None and since < ended[1].until else None


def _since(words: Speaker, one: ActorStatus, why: str, bound: date | None) -> Cell:
    """Since when it is bound; of a former participant, from when until when it was."""
    said = since_words(words, one)
    value = one.since if one.status == "party" else bound
    if not said:
        return Cell()
    if bound is not None:
        return Cell(bound, "", f"{why}#in-force", "", tuple(said))
    return Cell(value, said[0], f"{why}#in-force", "", tuple(said[1:]))


def since_words(words: Speaker, one: ActorStatus) -> list[SafeString]:
    """Since when it is bound, or will be, or was until when."""
    found = []
    if one.status == "party":
        found.append(words.isolated(one.since))
        if one.until is not None:
            found.append(words.text("cell.until", date=one.until))
    elif one.status == "contracting" and one.until is not None:
        found.append(words.text("cell.from", date=one.until))
    elif one.status == "former" and one.since is not None:
        found.append(words.text("cell.until", date=one.since))
    return found


def known_cell(question: Question, it: Instrument) -> Cell:
    """Up to when what a status rests on is complete, and a word where the day asked lies past it."""
    until = complete_until(it)
    past = it.kind not in DECLARED and bool(past_horizon(it, question.on))
    flags = (question.words.text("cell.past"),) if past else ()
    return Cell(until, flags=flags)


def flag_words(words: Speaker, one: ActorStatus) -> list[SafeString]:
    """What stands beside a status."""
    flags = one.flags
    found = []
    if one.ended_by:
        found.append(words.isolated(words.end(one.ended_by)))
    if flags.provisional:
        found.append(words.text("flag.provisional"))
    if flags.suspended:
        found.append(words.text("flag.suspended"))
    if flags.rights_suspended:
        found.append(words.text("flag.rights-suspended"))
    found.extend(words.text("flag.contested", by=words.name(contest.by)) for contest in flags.contested)
    if flags.via:
        found.append(words.text("flag.via", organization=words.name(flags.via)))
    if flags.not_toward:
        found.append(words.text("flag.not-toward", actors=words.list(map(words.name, flags.not_toward))))
    return found
