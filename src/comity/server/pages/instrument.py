"""The page of an instrument, as treaty officers know it, with the reasons behind every cell."""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

import msgspec
from django.utils.safestring import SafeString

from comity.instruments import Instrument
from comity.law.results import DECLARED, Reason, Status, VotingRecord
from comity.rules.explain import RuleReason, reasons_of
from comity.rules.progress import Progress
from comity.server.asking import Question
from comity.server.exports.answer import Export
from comity.server.exports.documents import status_document
from comity.server.exports.table import Table, bare
from comity.server.markup import format_html, format_html_join
from comity.server.pages.citing import steps
from comity.server.pages.development import chart_of, movements_table
from comity.server.pages.lineage import relatives, versions
from comity.server.pages.listing import ASKED as LISTED
from comity.server.pages.listing import Field, Filter, Listing, filter_of, listed
from comity.server.pages.maps import status_map
from comity.server.pages.participants import ASKED as FILTERS
from comity.server.pages.participants import endnotes, groups_of, legend_of, participants
from comity.server.pages.said import joined, said_by, statements_table
from comity.server.words import LANGUAGES, Speaker, words_in
from comity.service import Refusal
from comity.service.ahead import Scope

__all__ = ["ASKED", "horizon", "instrument_export", "instrument_page"]

# What a reader may ask of the page, beside the day and the moment.
ASKED = (*FILTERS, *LISTED)

# What the reasons of any actor say of the instrument itself.
_OF_FORCE = frozenset(
    {"threshold-met", "entry-computed", "entry-fixed", "entry-stated", "not-in-force", "tacit-entry", "terminated"}
)
_COUNTED = ("party", "contracting", "signatory", "former")
# Missing sets and names in one that a page shows.
_SETS = 5


def instrument_page(question: Question, it: Instrument) -> dict[str, object]:
    """All that the page shows."""
    words, register, on = question.words, question.register, question.on
    status = register.status(it.id, on)
    reasons = register.why(it.id, _anyone(question, status), on).reasons
    declared = it.kind in DECLARED
    shown: dict[str, object] = {} if declared else _of_parties(question, it, status, reasons)
    return {
        "it": it,
        "heading": words.title(it),
        "plain_heading": words.plain_title(it),
        "titles": list(_titles(words, it)),
        "facts": list(_facts(question, it)),
        "declared": declared,
        "force": _force(words, status, on),
        "in_force": status.in_force,
        "counts": list(_counts(words, status)),
        "horizon": horizon(words, status.known_until, reasons, on),
        "vote": None if status.voting is None else _vote(question, status.voting),
        "relatives": relatives(question, it),
        "notes": [words.english(note) for note in it.notes],
        "source": words.english(it.source) if it.source else "",
        "horizon_sources": [words.english(one.source) for one in it.complete if one.source],
        "warnings": [words.english(found.says) for found in status.findings if found.level == "warning"],
        **shown,
    }


def _of_parties(question: Question, it: Instrument, status: Status, reasons: tuple[Reason, ...]) -> dict[str, object]:
    """What a page shows of an instrument that has parties."""
    words, register, on = question.words, question.register, question.on
    said, notes, moved = register.statements(it.id, on), endnotes(question, it, status), register.movements(it.id)
    listing = listed(question, participants(question, it, status, said, notes), first="participant")
    codes = list(dict.fromkeys(str(cells[1].value) for cells in listing.shown.rows))
    named = sorted(((one.actor, words.name(one.actor)) for one in status.actors), key=lambda x: words.sort_key(x[1]))
    return {
        "entry": steps(question, (reason for reason in reasons if reason.id in _OF_FORCE), it.id),
        "conditions": _conditions(question, it, status),
        "parts": list(_parts(question, status)),
        "listing": listing,
        "map": status_map(question, it, status),
        "filter": _filter(question, status),
        "legend": legend_of(words, listing, "consent_act"),
        "people": format_html_join("", '<option value="{}">{}</option>', named),
        "pair_action": question.link(f"instruments/{it.id}/relation").partition("?")[0],
        "said": said_by(question, it, said, codes),
        "said_elsewhere": len(codes) < len(status.actors) and bool(said),
        "contests": list(_contests(question, it)),
        "territories": list(_territories(question, status)),
        "endnotes": [note for note in notes if note.actor in codes],
        "movements": movements_table(question, it, moved) if moved else None,
        "chart": chart_of(question, moved),
        "statements": statements_table(question, said),
        "versions": versions(question, it, register.history(it.id)),
    }


def instrument_export(question: Question, it: Instrument, page: dict[str, object]) -> Export:
    """What the page gives away: the participants that the filters leave, the movements, what was said."""
    words, listing = question.words, page.get("listing")
    tables = [] if not isinstance(listing, Listing) else [listing.table]
    tables += [table for name in ("movements", "statements") if isinstance(table := page.get(name), Table)]
    status = bare(words.text("instrument.status", on=question.on))
    known = page["horizon"]
    # The document has who participates; what was said would be longer than that, and is in the workbook.
    document = None if page["declared"] else status_document(question, page, tables[:1])
    return Export(
        name=it.id,
        title=f"{words.plain_title(it)}: {status}",
        tables=tuple(table for table in tables if table.rows),
        known_until=tuple(map(bare, known.lines)) if isinstance(known, Horizon) else (),
        scope=None if page["declared"] else Scope(instrument=it.id),
        document=document,
    )


def _counts(words: Speaker, status: Status) -> Iterator[SafeString]:
    """How many there are of each status, and how many of these are disputed: no number settles a dispute."""
    for word in _COUNTED:
        if status.counts.get(word):
            yield words.count(f"count.{word}", status.counts[word])
    contested = sum(bool(one.flags.contested) for one in status.actors)
    if contested:
        yield words.count("count.contested", contested)


def _titles(words: Speaker, it: Instrument) -> Iterator[tuple[str, str, str]]:
    """The title in the other languages in which it is known: code, name of the language, title."""
    for code, language in LANGUAGES.items():
        title = it.title if code == "en" else words_in(code).known(f"title.{it.id}")
        if code != words.code and title:
            yield code, language.name, title


def _filter(question: Question, status: Status) -> Filter:
    words, asked = question.words, question.extra
    statuses = tuple((word, words.status(word)) for word in _COUNTED if status.counts.get(word))
    groups = tuple(groups_of(question, {one.actor for one in status.actors}))
    fields = [Field("name", words.text("filter.name"), asked.get("name", ""))]
    if len(statuses) > 1 or asked.get("status"):
        fields.append(Field("status", words.text("col.status"), asked.get("status", ""), statuses))
    if groups:
        fields.append(Field("group", words.text("filter.group"), asked.get("group", ""), groups))
    return filter_of(question, "participants", *fields)


def _parts(question: Question, status: Status) -> Iterator[SafeString]:
    for part in status.parts:
        yield question.words.text(
            f"part.{'in-force' if part.in_force else 'not-in-force'}",
            provisions=question.words.articles(part.provisions),
            date=part.entry_into_force or "–",
            on=question.on,
        )


def _contests(question: Question, it: Instrument) -> Iterator[SafeString]:
    """What States dispute of one another's acts: both dates are shown, and neither is chosen."""
    words = question.words
    for act in question.register.reading.acts(it.id):
        if act.kind != "contest" or act.day > question.on:
            continue
        about, claim = words.own_act(act.ref), words.english(act.note.removesuffix("."))
        params = {"by": words.name(act.actor), "date": act.date, "act": about, "claim": claim}
        # A dispute that names no other date holds that the act had no effect.
        rival = {} if act.effective is None else {"rival": act.effective}
        yield words.text("contest.rival" if rival else "contest.void", **params, **rival)


def _territories(question: Question, status: Status) -> Iterator[SafeString]:
    words = question.words
    for one in status.territories:
        key = "territory.applies" if one.applies else "territory.excluded"
        said = words.text(key, territory=words.name(one.territory), by=words.name(one.by), date=one.since)
        yield said if one.until is None else joined((said, words.text("cell.until", date=one.until)))


def _anyone(question: Question, status: Status) -> str:
    """An actor of whom to ask why: what it says of the instrument is the same for all."""
    return status.actors[0].actor if status.actors else next(iter(question.register.reading.directory.actors))


def _facts(question: Question, it: Instrument) -> Iterator[tuple[str, object]]:
    words = question.words
    if it.adopted is not None:
        yield words.text("instrument.adopted"), words.isolated(it.adopted)
    if it.place:
        yield words.text("instrument.place"), words.place(it.place)
    yield words.text("instrument.kind"), words.kind(it.kind)
    if it.depositary:
        yield words.text("instrument.depositary"), words.list(words.depositary(name) for name in it.depositary)
    if it.of:
        link = format_html('<a href="{}">{}</a>', question.link(f"instruments/{it.of}"), words.titled(it.of))
        yield words.text("instrument.of"), link
    if it.areas:
        yield words.text("instrument.areas"), words.list(words.area(area) for area in it.areas)
    if it.link:
        host = urlsplit(it.link).hostname or it.link
        link = format_html('<a href="{}" rel="external"><bdi dir="ltr">{}</bdi></a>', it.link, host)
        yield words.text("instrument.link"), link


def _force(words: Speaker, status: Status, on: date) -> SafeString:
    if status.in_force:
        return words.text("instrument.in-force", date=status.entry_into_force)
    if status.entry_into_force is not None and status.entry_into_force <= on:
        return words.text("instrument.ended", on=on)
    return words.text("instrument.not-in-force", on=on)


class Horizon(msgspec.Struct, frozen=True):
    """What is known to be complete, and a warning where the day asked lies past it."""

    lines: tuple[SafeString, ...]
    past: SafeString | None


def horizon(words: Speaker, known: Mapping[str, date], reasons: tuple[Reason, ...], on: date) -> Horizon:
    """Up to when acts are complete."""
    by_day: dict[date, list[str]] = {}
    for name, day in known.items():
        by_day.setdefault(day, []).append(words.act_class(name))
    lines = [
        words.text("horizon.until", date=day, classes=words.list(names))
        for day, names in sorted(by_day.items(), reverse=True)
    ]
    beyond = dict.fromkeys(name for reason in reasons if reason.id == "past-horizon" for name in _names(reason))
    days = [known[name] for name in beyond if name in known]
    undated = [words.act_class(name) for name in beyond if name not in known]
    said = [words.text("horizon.past", on=on, date=min(days))] if days else []
    said += [words.text("horizon.past.open", classes=words.list(undated))] if undated else []
    past = format_html_join(" ", "{}", ((one,) for one in said)) if said else None
    return Horizon(tuple(lines) or (words.text("horizon.none"),), past)


def _names(reason: Reason) -> tuple[str, ...]:
    classes = reason.params.get("classes")
    return tuple(map(str, classes)) if isinstance(classes, tuple) else ()


# The conditions


class Condition(msgspec.Struct, frozen=True):
    """One condition and those it is made of."""

    met: bool
    text: SafeString
    detail: SafeString | None
    parts: tuple["Condition", ...]


def _conditions(question: Question, it: Instrument, status: Status) -> dict[str, object] | None:
    """How far each condition was: on the day that met them, or else on the day asked."""
    words, register = question.words, question.register
    day = status.threshold_met or question.on
    try:
        found = register.missing(it.id, day)
    except Refusal:  # the rule names what is not here, which the notes below the page say
        return None
    if found.progress is None:
        return None
    codes = [sorted(map(words.name, members), key=words.sort_key) for members in found.smallest[:_SETS]]
    return {
        "heading": words.text("instrument.progress", on=day),
        "tree": [_condition(question, found.progress, reasons_of(found.progress))],
        "single": found.size == 1,
        "one": [names[0] for names in codes if len(names) == 1],
        "size": found.size,
        "sets": [words.list(names) for names in codes if len(names) > 1],
        "forecast": "" if found.met or question.known else _ahead(question, it),
    }


def _ahead(question: Question, it: Instrument) -> str:
    """Where it is asked whether the conditions will be met."""
    dated = f"&on={question.on}" if question.dated else ""
    return f"/{question.words.code}/analysis/forecast?instrument={it.id}{dated}"


def _condition(question: Question, node: Progress, reason: RuleReason) -> Condition:
    def title(name: str) -> str:
        table = question.register.reading.weights(name)
        return name if table is None else table.title or name

    parts = tuple(_condition(question, child, said) for child, said in zip(node.children, reason.children, strict=True))
    return Condition(node.met, question.words.rule(reason, node, title), None, parts)


# Declarations


def _vote(question: Question, vote: VotingRecord) -> dict[str, object]:
    words = question.words
    sides = (
        ("for", vote.votes_for),
        ("against", vote.against),
        ("abstaining", vote.abstaining),
        ("absent", vote.absent),
        ("supporters", vote.supporters),
    )

    def named(codes: tuple[str, ...]) -> list[str]:
        return sorted((words.name(code) for code in codes), key=words.sort_key)

    return {
        "said": words.text("vote.without" if vote.without_vote else "vote.on", date=vote.date or "–"),
        "symbol": vote.symbol,
        "sides": [(words.text(f"vote.{side}"), len(codes), words.list(named(codes))) for side, codes in sides if codes],
    }
