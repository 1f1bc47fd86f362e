"""Which package could be agreed: the best by an idea of fairness with its bound, or all that nobody can better."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from comity.server.asking import Question, asked
from comity.server.drawings.bars import points
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Column, Table, bare, row
from comity.server.pages.choosing import framed
from comity.server.studio.common import brought, decimal, number, saving, sources, wrong
from comity.server.studio.package_studies import STUDIES, study_tables, study_told
from comity.service import Refusal
from comity.service.apart import SECONDS, Where, apart
from comity.service.methods import METHODS
from comity.service.offers import offer_of

__all__ = ["package_page"]

_SOLUTIONS = ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian", "pareto", *STUDIES)
# What a form of fields holds; a file may hold more.
_PARTIES, _ISSUES, _OPTIONS = 6, 8, 6
_LONGEST = 60
# Packages of a front that a page shows; all are exported.
_SHOWN = 200
_TWO = 2
# Seconds that a program of the solver may search: an answer that is not proved best by then says so.
_SEARCH = 4.0
# Commas and colons of other scripts part names as well.
_MARKS = str.maketrans("،，、：", ",,,:")
# An invented negotiation, to try the page with.
_EXAMPLE = {
    "parties": ["North", "South", "Isles"],
    "issues": ["fund: small, medium, large", "date: 2030, 2035", "review: yearly, every five years"],
    "value": [
        *("6", "5", "1", "2", "4", "3", "1"),
        *("0", "4", "7", "1", "3", "1", "2"),
        *("1", "3", "5", "6", "0", "3", "1"),
    ],
    "without": ["6", "4", "5"],
    "weight": ["1", "1", "1"],
}


class _Form(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields say: who, about what, and what each option is worth to each party, party by party."""

    parties: tuple[str, ...] = ()
    issues: tuple[tuple[str, tuple[str, ...]], ...] = ()
    value: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    weight: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether there is a table to fill in."""
        return bool(self.parties and self.issues)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Every option with its issue."""
        return tuple((issue, option) for issue, options in self.issues for option in options)


@require_http_methods(["GET", "HEAD", "POST"])
def package_page(request: HttpRequest, language: str) -> HttpResponseBase:
    """The fields, with an address of their own; a file or text that is brought; and the answer to either."""
    with asked(request, language, "solution", "example") as question:
        posted = request.method == "POST"
        sent = request.POST if posted else request.GET
        solution = sent.get("solution", "")
        solution = solution if solution in _SOLUTIONS else _SOLUTIONS[0]
        form = _read(sent, example=not posted and bool(question.extra["example"]))
        text = brought(request, question) if posted else _written(form)
        context = framed(question, request, solution=solution, **_kept(form)) | {
            "solutions": [(one, question.words.text(f"package.by.{one}")) for one in _SOLUTIONS],
            "solution": solution,
            "text": text,
            "works": sources(question, METHODS["package-study" if solution in STUDIES else "package"].sources),
            "command": f"offers {solution} FILE.json"
            if solution in STUDIES
            else f"package FILE.json --solution {solution}",
            "limits": question.words.text("package.limits", seconds=f"{SECONDS:g}"),
            **_fields(form),
        }
        export = Export(name="package", title="")
        if text.strip():
            try:
                method, inputs = _inputs(text, solution)
                where = Where(settings.COMITY_LOG, question.seen.size, past=bool(question.known))
                found = apart(method, inputs, where)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                if solution in STUDIES:
                    tables, told = tuple(study_tables(question, found)), study_told(question, found)
                else:
                    tables, told = tuple(_tables(question, found, json.loads(text))), _told(question, found, solution)
                context |= told | {"tables": tables and _short(tables)} | saving(method, inputs)
                export = Export(name="package", title=bare(question.words.text("package.title")), tables=tables)
        response = answer(request, question, "studio/package.html", context, export)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _command(solution: str) -> str:
    return f"offers {solution} FILE.json" if solution in STUDIES else f"package FILE.json --solution {solution}"


def _inputs(text: str, solution: str) -> tuple[str, dict[str, object]]:
    """The method that answers, and its inputs. Raises `Refusal`."""
    inputs = {"offer": msgspec.to_builtins(offer_of(text)), "seconds": _SEARCH}
    if solution in STUDIES:
        return "package-study", inputs | {"study": solution}
    return "package", inputs | {"solution": solution}


# The fields


def _read(sent: Any, *, example: bool) -> _Form:  # noqa: ANN401  # what a form or an address says, by name
    if example:
        given: Mapping[str, Sequence[str]] = _EXAMPLE
    else:
        given = {name: sent.getlist(name) for name in ("value", "without", "weight")}
        given |= {
            "parties": sent.get("parties", "").translate(_MARKS).split(","),
            "issues": sent.get("issues", "").translate(_MARKS).splitlines(),
        }
    issues = (_issue(line) for line in given["issues"])
    return _Form(
        parties=_names(given["parties"], _PARTIES),
        issues=tuple(islice((one for one in issues if one[0] and one[1]), _ISSUES)),
        value=tuple(given["value"]),
        without=tuple(given["without"]),
        weight=tuple(given["weight"]),
    )


def _issue(line: str) -> tuple[str, tuple[str, ...]]:
    name, _, options = line.partition(":")
    return name.strip()[:_LONGEST], _names(options.split(","), _OPTIONS)


def _names(parts: Iterable[str], most: int) -> tuple[str, ...]:
    named = (one.strip()[:_LONGEST] for one in parts)
    return tuple(islice(dict.fromkeys(one for one in named if one), most))


def _lines(form: _Form) -> str:
    return "\n".join(f"{issue}: {', '.join(options)}" for issue, options in form.issues)


def _kept(form: _Form) -> dict[str, Any]:
    """The fields as an address holds them."""
    if not form.ready:
        return {}
    named = {"parties": ", ".join(form.parties), "issues": _lines(form)}
    return named | {name: list(getattr(form, name)) for name in ("value", "without", "weight")}


def _fields(form: _Form) -> dict[str, object]:
    """The table to fill in: a row an option, a column a party."""
    n, width = len(form.parties), len(form.options)

    def value(at: int, option: int) -> str:
        place = at * width + option
        return form.value[place] if place < len(form.value) else ""

    def own(values: tuple[str, ...], at: int, left_out: str) -> str:
        return values[at] if at < len(values) else left_out

    return {
        "ready": form.ready,
        "parties": ", ".join(form.parties),
        "issues": _lines(form),
        "columns": [
            {
                "name": name,
                "values": [(issue, option, value(at, place)) for place, (issue, option) in enumerate(form.options)],
                "without": own(form.without, at, "0"),
                "weight": own(form.weight, at, "1"),
            }
            for at, name in enumerate(form.parties[:n])
        ],
    }


def _written(form: _Form) -> str:
    """The fields as the file that a program would write; nothing while the table is still empty."""
    if not form.ready or not any(one.strip() for one in form.value):
        return ""
    columns: Any = _fields(form)["columns"]
    utility: dict[str, dict[str, dict[str, object]]] = {}
    for column in columns:
        own = utility.setdefault(column["name"], {})
        for issue, option, value in column["values"]:
            own.setdefault(issue, {})[option] = _number(value)
    offer = {
        "parties": form.parties,
        "issues": [{"id": issue, "options": options} for issue, options in form.issues],
        "utility": utility,
        "disagreement": {column["name"]: _number(column["without"]) for column in columns},
        "weights": {column["name"]: _number(column["weight"]) for column in columns},
    }
    return json.dumps(offer, ensure_ascii=False, indent=1)


def _number(text: str) -> float | str:
    """A number; an empty field is nought, and what is no number stays as it is, to be refused by name."""
    try:
        return float(text.strip().replace(",", ".") or 0)
    except ValueError:
        return text


# The answer


def _told(question: Question, found: Any, solution: str) -> dict[str, object]:  # noqa: ANN401  # JSON of the analysis
    words = question.words
    if "front" in found:
        return {
            "heading": words.count("package.front", len(found["front"])),
            "more": words.text("package.shown", n=_SHOWN) if len(found["front"]) > _SHOWN else "",
            "drawing": _drawing(question, found["front"]),
        }
    if found["package"] is None:
        return {
            "heading": words.text("package.no-agreement"),
            "conflicts": [words.text("package.conflict", names=words.list(names)) for names in found["conflict"]],
        }
    numbers = {name: decimal(words, found[name], 7) for name in ("objective", "bound")}
    return {
        "heading": words.text(f"package.{found['status']}"),
        "bound": words.text(f"package.bound.{solution}", **numbers),
    }


def _drawing(question: Question, front: Sequence[Any]) -> SafeString | None:
    """The front of two parties as points in the plane."""
    words = question.words
    if not front or len(front[0]["utility"]) != _TWO:
        return None
    a, b = front[0]["utility"]
    shown = front[:_SHOWN]
    return points(
        [(one["utility"][a], one["utility"][b]) for one in shown],
        (a, b),
        Labels(
            title=bare(words.count("package.front", len(front))),
            description=bare(words.text("package.front.described", a=a, b=b)),
            name="front",
        ),
        said=[
            f"{', '.join(one['package'].values())}: {one['utility'][a]:.4g}, {one['utility'][b]:.4g}" for one in shown
        ],
    )


def _tables(question: Question, found: Any, offer: Any) -> Iterator[Table]:  # noqa: ANN401  # as above
    words = question.words
    if "front" in found:
        yield from _front(question, found["front"])
    elif found["package"] is not None:
        columns = (Column("issue", words.text("package.issue")), Column("option", words.text("package.option")))
        rows = tuple(row(issue, option) for issue, option in found["package"].items())
        yield Table(id="package", title=bare(words.text("package.agreed")), columns=columns, rows=rows)
        yield _utilities(question, found, offer)


def _utilities(question: Question, found: Any, offer: Any) -> Table:  # noqa: ANN401  # as above
    words, without = question.words, offer.get("disagreement", {})
    minimum = {one["name"]: one["minimum"] for one in offer.get("ratifiers", ())}
    columns = (
        Column("party", words.text("package.party")),
        Column("utility", words.text("package.utility"), "number"),
        Column("without", words.text("package.without"), "number"),
        Column("gain", words.text("package.gain"), "number"),
    )
    held = [(name, value, without.get(name, 0)) for name, value in found["utility"].items()]
    held += [(name, value, minimum[name]) for name, value in found.get("guards", {}).items() if name in minimum]
    rows = (row(name, *(number(words, one) for one in (value, low, value - low))) for name, value, low in held)
    return Table(id="utility", title=bare(words.text("package.each")), columns=columns, rows=tuple(rows))


def _front(question: Question, front: Sequence[Any]) -> Iterator[Table]:
    words = question.words
    if not front:
        return
    first = front[0]
    columns = [Column("number", words.text("package.number"), "number")]
    columns += [Column(f"issue_{at}", issue) for at, issue in enumerate(first["package"], 1)]
    columns += [
        Column(f"party_{at}", bare(words.text("package.of", party=party)), "number")
        for at, party in enumerate(first["utility"], 1)
    ]
    rows = (
        row(at, *one["package"].values(), *(number(words, value) for value in one["utility"].values()))
        for at, one in enumerate(front, 1)
    )
    title = bare(words.count("package.front", len(front)))
    yield Table(id="front", title=title, columns=tuple(columns), rows=tuple(rows))


def _short(tables: Iterable[Table]) -> list[Table]:
    """The tables as the page shows them."""
    return [Table(id=one.id, title=one.title, columns=one.columns, rows=one.rows[:_SHOWN]) for one in tables]
