"""Who has power under a rule: measured, drawn, said in plain words; and two rules or two days side by side."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.dates import parse_date
from comity.server.asking import Question, asked
from comity.server.drawings.bars import Bar, bars
from comity.server.drawings.labels import Labels
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.faults import Fault
from comity.server.studio.common import number, part, saving, sources, wrong
from comity.service import Refusal
from comity.service.powers import PowerAnswer, PowerAsked, measurable, power_asked

if TYPE_CHECKING:
    from comity.analysis.power import PowerOf

__all__ = ["power_page"]

_EXTRA = ("rule", "with", "then")
# Members that the chart has, and that are named where a sentence is about many.
_DRAWN, _NAMED = 20, 8
# Below this a difference is one of rounding.
_SAME = 5e-6
_EXAMPLES = (
    ("unsc-substantive", "2024-01-01", "", ""),
    ("imf-85", "2022-06-01", "", ""),
    ("eu-council-qmv", "2020-01-31", "eu-council-qmv", "2020-02-01"),
)
_WORKS = (
    "Penrose, L. S. (1946). The elementary statistics of majority voting. Journal of the Royal Statistical Society.",
    "Banzhaf, J. F. (1965). Weighted voting doesn’t work. Rutgers Law Review 19.",
    (
        "Shapley, L. S., and Shubik, M. (1954). A method for evaluating the distribution of power in a committee "
        "system. American Political Science Review 48."
    ),
    (
        "Coleman, J. S. (1971). Control of collectivities and the power of a collectivity to act. "
        "In Lieberman, B. (ed.), Social Choice."
    ),
)


class _Asked(msgspec.Struct, frozen=True):
    """A rule and a day."""

    rule: str
    on: date


@require_safe
def power_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form; the power of the members under a rule on a day; what another rule or day changes."""
    with asked(request, language, *_EXTRA) as question:
        context = question.frame() | _form(question) | {"works": sources(question, _WORKS)}
        export = Export(name="power", title="")
        if question.extra["rule"]:
            try:
                first = power_asked(question.register, question.extra["rule"], question.on)
                other = _other(question)
                second = None if other is None else power_asked(question.register, other.rule, other.on)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                tables = [_table(question, first)]
                context |= saving("power", PowerAsked(rule=question.extra["rule"], on=question.on))
                context |= _told(question, first) | {"table": tables[0]}
                if second is not None:
                    tables.append(_differences(question, first, second))
                    context |= _changed(question, first, second) | {"differences": tables[1]}
                export = Export(name=f"power-{first.rule}", title=tables[0].title, tables=tuple(tables))
        return answer(request, question, "studio/power.html", context, export)


def _other(question: Question) -> _Asked | None:
    rule, then = question.extra["with"], question.extra["then"]
    if not rule and not then:
        return None
    try:
        on = parse_date(then) if then else question.on
    except ValueError as error:
        raise Fault(400, question.words.text("fault.on", text=then, example="2016-11-04")) from error
    return _Asked(rule or question.extra["rule"], on)


# The form


def _form(question: Question) -> dict[str, object]:
    rules = sorted(measurable(question.register), key=lambda one: (one.institution, one.title))
    by_institution: dict[str, list[tuple[str, str]]] = {}
    for one in rules:
        by_institution.setdefault(one.institution, []).append((one.id, one.title))
    institutions = [(_institution(question, name), found) for name, found in by_institution.items()]
    return {
        "rules": sorted(institutions, key=lambda pair: question.words.sort_key(pair[0])),
        "rule": question.extra["rule"],
        "with": question.extra["with"],
        "then": question.extra["then"],
        "examples": list(_examples(question)),
    }


def _institution(question: Question, name: str) -> str:
    """What an institution is called: its rules apply to any body where it has no name."""
    directory, words = question.register.reading.directory, question.words
    if name in directory.groups:
        return words.group(name)
    return words.name(name) if name in directory.actors else words.known(f"studio.of.{name}") or name


def _examples(question: Question) -> Iterator[tuple[str, SafeString]]:
    words, reading = question.words, question.register.reading
    for rule, on, other, then in _EXAMPLES:
        named = reading.rule(rule)
        if named is not None:
            title = words.english(named.title)
            query = f"rule={rule}&on={on}{f'&with={other}' if other else ''}{f'&then={then}' if then else ''}"
            key = "power.example.then" if then else "power.example"
            yield f"/{words.code}/analysis/power?{query}", words.text(key, rule=title, on=on, then=then)


# One rule on one day


def _told(question: Question, found: PowerAnswer) -> dict[str, object]:
    words = question.words
    ranked = _ranked(found)
    return {
        "title": words.english(found.title),
        "article": found.article,
        "institution_on": found.on,
        "says": list(_says(question, found, ranked)),
        "drawing": _drawing(question, ranked[:_DRAWN]),
        "drawn": words.text("power.drawn", n=_DRAWN, all=len(ranked)) if len(ranked) > _DRAWN else "",
        "exact": words.text("power.exact.integral" if found.power.method == "generating function" else "power.exact"),
        "notes": [words.english(note) for note in found.notes],
        "data": [words.english(source) for source in found.sources],
        "command": f"comity power --rule {found.rule} --on {found.on}",
    }


def _ranked(found: PowerAnswer) -> list["PowerOf"]:
    return sorted(found.power.members, key=lambda one: (-(one.banzhaf_normalised or 0), one.actor))


def _says(question: Question, found: PowerAnswer, ranked: list["PowerOf"]) -> Iterator[SafeString]:
    """What the numbers mean, in a few sentences."""
    words, most = question.words, ranked[0]
    yield words.count("power.members", len(ranked))
    top = [one for one in ranked if one.swings == most.swings]
    decides = part(words, most.banzhaf_absolute or 0)
    if len(top) == len(ranked):
        yield words.text("power.alike", part=decides)
    else:
        yield words.text("power.most", names=_names(question, top), part=decides)
    yield words.text("power.act", part=part(words, found.power.collectivity or 0))
    blocking = [one for one in ranked if one.prevent == 1]
    if blocking and len(blocking) < len(ranked):
        yield words.text("power.block", names=_names(question, blocking))
    elif blocking:
        yield words.text("power.block.all")
    powerless = [one for one in ranked if one.swings == 0]
    if powerless:
        yield words.text("power.none", names=_names(question, powerless))


def _names(question: Question, members: Iterable["PowerOf"]) -> SafeString:
    words = question.words
    names = sorted((words.name(one.actor) for one in members), key=words.sort_key)
    more = [str(words.count("count.more", len(names) - _NAMED))] if len(names) > _NAMED else []
    return words.list([*names[:_NAMED], *more])


def _drawing(question: Question, shown: list["PowerOf"]) -> SafeString:
    words = question.words
    rows = []
    for one in shown:
        values = (one.banzhaf_normalised or 0, one.shapley or 0)
        rows.append(Bar(one.actor, values, tuple(part(words, value) for value in values)))
    labels = Labels(
        title=bare(words.text("power.chart")), description=bare(words.text("power.chart.described")), name="power"
    )
    return bars(rows, labels)


def _table(question: Question, found: PowerAnswer) -> Table:
    words = question.words
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("weight", words.text("power.weight"), "number", shown=bool(found.weights)),
        Column("banzhaf_normalised", words.text("power.banzhaf"), "number"),
        Column("shapley", words.text("power.shapley"), "number"),
        Column("banzhaf_absolute", words.text("power.absolute"), "number"),
        Column("prevent", words.text("power.prevent"), "number"),
        Column("initiate", words.text("power.initiate"), "number"),
        Column("swings", words.text("power.swings"), shown=False),
    )
    rows = (
        row(
            one.actor,
            Cell(words.name(one.actor), href=question.link(f"actors/{one.actor}")),
            _weight(question, one.weight),
            *(number(words, value, percent=True) for value in (one.banzhaf_normalised, one.shapley)),
            *(number(words, value, percent=True) for value in (one.banzhaf_absolute, one.prevent, one.initiate)),
            str(one.swings),
        )
        for one in _ranked(found)
    )
    # By its id: a heading without tags could not say that the title of a rule is English.
    title = bare(words.text("power.table", rule=found.rule, on=found.on))
    return Table(id="power", title=title, columns=columns, rows=tuple(rows))


def _weight(question: Question, weight: float | None) -> Cell:
    if weight is None:
        return Cell()
    words = question.words
    return Cell(weight, said=words.isolated(words.number(weight))) if isinstance(weight, int) else number(words, weight)


# Two side by side


def _shares(found: PowerAnswer) -> dict[str, float]:
    return {one.actor: one.banzhaf_normalised or 0 for one in found.power.members}


def _shifts(first: PowerAnswer, second: PowerAnswer) -> list[tuple[str, float | None, float | None, float]]:
    """Each member's share before and after, and the difference; who gains most comes first."""
    before, after = _shares(first), _shares(second)
    found = [
        (code, before.get(code), after.get(code), after.get(code, 0) - before.get(code, 0)) for code in before | after
    ]
    return sorted(found, key=lambda one: (-one[3], one[0]))


def _changed(question: Question, first: PowerAnswer, second: PowerAnswer) -> dict[str, object]:
    words, shifts = question.words, _shifts(first, second)
    gains = [code for code, *_, shift in shifts if shift > _SAME]
    loses = [code for code, *_, shift in reversed(shifts) if shift < -_SAME]
    said = [
        words.text(key, names=words.list(map(words.name, codes[:_NAMED])), n=len(codes))
        for key, codes in (("power.gain", gains), ("power.lose", loses))
        if codes
    ]
    acts = [part(words, one.power.collectivity or 0) for one in (first, second)]
    return {
        "shifts": said or [words.text("power.same")],
        "acts": words.text("power.act.change", before=acts[0], after=acts[1]),
        "second": words.text("power.on", rule=words.english(second.title), on=second.on),
    }


def _differences(question: Question, first: PowerAnswer, second: PowerAnswer) -> Table:
    words = question.words
    heads = [bare(words.text("power.on", rule=one.rule, on=one.on)) for one in (first, second)]
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("before", heads[0], "number"),
        Column("after", heads[1], "number"),
        Column("change", words.text("power.change"), "number"),
    )
    rows = (
        row(
            code,
            words.name(code),
            number(words, before, percent=True),
            number(words, after, percent=True),
            Cell(shift, said=words.isolated(("+" if shift > _SAME else "") + part(words, shift))),
        )
        for code, before, after, shift in _shifts(first, second)
    )
    return Table(id="differences", title=bare(words.text("power.differences")), columns=columns, rows=tuple(rows))
