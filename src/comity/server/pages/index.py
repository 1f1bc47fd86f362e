"""All instruments, all actors and all groups of the register, as lists that one can narrow and put in order."""

from collections import Counter

from comity.actors import Actor, fold
from comity.instruments import AREAS, KINDS, Instrument
from comity.law.history import History
from comity.law.results import DECLARED
from comity.server.asking import Question
from comity.server.exports.answer import Export
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.listing import ASKED as LISTED
from comity.server.pages.listing import Field, Listing, chosen, filter_of, listed
from comity.server.pages.participants import groups_of, known_cell
from comity.service.ahead import Scope

__all__ = ["OF_ACTORS", "OF_INSTRUMENTS", "actors_page", "groups_page", "index_export", "instruments_page"]

# What a reader may ask of each list, beside the day and the moment.
OF_INSTRUMENTS = ("name", "area", "kind", "state", *LISTED)
OF_ACTORS = ("name", "kind", "group", *LISTED)
_STATES = ("in-force", "not-in-force")
_ACTOR_KINDS = ("state", "organization", "entity", "stakeholder")


def index_export(name: str, page: dict[str, object], scope: Scope | None = None) -> Export:
    """What a list gives away: all rows that its filters leave."""
    listing = page["listing"]
    tables = (listing.table,) if isinstance(listing, Listing) and listing.table.rows else ()
    return Export(name=name, title=bare(str(page["heading"])), tables=tables, scope=scope)


def instruments_page(question: Question) -> dict[str, object]:
    """Every instrument with how it stands on the day. Raises `Fault` for an unknown choice."""
    words, asked = question.words, question.extra
    areas = tuple((area, words.area(area)) for area in AREAS)
    kinds = tuple((kind, words.kind(kind)) for kind in KINDS)
    states = tuple((state, words.status(state)) for state in _STATES)
    return {
        "heading": words.text("index.instruments"),
        "lead": words.text("index.instruments.lead", on=question.on),
        "mark": "instruments",
        "filter": filter_of(
            question,
            "instruments",
            Field("name", words.text("filter.title"), asked["name"]),
            Field("area", words.text("instrument.areas"), asked["area"], areas),
            Field("kind", words.text("instrument.kind"), asked["kind"], kinds),
            Field("state", words.text("col.status"), asked["state"], states),
        ),
        "listing": listed(question, _instruments(question), first="instrument"),
    }


def _instruments(question: Question) -> Table:
    words, asked, on = question.words, question.extra, question.on
    area = chosen(question, "area", asked["area"], AREAS)
    kind = chosen(question, "kind", asked["kind"], KINDS)
    state = chosen(question, "state", asked["state"], _STATES)
    text = fold(asked["name"]).split()
    columns = (
        Column("instrument", words.text("col.instrument")),
        Column("id", words.text("col.id"), shown=False),
        Column("kind", words.text("instrument.kind")),
        Column("adopted", words.text("instrument.adopted"), "date"),
        Column("status", words.text("col.status")),
        Column("since", words.text("col.since"), "date"),
        Column("parties", words.text("movements.parties"), "number"),
        Column("known", words.text("col.known"), "date"),
    )
    rows = []
    for it, history in question.register.histories():
        held = "in-force" if history.force.in_force(on) else "not-in-force"
        if (
            (not area or area in it.areas)
            and kind in {"", it.kind}
            and (not state or (state == held and it.kind not in DECLARED))
            and all(word in fold(f"{words.plain_title(it)} {it.title} {it.short} {it.id}") for word in text)
        ):
            rows.append(_instrument(question, it, held, history))
    title = bare(words.text("index.instruments.lead", on=on))
    return Table(id="instruments", title=title, columns=columns, rows=tuple(rows))


def _instrument(question: Question, it: Instrument, held: str, history: History) -> tuple[Cell, ...]:
    words, on, force = question.words, question.on, history.force
    name = Cell(words.plain_title(it), words.title(it), question.link(f"instruments/{it.id}"))
    if it.kind in DECLARED:
        return row(
            name, it.id, Cell(it.kind, words.kind(it.kind)), it.adopted, None, None, None, known_cell(question, it)
        )
    style = "status party" if held == "in-force" else "status none"
    said = words.text("instrument.ended", on=on) if force.over(on) else words.status(held)
    return row(
        name,
        it.id,
        Cell(it.kind, words.kind(it.kind)),
        it.adopted,
        Cell(held, said, question.link(f"instruments/{it.id}"), style),
        force.entry_on(on) if held == "in-force" else None,
        len(history.parties(on)),
        known_cell(question, it),
    )


def actors_page(question: Question) -> dict[str, object]:
    """Every actor that exists on the day, with how many instruments bind it. Raises `Fault` for an unknown choice."""
    words, asked = question.words, question.extra
    directory = question.register.reading.directory
    living = {code: actor for code, actor in directory.actors.items() if actor.exists(question.on)}
    kinds = tuple(
        (kind, str(words.known(f"actor.kind.{kind}")))
        for kind in _ACTOR_KINDS
        if any(actor.kind == kind for actor in living.values())
    )
    return {
        "heading": words.text("index.actors"),
        "lead": words.text("index.actors.lead", on=question.on),
        "mark": "actors",
        "filter": filter_of(
            question,
            "actors",
            Field("name", words.text("filter.name"), asked["name"]),
            Field("kind", words.text("actor.kind"), asked["kind"], kinds),
            Field("group", words.text("filter.group"), asked["group"], tuple(groups_of(question, set(living)))),
        ),
        "listing": listed(question, _actors(question, living), first="name"),
    }


def _actors(question: Question, living: dict[str, Actor]) -> Table:
    words, asked, on = question.words, question.extra, question.on
    directory = question.register.reading.directory
    kind = chosen(question, "kind", asked["kind"], _ACTOR_KINDS)
    group = chosen(question, "group", asked["group"], directory.groups)
    members, text = directory.members(group, on), fold(asked["name"])
    bound = Counter(code for _, history in question.register.histories() for code in history.parties(on))
    columns = (
        Column("name", words.text("col.participant")),
        Column("code", words.text("actor.code")),
        Column("kind", words.text("actor.kind")),
        Column("since", words.text("actor.exists"), "date"),
        Column("parties", words.text("col.party-to"), "number"),
    )
    rows = [
        row(
            Cell(words.name(code), href=question.link(f"actors/{code}")),
            code,
            Cell(actor.kind, words.text(f"actor.kind.{actor.kind}")),
            Cell(actor.since, words.text("actor.from", date=actor.since)) if actor.since else None,
            bound[code],
        )
        for code, actor in living.items()
        if kind in {"", actor.kind}
        and (not group or code in members)
        and (not text or any(text in fold(name) for name in (words.name(code), actor.name("en", on), code)))
    ]
    return Table(id="actors", title=bare(words.text("index.actors.lead", on=on)), columns=columns, rows=tuple(rows))


def groups_page(question: Question) -> dict[str, object]:
    """Every group, with how many members it has on the day."""
    words, groups = question.words, question.register.reading.directory.groups
    columns = (
        Column("group", words.text("filter.group")),
        Column("id", words.text("col.id"), shown=False),
        Column("members", words.text("actor.members"), "number"),
    )
    rows = [
        row(Cell(words.group(name), href=question.link(f"groups/{name}")), name, len(group.at(question.on)))
        for name, group in groups.items()
    ]
    lead = words.text("index.groups.lead", on=question.on)
    table = Table(id="groups", title=bare(lead), columns=columns, rows=tuple(rows))
    return {
        "heading": words.text("index.groups"),
        "lead": lead,
        "mark": "groups",
        "listing": listed(question, table, first="group"),
    }
