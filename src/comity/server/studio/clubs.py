"""Which clubs are stable: a table of regions that somebody brings, at one price and tariff and in all regimes."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, part, saving, sources, wrong
from comity.service import Refusal
from comity.service.analysing import PRICES, TARIFFS
from comity.service.apart import MOST_REGIONS, SECONDS, apart
from comity.service.methods import METHODS

__all__ = ["club_page"]

_PRICE, _TARIFF = "25", "3"
_LONGEST = 12
# Four invented regions, to try the page with: GDP, emissions, parameters and exports are nobody's.
_EXAMPLE = """\
region,gdp,co2,abatement_alpha_mckinsey,tariff_alpha,tariff_beta,exports_to_A,exports_to_B,exports_to_C,exports_to_D
A,16000,5400,0.02,0.5,0.6,0,310,420,35
B,2400,2100,0.03,0.5,0.6,270,0,160,12
C,9800,8900,0.02,0.5,0.6,560,190,0,28
D,350,60,0.01,0.5,0.6,30,8,22,0
"""


@require_http_methods(["GET", "HEAD", "POST"])
def club_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The form, and the clubs of the table that came with it; the example has an address of its own."""
    with asked(request, language, "example", "price", "tariff") as question:
        sent = request.POST if request.method == "POST" else request.GET
        example = request.method != "POST" and bool(question.extra["example"])
        text = brought(request, question) if request.method == "POST" else _EXAMPLE if example else ""
        price, _, tariff = (sent.get("regime") or "").partition("/")
        price, tariff = price or sent.get("price") or _PRICE, tariff or sent.get("tariff") or _TARIFF
        context = framed(question, request, example="1" if example else "") | {
            "text": text,
            "price": price[:_LONGEST],
            "tariff": tariff[:_LONGEST],
            "works": sources(question, METHODS["club"].sources),
            "limits": question.words.text("club.limits", most=MOST_REGIONS, seconds=f"{SECONDS:g}"),
        }
        export = Export(name="club", title="")
        if text.strip():
            try:
                inputs = {"text": text, "price": _exact(price), "tariff": _exact(tariff, 100), "regimes": True}
                found = apart("club", inputs)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                context |= _told(question, found)
                tables = (_gains(question, found), _regimes(question, found))
                context |= {"gains": tables[0]} | saving("club", inputs)
                export = Export(name="club", title=tables[0].title, tables=tables)
        return _private(answer(request, question, "studio/club.html", context, export))


def _private(response: HttpResponse) -> HttpResponse:
    """What somebody brought is nobody else's to keep."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _exact(text: str, over: int = 1) -> float:
    """A number that a reader wrote; what is none becomes one that the analysis refuses in its own words."""
    try:
        return float(Fraction(text.strip().replace(",", ".")[:_LONGEST]) / over)
    except (ValueError, ZeroDivisionError, OverflowError):
        return -1.0


def _told(question: Question, found: Any) -> dict[str, object]:  # noqa: ANN401  # JSON of the analysis
    words, chosen = question.words, found
    return {
        "heading": _at(question, chosen),
        "clubs": [_club(question, members, len(found["players"])) for members in chosen["stable"]],
        "stable": words.count("club.stable", len(chosen["stable"])),
        "prices": [decimal(words, float(price)) for price in PRICES],
        "grid": list(_grid(question, found)),
    }


def _at(question: Question, regime: Any) -> SafeString:  # noqa: ANN401  # as above
    words = question.words
    return words.text("club.at", price=decimal(words, regime["price"]), tariff=part(words, regime["tariff"], 1))


def _club(question: Question, members: list[str], everybody: int) -> SafeString:
    words = question.words
    if not members:
        return words.text("club.empty")
    return words.text("club.members", n=len(members), all=everybody, names=words.list(members))


def _sizes(stable: Iterable[list[str]]) -> list[int]:
    return [len(members) for members in stable]


def _grid(question: Question, found: Any) -> Iterator[tuple[str, list[dict[str, object]]]]:  # noqa: ANN401  # as above
    """The regimes, a row a tariff: what each button sends, shows, and says aloud."""
    words = question.words
    regimes = iter(found["regimes"])
    chosen = (found["price"], found["tariff"])
    for tariff in TARIFFS:
        cells = []
        for price, regime in zip(PRICES, regimes, strict=False):
            sizes = " · ".join(map(str, _sizes(regime["stable"]))) or str(words.text("club.none"))
            cells.append(
                {
                    "price": bare(words.text("club.dollars", price=decimal(words, float(price)))),
                    "sends": f"{float(price):g}/{float(tariff * 100):g}",
                    "shows": sizes,
                    "says": bare(words.text("club.cell", regime=_at(question, regime), sizes=sizes)),
                    "chosen": chosen == (regime["price"], regime["tariff"]),
                }
            )
        yield part(words, float(tariff), 0), cells


def _gains(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """For each stable club, what each region gains by being in rather than out."""
    words, chosen = question.words, found
    columns = [Column("region", words.text("club.region"))]
    for at in range(len(chosen["stable"])):
        named = {"n": at + 1}
        columns += [
            Column(f"member_{at + 1}", bare(words.text("club.in", **named))),
            Column(f"gain_{at + 1}", bare(words.text("club.gain", **named)), "number"),
        ]
    rows = []
    for name in found["players"]:
        cells: list[Cell | str] = [name]
        for members, gains in zip(chosen["stable"], chosen["gains"], strict=True):
            inside = name in members
            said = words.text("club.member" if inside else "club.outside")
            gain = decimal(words, gains[name])
            cells += [
                Cell(str(bare(said)), said=said, style="status party" if inside else ""),
                Cell(gains[name], said=words.isolated(("+" if gains[name] > 0 else "") + gain)),
            ]
        rows.append(row(*cells))
    return Table(id="gains", title=bare(_at(question, chosen)), columns=tuple(columns), rows=tuple(rows))


def _regimes(question: Question, found: Any) -> Table:  # noqa: ANN401  # as above
    """All regimes with their clubs, for programs."""
    words = question.words
    columns = (
        Column("price", words.text("club.price"), "number"),
        Column("tariff", words.text("club.tariff"), "number"),
        Column("size", words.text("club.size"), "number"),
        Column("members", words.text("club.who")),
    )
    rows = (
        row(regime["price"], regime["tariff"] * 100, len(members), ", ".join(members))
        for regime in found["regimes"]
        for members in regime["stable"]
    )
    return Table(id="regimes", title=bare(words.text("club.regimes")), columns=columns, rows=tuple(rows))
