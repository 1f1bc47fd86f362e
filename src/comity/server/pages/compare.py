"""Actors and groups side by side: who is bound by which instruments on a day."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.instruments import AREAS, Instrument
from comity.law.compare import Cell as Found
from comity.law.compare import Comparison
from comity.law.results import DECLARED
from comity.law.status import known_until, past_horizon
from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare
from comity.server.faults import Fault
from comity.server.kept import kept
from comity.server.pages.choosing import actor_named, chosen_instrument, instruments_by_area
from comity.server.routes import page

__all__ = ["urlpatterns"]

# What was chosen, each a list parted by commas; `members` also shows the members of the groups.
_ASKED = ("actors", "instruments", "areas", "members")
# What the form sends once a box, and the list that it is to join.
_BOXES = {"group": "actors", "instrument": "instruments", "area": "areas"}
_MOST_CELLS = 6_000
# Comparisons to begin with: groups of States, by area.
_EXAMPLES = (("unsc-permanent", "disarmament"), ("g7", "climate"), ("asean", "human-rights"))


@require_safe
def compare(request: HttpRequest, language: str) -> HttpResponse:
    """The form, and the table of what was chosen."""
    if any(name in request.GET for name in _BOXES):
        return HttpResponseRedirect(f"{request.path}?{_joined(request)}")
    with asked(request, language, *_ASKED) as question:
        actors = [actor_named(question, text, groups=True) for text in _parts(question.extra["actors"])]
        instruments = _instruments(question)
        context = question.frame() | _form(question, actors, instruments)
        if not actors or not instruments:
            if actors or instruments:
                context["lacking"] = "compare.lacking.instruments" if actors else "compare.lacking.actors"
            return answer(request, question, "pages/compare.html", context, Export(name="compare", title=""))
        rows = _with_members(question, actors) if question.extra["members"] else actors
        if len(rows) * len(instruments) > _MOST_CELLS:
            raise Fault(400, question.words.text("compare.too-large", rows=len(rows), columns=len(instruments)))
        found = question.register.compare(rows, [it.id for it in instruments], question.on)
        table = _table(question, found, instruments)
        beyond = [line for it in instruments if (line := _beyond(question, it)) is not None]
        context |= {"table": table, "beyond": beyond, "heads": _heads(question, instruments, rows)}
        export = Export(name="compare", title=table.title, tables=(table,), known_until=tuple(map(bare, beyond)))
        return answer(request, question, "pages/compare.html", context, export)


def _joined(request: HttpRequest) -> str:
    """The boxes of the form joined into lists, so that what was chosen has one address."""
    found = {name: _parts(request.GET.get(name, "")) for name in ("actors", "instruments", "areas")}
    for box, name in _BOXES.items():
        found[name] += [value for value in request.GET.getlist(box) if value]
    query = {name: request.GET.get(name, "").strip() for name in ("on", "known", "members")}
    query |= {name: ",".join(dict.fromkeys(values)) for name, values in found.items()}
    return urlencode({name: value for name, value in query.items() if value}, safe=",")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _instruments(question: Question) -> list[Instrument]:
    """The instruments chosen, and all of the areas chosen, each once, in the order of the areas and titles."""
    words, reading = question.words, question.register.reading
    found = {name: chosen_instrument(question, name) for name in _parts(question.extra["instruments"])}
    areas = set(_parts(question.extra["areas"]))
    of_areas = [it for name in reading.ids() if (it := reading.instrument(name)) is not None and areas & set(it.areas)]
    of_areas = [it for it in of_areas if it.kind not in DECLARED]
    found |= {it.id: it for it in sorted(of_areas, key=lambda it: words.sort_key(words.plain_title(it)))}
    return list(found.values())


def _with_members(question: Question, actors: Iterable[str]) -> list[str]:
    directory, words = question.register.reading.directory, question.words
    rows: dict[str, None] = {}
    for one in actors:
        members = directory.members(one, question.on)
        rows |= dict.fromkeys([one, *sorted(members, key=lambda code: words.sort_key(words.name(code)))])
    return list(rows)


def _form(question: Question, actors: list[str], instruments: list[Instrument]) -> dict[str, object]:
    words, groups = question.words, question.register.reading.directory.groups
    areas = _parts(question.extra["areas"])
    named = {it.id for it in instruments if it.id in _parts(question.extra["instruments"])}
    return {
        "actors": ", ".join(code for code in actors if code not in groups),
        "groups": [
            (name, _group(question, name), name in actors)
            for name in sorted(groups, key=lambda name: words.sort_key(words.group(name)))
        ],
        "areas": [(area, words.area(area), area in areas) for area in AREAS],
        "instruments": [
            (area, [(name, title, name in named) for name, title in of_area])
            for area, of_area in instruments_by_area(question)
        ],
        "members": bool(question.extra["members"]),
        "examples": list(_examples(question)),
    }


def _examples(question: Question) -> Iterator[tuple[str, SafeString]]:
    words = question.words
    for group, area in _EXAMPLES:
        query = {"actors": group, "areas": area, "members": "1"}
        said = words.text("compare.example", group=_group(question, group), area=words.area(area))
        yield f"/{words.code}/compare?{urlencode(query)}", said


def _group(question: Question, name: str) -> SafeString:
    group = question.register.reading.directory.groups.get(name)
    words = question.words
    return words.isolated(name if group is None else words.english(group.title or name, words.known(f"group.{name}")))


# The table


def _table(question: Question, found: Comparison, instruments: list[Instrument]) -> Table:
    """Actors by instruments, or turned round where there are more instruments than actors: a page is narrow."""
    cells = {(cell.row, cell.instrument): _cell(question, cell) for cell in found.cells}
    titles = {it.id: it.short or question.words.plain_title(it) for it in instruments}
    if len(found.actors) >= len(instruments):
        columns = [Column(name, titles[name]) for name in found.instruments]
        rows = [(_row_head(question, row), *(cells[row, name] for name in found.instruments)) for row in found.actors]
        first = Column("actor", str(question.words.text("compare.actor")))
    else:
        columns = [Column(row, bare(_row_head(question, row).html)) for row in found.actors]
        rows = [(_instrument_head(question, it), *(cells[row, it.id] for row in found.actors)) for it in instruments]
        first = Column("instrument", str(question.words.text("col.instrument")))
    title = bare(question.words.text("compare.caption", on=question.on))
    return Table(id="compare", title=title, columns=(first, *columns), rows=tuple(rows))


def _row_head(question: Question, row: str) -> Cell:
    if row in question.register.reading.directory.groups:
        return Cell(row, _group(question, row))
    return Cell(row, question.words.name(row), question.link(f"actors/{row}"))


def _instrument_head(question: Question, it: Instrument) -> Cell:
    return Cell(it.id, question.words.title(it), question.link(f"instruments/{it.id}"))


def _cell(question: Question, cell: Found) -> Cell:
    words = question.words
    if cell.of is not None:
        said = words.text("compare.count", parties=cell.parties, of=cell.of)
        style = "status party" if cell.status == "all" else ""
        return Cell(f"{cell.parties}/{cell.of}", said, question.link(f"instruments/{cell.instrument}"), style)
    href = question.link(f"instruments/{cell.instrument}/{cell.row}")
    since = (words.isolated(cell.since),) if cell.since and cell.status in {"party", "former"} else ()
    return Cell(cell.status, words.isolated(words.status(cell.status)), href, f"status {cell.status}", since)


def _beyond(question: Question, it: Instrument) -> SafeString | None:
    """What is not known of an instrument on the day asked."""
    if not {"consent", "withdrawal"} & set(past_horizon(it, question.on)):
        return None
    days = [day for name, day in known_until(it).items() if name in {"consent", "withdrawal"}]
    words = question.words
    return words.text("compare.beyond", instrument=words.titled(it.id), date=min(days) if days else "–")


def _heads(question: Question, instruments: list[Instrument], rows: list[str]) -> list[tuple[str, str, SafeString]]:
    """Short titles with the titles they stand for, where instruments head the columns."""
    words = question.words
    if len(rows) < len(instruments):
        return []
    return [(question.link(f"instruments/{it.id}"), it.short, words.titled(it.id)) for it in instruments if it.short]


urlpatterns = [page("compare", kept(compare))]
