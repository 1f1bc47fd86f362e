"""The page of a group: who is in it on a day, who came and left when, and what its members are party to."""

from collections.abc import Iterable

from comity.actors import Group
from comity.law.results import DECLARED
from comity.server.asking import Question
from comity.server.exports.answer import Export
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.faults import Fault
from comity.server.pages.listing import ASKED as LISTED
from comity.server.pages.listing import Listing, listed

__all__ = ["ASKED", "group_export", "group_named", "group_page"]

ASKED = LISTED


def group_named(question: Question, name: str) -> Group:
    """The group of an id. Raises `Fault` for one that there is not."""
    groups = question.register.reading.directory.groups
    if name not in groups:
        words = question.words
        near = [(question.link(f"groups/{one}"), words.group(one)) for one in sorted(groups) if name[:3] in one]
        raise Fault(404, words.text("fault.group", name=name), nearest=tuple(near))
    return groups[name]


def group_page(question: Question, group: Group) -> dict[str, object]:
    """All that the page shows."""
    words = question.words
    return {
        "heading": words.group(group.id),
        "original": "" if words.known(f"group.{group.id}") is None else words.english(group.title),
        "source": words.english(group.source) if group.source else "",
        "note": words.english(group.note) if group.note else "",
        "undated": not any(one.since or one.until for one in group.members),
        "count": words.count("count.member", len(group.at(question.on))),
        "listing": listed(question, _members(question, group), first="name"),
        "changes": _changes(question, group),
        "party_to": _party_to(question, group),
    }


def group_export(group: Group, page: dict[str, object]) -> Export:
    """What the page gives away."""
    listing = page["listing"]
    tables = [listing.table] if isinstance(listing, Listing) else []
    tables += [table for name in ("changes", "party_to") if isinstance(table := page[name], Table)]
    return Export(name=group.id, title=str(page["heading"]), tables=tuple(table for table in tables if table.rows))


def _members(question: Question, group: Group) -> Table:
    """The members of the day, with the period that covers it."""
    words = question.words
    columns = (
        Column("name", words.text("col.participant")),
        Column("code", words.text("actor.code")),
        Column("since", words.text("col.member-since"), "date"),
        Column("until", words.text("col.until"), "date"),
    )
    rows = [
        row(Cell(words.name(one.actor), href=question.link(f"actors/{one.actor}")), one.actor, one.since, one.until)
        for one in group.members
        if one.covers(question.on)
    ]
    title = bare(words.text("membership.caption", on=question.on))
    return Table(id="members", title=title, columns=columns, rows=tuple(rows))


def _changes(question: Question, group: Group) -> Table:
    """Who came and who left, newest first."""
    words = question.words
    turns = sorted({day for one in group.members for day in (one.since, one.until) if day is not None}, reverse=True)
    came = [(one.since, one.actor) for one in group.members]
    went = [(one.until, one.actor) for one in group.members]

    def named(codes: Iterable[str]) -> Cell:
        found = sorted(codes)
        return Cell(" ".join(found), words.names(found)) if found else Cell()

    columns = (
        Column("date", words.text("ask"), "date"),
        Column("joined", words.text("membership.joined")),
        Column("left", words.text("membership.left")),
    )
    rows = [
        row(Cell(day, href=question.link(f"groups/{group.id}", on=day)), named(joined - left), named(left - joined))
        for day in turns
        # A period that follows upon another of the same actor is no coming and no leaving.
        if (joined := {code for since, code in came if since == day})
        != (left := {code for until, code in went if until == day})
    ]
    return Table(id="changes", title=bare(words.text("membership.changes")), columns=columns, rows=tuple(rows))


def _party_to(question: Question, group: Group) -> Table:
    """How many of the members of the day are party to each instrument, most first."""
    words, on = question.words, question.on
    members = group.at(on)
    columns = (
        Column("instrument", words.text("col.instrument")),
        Column("id", words.text("col.id"), shown=False),
        Column("parties", words.text("membership.parties"), "number"),
        Column("of", words.text("membership.of"), "number"),
    )
    found = [
        (len(members & history.parties(on)), it)
        for it, history in question.register.histories()
        if it.kind not in DECLARED and history.force.in_force(on)
    ]
    rows = [
        row(
            Cell(words.plain_title(it), words.title(it), f"{_filtered(question, it.id, group.id)}#participants"),
            it.id,
            number,
            len(members),
        )
        for number, it in sorted(found, key=lambda one: (-one[0], words.title_key(one[1])))
        if number
    ]
    title = bare(words.text("membership.party-to", on=on))
    return Table(id="party-to", title=title, columns=columns, rows=tuple(rows))


def _filtered(question: Question, name: str, group: str) -> str:
    page = question.link(f"instruments/{name}")
    return f"{page}{'&' if '?' in page else '?'}group={group}"
