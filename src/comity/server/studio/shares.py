"""Fair shares: what falls to whom of a total by several rules, who prefers which, and what is nearest to consensus."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.drawings.grouped import Group, grouped
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, part, saving, sources, wrong
from comity.service import Refusal
from comity.service.apart import Where, apart
from comity.service.methods import METHODS

__all__ = ["shares_page"]

# Rules that a form of fields can ask for, and which of its fields each takes.
_RULES: Mapping[str, tuple[str, ...]] = {
    "equal": (),
    "equal-per-capita": (),
    "grandfathering": (),
    "capability": ("threshold",),
    "responsibility": ("since",),
    "development-rights": ("since", "threshold"),
    "cumulative-per-capita": ("since", "until"),
    "contraction-convergence": ("until",),
    "assessment-scale": (),
}
_FIRST = ("equal", "equal-per-capita", "grandfathering", "capability", "responsibility", "development-rights")
_FIELDS = {"total": "100", "unit": "", "since": "1990", "threshold": "7500", "until": "2050"}
_LONGEST, _DRAWN, _NAMED = 40, 8, 6
# Four invented parties: a rich one, a rich and large one, a growing one, a poor one. People in millions, income in
# thousand million dollars, emissions in millions of tonnes at both ends of a straight line.
_PARTIES = {
    "A": ((62, 70), (1900, 3100), 0.31, (620, 480)),
    "B": ((250, 330), (9000, 19000), 0.41, (4900, 5000)),
    "C": ((1050, 1300), (1200, 14000), 0.39, (2300, 9800)),
    "D": ((60, 130), (40, 190), 0.44, (20, 70)),
}
_ENDS = (1990, 2020)


def _example() -> str:
    lines = ["actor,year,name,value,unit,source"]
    for party, (people, income, gini, emitted) in _PARTIES.items():
        for at, year in enumerate(_ENDS):
            lines.append(f"{party},{year},population,{people[at]},million,invented")
            lines.append(f"{party},{year},gdp,{income[at]},billion US dollars,invented")
        lines.append(f"{party},{_ENDS[1]},gini,{gini},,invented")
        step = (emitted[1] - emitted[0]) / (_ENDS[1] - _ENDS[0])
        lines += [
            f"{party},{year},emissions,{emitted[0] + step * (year - _ENDS[0]):.0f},MtCO2,invented"
            for year in range(_ENDS[0], _ENDS[1] + 1)
        ]
    return "\n".join(lines) + "\n"


_EXAMPLE = _example()


@require_http_methods(["GET", "HEAD", "POST"])
def shares_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and the shares on the figures that came with it; the example has an address of its own."""
    with asked(request, language, "example") as question:
        post = request.method == "POST"
        example = not post and bool(question.extra["example"])
        sent = request.POST if post else request.GET
        text = brought(request, question) if post else _EXAMPLE if example else ""
        fields = {
            name: (sent.get(name, left_out) if post else left_out)[:_LONGEST] for name, left_out in _FIELDS.items()
        }
        if example:
            fields["unit"] = "billion US dollars"
        kind = "benefit" if sent.get("kind") == "benefit" else "burden"
        chosen = tuple(name for name in _RULES if name in request.POST.getlist("rule")) if post else _FIRST
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "fields": fields,
            "kinds": [(one, question.words.text(f"shares.{one}"), one == kind) for one in ("burden", "benefit")],
            "rules": [(one, question.words.text(f"shares.rule.{one}"), one in chosen) for one in _RULES],
            "works": sources(question, METHODS["shares"].sources),
        }
        export = Export(name="shares", title="")
        if text.strip():
            where = Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known))
            try:
                inputs = _inputs(text, fields, kind, chosen)
                found = apart("shares", inputs, where)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = (_table(question, found), _choices(question, found))
                context |= _told(question, found) | {"tables": tables} | saving("shares", inputs)
                export = Export(name="shares", title=tables[0].title, tables=tables)
        response = answer(request, question, "studio/shares.html", context, export)
        # What somebody brought is nobody else's to keep.
        response.headers["Cache-Control"] = "private, no-store"
        return response


def _inputs(text: str, fields: Mapping[str, str], kind: str, chosen: tuple[str, ...]) -> dict[str, Any]:
    """The inputs of the method; what is no number becomes one that it refuses in its own words."""

    def rule(name: str) -> dict[str, object]:
        told: dict[str, object] = {"rule": name}
        for field in _RULES[name]:
            value = _exact(fields[field])
            told[field] = value if field == "threshold" else int(value)
        return told

    return {
        "data": text,
        "total": _exact(fields["total"]),
        "unit": fields["unit"].strip(),
        "kind": kind,
        "rules": [rule(name) for name in chosen],
    }


def _exact(text: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return -1.0
    return value if abs(value) < 1e15 else -1.0  # noqa: PLR2004  # what a page can be asked about


def _name(question: Question, actor: str) -> str:
    """The name of an actor that the register knows; any other as it was written."""
    return question.words.name(actor) if actor in question.register.reading.directory.actors else actor


def _rule(question: Question, name: str) -> SafeString:
    return question.words.text(f"shares.rule.{name}")


def _told(question: Question, found: Any) -> dict[str, object]:  # noqa: ANN401  # JSON of the analysis
    words = question.words
    title = words.text(
        "shares.by", total=decimal(words, found["total"], 6), unit=found["unit"], year=str(found["year"])
    )
    actors = _ranked(found)
    rows = [
        Group(
            _name(question, actor),
            tuple(one["shares"][actor] for one in found["rules"]),
            tuple(part(words, one["shares"][actor], 1) for one in found["rules"]),
        )
        for actor in actors[:_DRAWN]
    ]
    labels = Labels(title=bare(title), description=bare(words.text("shares.described")), name="shares")
    return {
        "heading": title,
        "says": list(_gains(question, found)),
        "drawing": grouped(rows, labels),
        "drawn": words.text("positions.drawn", n=_DRAWN, all=len(actors)) if len(actors) > _DRAWN else "",
        "notes": [words.english(one["says"]) for one in found["findings"]],
        "data": [words.english(one) for one in found["data"]["sources"]],
    }


def _ranked(found: Any) -> list[str]:  # noqa: ANN401  # as above
    """Whoever has the largest shares on average comes first."""
    rules = found["rules"]
    return sorted(rules[0]["shares"], key=lambda actor: (-sum(one["shares"][actor] for one in rules), actor))


def _gains(question: Question, found: Any) -> Iterator[SafeString]:  # noqa: ANN401  # as above
    """On whose side each rule is."""
    words = question.words
    for rule in found["rules"]:
        names = [_name(question, one["actor"]) for one in found["preferences"] if rule["id"] in one["ranking"][0]]
        more = [str(words.text("shares.more", n=len(names) - _NAMED))] if len(names) > _NAMED else []
        key = "shares.gains" if names else "shares.nobody"
        yield words.text(key, rule=_rule(question, rule["id"]), names=words.list([*names[:_NAMED], *more]))


def _table(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """The shares; the amounts are exported beside them."""
    words = question.words
    columns = [Column("actor", words.text("map.code"), shown=False), Column("member", words.text("power.member"))]
    for one in found["rules"]:
        columns.append(Column(one["id"], bare(_rule(question, one["id"])), "number"))
        columns.append(Column(f"{one['id']}_amount", words.text("shares.total"), "number", shown=False))
    rows = []
    for actor in _ranked(found):
        cells: list[Cell | str] = [actor, _name(question, actor)]
        for one in found["rules"]:
            share, amount = one["shares"][actor], one["amounts"][actor]
            said = words.isolated(f"{part(words, share)} · {decimal(words, amount)}")
            cells += [Cell(share, said=said), Cell(amount)]
        rows.append(row(*cells))
    title = words.text(
        "shares.by", total=decimal(words, found["total"], 6), unit=found["unit"], year=str(found["year"])
    )
    return Table(id="shares", title=bare(title), columns=tuple(columns), rows=tuple(rows))


def _choices(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """Which rule is nearest to consensus, by each criterion."""
    words = question.words
    columns = (
        Column("criterion", words.text("shares.criterion")),
        Column("voters", words.text("shares.voters")),
        Column("best", words.text("shares.best")),
    )
    rows = (
        row(
            Cell(one["criterion"], said=words.text(f"shares.by.{one['criterion']}")),
            Cell(one["voters"], said=words.text(f"shares.{one['voters']}")),
            Cell(
                ", ".join(one["best"]),
                said=words.list([_rule(question, rule) for rule in one["best"]])
                if one["best"]
                else words.text("shares.none"),
            ),
        )
        for one in found["choices"]
    )
    return Table(id="choices", title=bare(words.text("shares.nearest")), columns=columns, rows=tuple(rows))
