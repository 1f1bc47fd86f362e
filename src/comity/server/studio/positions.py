"""Where members stand and who votes with whom: votes that somebody brings, or those that the register records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.drawings.bands import COLOURS, Band, bands
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, part, saving, sources, wrong
from comity.server.words import writing
from comity.service import Refusal
from comity.service.apart import Where, apart
from comity.service.methods import METHODS

__all__ = ["positions_page"]

_BAND = 1.96
_DRAWN = 50
_LEAST = 0.05  # of outcomes: who carries less is no bridge worth naming
# Twelve invented members of three camps; one stands between two of them.
_EXAMPLE = "rcid,session,actor,vote,issue\n" + "".join(
    f"{session}{question},{session},{actor},{vote},{area}\n"
    for session, calls in enumerate(
        (
            ("yyyyynnnnaan", "yyyyyynnnnna", "yyynynnnnaan", "nnnnnyyyyyya", "yyyyyaannaaa", "nnnnnnyyyyan"),
            ("yyyyynnnnnan", "yyyyyynnnana", "nnnnnnyyyyya", "yyyyyaaaannn", "yyyynynnnnaa", "nnnannyyyyyy"),
        ),
        1,
    )
    for question, (cast, area) in enumerate(
        zip(calls, ("trade", "trade", "peace", "peace", "water", "water"), strict=True)
    )
    for actor, vote in zip("ABCDEFGHIJKL", ({"y": "yes", "n": "no", "a": "abstain"}[one] for one in cast), strict=True)
)
_Json = Mapping[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
def positions_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and what the votes say; the example has an address of its own."""
    with asked(request, language, "example") as question:
        post = request.method == "POST"
        sent = request.POST if post else request.GET
        example = not post and bool(question.extra["example"])
        text = brought(request, question) if post else _EXAMPLE if example else ""
        inputs: dict[str, Any] = {
            "text": text,
            "session": _session(sent.get("session", "")),
            "rule": sent.get("rule", "")[:100],
            "on": str(question.on),
        }
        works = (*METHODS["ideal-points"].sources, *METHODS["blocs"].sources)
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "session": "" if inputs["session"] is None else inputs["session"],
            "rules": [(one.id, one.title) for one in question.register.rules()],
            "rule": inputs["rule"],
            "works": sources(question, works),
        }
        export = Export(name="positions", title="")
        if post or example:
            where = Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known))
            try:
                points, found = (apart(name, inputs, where) for name in ("ideal-points", "blocs"))
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = _tables(question, points, found)
                context |= _told(question, points, found) | {"tables": tables} | saving("blocs", inputs)
                title = bare(question.words.text("positions.title"))
                export = Export(name="positions", title=title, tables=tables)
        response = answer(request, question, "studio/positions.html", context, export)
        # What somebody brought is nobody else's to keep.
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _session(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004  # a number


def _name(question: Question, actor: str) -> str:
    """The name of an actor that the register knows; any other as it was written."""
    return question.words.name(actor) if actor in question.register.reading.directory.actors else actor


def _told(question: Question, points: _Json, found: _Json) -> dict[str, object]:
    words = question.words
    last = max(one["session"] for one in points["points"])
    says = [words.count("positions.blocs", len(found["blocs"]))]
    if found["agreement"] is not None:
        says.append(words.text("positions.whole", value=decimal(words, found["agreement"], 2)))
    pivot = next((one for one in points["pivots"] if one["session"] == last), None)
    if pivot is not None and (pivot["from_below"] or pivot["from_above"]):
        names = dict.fromkeys(one for one in (pivot["from_below"], pivot["from_above"]) if one)
        listed = words.list(_name(question, one) for one in names)
        says.append(words.text("positions.decides", session=last, names=listed, n=words.number(pivot["alike"])))
    here = sorted((one for one in points["points"] if one["session"] == last), key=lambda one: -one["point"])
    return {
        "says": says,
        "notes": [words.english(note["says"]) for note in found["findings"]],
        "drawing": _drawing(question, here, found, last),
        "drawn": words.text("positions.drawn", n=_DRAWN, all=len(here)) if len(here) > _DRAWN else "",
        "keys": [(str(at), one["bloc"]) for at, one in enumerate(found["blocs"][:COLOURS])],
        "chart": words.text("positions.chart", session=last),
        "groups": [(one["bloc"], words.list(_name(question, who) for who in one["actors"])) for one in found["blocs"]],
    }


def _drawing(question: Question, here: Sequence[_Json], found: _Json, session: int) -> SafeString:
    """Members in their order; of very many, some at even steps with both ends."""
    words = question.words
    if len(here) > _DRAWN:
        here = [here[round(at * (len(here) - 1) / (_DRAWN - 1))] for at in range(_DRAWN)]
    order = [one["bloc"] for one in found["blocs"]]
    bloc = {one["actor"]: order.index(one["bloc"]) for one in found["members"] if one["bloc"]}
    rows = [
        Band(
            _name(question, one["actor"]),
            one["point"],
            one["point"] - _BAND * one["error"],
            one["point"] + _BAND * one["error"],
            bloc.get(one["actor"], 0),
            decimal(words, one["point"], 2),
        )
        for one in here
    ]
    title = bare(words.text("positions.chart", session=session))
    labels = Labels(title=title, description=bare(words.text("positions.described")), name="positions")
    return bands(rows, labels)


def _tables(question: Question, points: _Json, found: _Json) -> tuple[Table, ...]:
    tables = [_blocs(question, found), _members(question, points, found)]
    if any(one["carry"] >= _LEAST for one in found["bridges"]):
        tables.append(_bridges(question, found))
    if found["sessions"] or found["issues"]:
        tables.append(_parts(question, found))
    return tuple(tables)


def _blocs(question: Question, found: _Json) -> Table:
    words = question.words
    columns = (
        Column("bloc", words.text("positions.bloc")),
        Column("size", words.text("positions.size"), "number"),
        Column("around", words.text("positions.around")),
        Column("agreement", words.text("positions.agreement"), "number"),
        Column("rice", words.text("positions.rice"), "number"),
        Column("stability", words.text("positions.stability"), "number"),
        Column("actors", words.text("positions.members"), shown=False),
    )
    rows = (
        row(
            one["bloc"],
            Cell(one["size"], said=words.isolated(words.number(one["size"]))),
            _name(question, one["around"]),
            *(_two(question, one[name]) for name in _HELD),
            ", ".join(one["actors"]),
        )
        for one in found["blocs"]
    )
    return Table(id="blocs", title=bare(words.text("positions.groups")), columns=columns, rows=tuple(rows))


_HELD = ("agreement", "rice", "stability")


def _two(question: Question, value: float | None, *, sign: bool = False) -> Cell:
    """A cell for a number of two decimals, which is as far as such a number goes."""
    if value is None:
        return Cell()
    text = writing.percent(question.words.code, f"{value:+.2f}" if sign else f"{value:.2f}")
    return Cell(value, said=question.words.isolated(text.rstrip("%\u202f\N{NO-BREAK SPACE}")))


def _members(question: Question, points: _Json, found: _Json) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("bloc", words.text("positions.bloc")),
        Column("session", words.text("positions.part"), "number", shown=False),
        Column("point", words.text("positions.point"), "number"),
        Column("error", words.text("positions.error"), "number"),
        Column("votes", words.text("positions.votes"), "number"),
        Column("loyalty", words.text("positions.loyal"), "number"),
        Column("against", words.text("positions.against"), "number"),
        Column("pivotal", words.text("positions.pivotal"), "number"),
    )
    latest = {one["actor"]: one for one in points["points"]}
    ranked = sorted(found["members"], key=lambda one: -_point(latest, one["actor"]))
    rows = (
        row(
            one["actor"],
            _name(question, one["actor"]),
            one["bloc"],
            latest[one["actor"]]["session"] if one["actor"] in latest else None,
            *(_latest(question, latest, one["actor"], name) for name in ("point", "error")),
            Cell(one["votes"], said=words.isolated(words.number(one["votes"]))),
            Cell()
            if one["loyalty"] is None
            else Cell(one["loyalty"], said=words.isolated(part(words, one["loyalty"], 0))),
            *(Cell(one[name], said=words.isolated(words.number(one[name]))) for name in ("against", "pivotal")),
        )
        for one in ranked
    )
    return Table(id="members", title=bare(words.text("positions.members")), columns=columns, rows=tuple(rows))


def _point(latest: Mapping[str, _Json], actor: str) -> float:
    found = latest.get(actor)
    return float("-inf") if found is None else float(found["point"])


def _latest(question: Question, latest: Mapping[str, _Json], actor: str, name: str) -> Cell:
    found = latest.get(actor)
    if found is None:
        return Cell()
    return _two(question, found[name] * (_BAND if name == "error" else 1), sign=name == "point")


def _bridges(question: Question, found: _Json) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("bloc", words.text("positions.bloc")),
        Column("toward", words.text("positions.toward")),
        *(Column(name, words.text(f"positions.{name}"), "number") for name in ("own", "other", "alone", "carry")),
    )
    rows = (
        row(
            one["actor"],
            _name(question, one["actor"]),
            one["bloc"],
            one["toward"],
            *(Cell(one[name], said=words.isolated(part(words, one[name], 0))) for name in ("own", "other")),
            Cell(one["alone"], said=words.isolated(words.number(one["alone"]))),
            _two(question, one["carry"]),
        )
        for one in found["bridges"]
        if one["carry"] >= _LEAST
    )
    return Table(id="bridges", title=bare(words.text("positions.bridges")), columns=columns, rows=tuple(rows))


def _parts(question: Question, found: _Json) -> Table:
    words = question.words
    names = [one["bloc"] for one in found["blocs"]]
    columns = (
        Column("part", words.text("positions.part")),
        Column("calls", words.text("positions.calls"), "number"),
        *(Column(f"bloc_{name}", f"{words.text('positions.bloc')} {name}", "number") for name in names),
        Column("body", words.text("positions.body"), "number"),
    )

    def cells(one: _Json) -> Iterator[Cell | str]:
        yield one["part"]
        yield Cell(one["questions"], said=words.isolated(words.number(one["questions"])))
        for name in names:
            yield _two(question, one["agreement"][name])
        yield _two(question, one["body"])

    rows = (row(*cells(one)) for one in (*found["sessions"], *found["issues"]))
    return Table(id="parts", title=bare(words.text("positions.parts")), columns=columns, rows=tuple(rows))
