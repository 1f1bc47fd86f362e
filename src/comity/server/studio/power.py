"""Who has power under a rule: measured, drawn, said in plain words; and two rules or two days side by side."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

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
from comity.service.powers import PowerAnswer, PowerAsked, measurable, refuse_large
from comity.service.reforms import Coalitions, Study, StudyAsked, study

if TYPE_CHECKING:
    from comity.analysis.voting.power import PowerOf

__all__ = ["power_page", "rule_choices"]

_EXTRA = ("rule", "with", "then", "abstention", "per")
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


@require_safe
def power_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form; the power of the members under a rule on a day; what another rule or day changes."""
    with asked(request, language, *_EXTRA) as question:
        context = question.frame() | _form(question) | {"works": sources(question, _WORKS)}
        export = Export(name="power", title="")
        if question.extra["rule"]:
            try:
                inputs = _inputs(question)
                for rule, on in ((inputs.rule, inputs.on), (inputs.beside or inputs.rule, inputs.then or inputs.on)):
                    refuse_large(question.register, rule, on, abstention=inputs.abstention)
                found = study(question.register, inputs)
            except Refusal as refusal:
                context["wrong"] = wrong(question, refusal)
            else:
                second = found.second
                tables = [_table(question, found)]
                context |= saving("power-study", inputs) if second or found.divided else saving("power", _alone(inputs))
                context |= _told(question, found) | {"table": tables[0]}
                if second is not None:
                    tables.append(_differences(question, found))
                    context |= _changed(question, found, second) | {"differences": tables[1]}
                export = Export(name=f"power-{found.first.rule}", title=tables[0].title, tables=tuple(tables))
        return answer(request, question, "studio/power.html", context, export)


def _inputs(question: Question) -> StudyAsked:
    """What the page asks for, as a method takes it."""
    given, then = question.extra, question.extra["then"]
    try:
        day = parse_date(then) if then else None
    except ValueError as error:
        raise Fault(400, question.words.text("fault.on", text=then, example="2016-11-04")) from error
    return StudyAsked(
        rule=given["rule"],
        on=question.on,
        beside=given["with"],
        then=day,
        per=given["per"],
        blocking=True,
        abstention=bool(given["abstention"]),
    )


def _alone(inputs: StudyAsked) -> PowerAsked:
    return PowerAsked(rule=inputs.rule, on=inputs.on, abstention=inputs.abstention)


# The form


def rule_choices(question: Question) -> list[tuple[str, list[tuple[str, str]]]]:
    """The rules that can be measured, by institution: its name, and the id and title of each rule."""
    rules = sorted(measurable(question.register), key=lambda one: (one.institution, one.title))
    by_institution: dict[str, list[tuple[str, str]]] = {}
    for one in rules:
        by_institution.setdefault(one.institution, []).append((one.id, one.title))
    institutions = [(_institution(question, name), found) for name, found in by_institution.items()]
    return sorted(institutions, key=lambda pair: question.words.sort_key(pair[0]))


def _form(question: Question) -> dict[str, object]:
    reading = question.register.reading
    tables = [(name, reading.weights(name)) for name in reading.ids("weights")]
    return {
        "rules": rule_choices(question),
        "tables": [(name, one.title) for name, one in tables if one is not None],
        "per": question.extra["per"],
        "abstention": bool(question.extra["abstention"]),
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


def _told(question: Question, asked_for: Study) -> dict[str, object]:
    words, found = question.words, asked_for.first
    ranked = _ranked(found)
    flag = " --abstention" if question.extra["abstention"] else ""
    return {
        "title": words.english(found.title),
        "article": found.article,
        "institution_on": found.on,
        "says": [*_says(question, found, ranked), *_smallest(question, asked_for.coalitions)],
        "drawing": _drawing(question, ranked[:_DRAWN]),
        "drawn": words.text("power.drawn", n=_DRAWN, all=len(ranked)) if len(ranked) > _DRAWN else "",
        "exact": words.text("power.exact.integral" if found.power.method == "generating function" else "power.exact"),
        "notes": [words.english(note) for note in found.notes],
        "data": [words.english(source) for source in found.sources],
        "command": f"comity power --rule {found.rule} --on {found.on}{flag}",
    }


def _ranked(found: PowerAnswer) -> list["PowerOf"]:
    return sorted(found.power.members, key=lambda one: (-(one.banzhaf_normalised or 0), one.actor))


def _says(question: Question, found: PowerAnswer, ranked: list["PowerOf"]) -> Iterator[SafeString]:
    """What the numbers mean, in a few sentences."""
    words, most = question.words, ranked[0]
    yield words.count("power.members", len(ranked))
    top = [one for one in ranked if one.swings == most.swings]
    decides = part(words, most.banzhaf_absolute or 0)
    if question.extra["abstention"]:
        yield words.text("power.abstention.says")
    elif len(top) == len(ranked):
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


def _smallest(question: Question, found: Coalitions | None) -> Iterator[SafeString]:
    """The smallest coalitions that adopt, and that block, with one of each."""
    words = question.words
    if found is None:
        return
    for key, size, some in (
        ("power.smallest.win", found.winning_size, found.winning),
        ("power.smallest.block", found.blocking_size, found.blocking),
    ):
        if size and some:
            names = sorted(map(words.name, some[0]), key=words.sort_key)
            more = [str(words.count("count.more", len(names) - _NAMED))] if len(names) > _NAMED else []
            yield words.text(key, n=size, names=words.list([*names[:_NAMED], *more]))


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


def _table(question: Question, asked_for: Study) -> Table:
    words, found = question.words, asked_for.first
    ratios = {one.actor: one.ratio for one in asked_for.divided}
    plain = found.power.method != "ballots with abstentions"
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("weight", words.text("power.weight"), "number", shown=bool(found.weights)),
        Column("banzhaf_normalised", words.text("power.banzhaf"), "number"),
        Column("shapley", words.text("power.shapley"), "number"),
        Column("banzhaf_absolute", words.text("power.absolute"), "number"),
        Column("prevent", words.text("power.prevent"), "number", shown=plain),
        Column("initiate", words.text("power.initiate"), "number", shown=plain),
        Column("ratio", words.text("power.ratio"), "number", shown=bool(ratios)),
        Column("swings", words.text("power.swings"), shown=False),
    )
    rows = (
        row(
            one.actor,
            Cell(words.name(one.actor), href=question.link(f"actors/{one.actor}")),
            _weight(question, one.weight),
            *(number(words, value, percent=True) for value in (one.banzhaf_normalised, one.shapley)),
            *(number(words, value, percent=True) for value in (one.banzhaf_absolute, one.prevent, one.initiate)),
            number(words, ratios.get(one.actor)),
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


def _changed(question: Question, found: Study, second: PowerAnswer) -> dict[str, object]:
    words, first = question.words, found.first
    gains = [one.actor for one in found.shifts if one.change > _SAME]
    loses = [one.actor for one in reversed(found.shifts) if one.change < -_SAME]
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


def _differences(question: Question, found: Study) -> Table:
    words = question.words
    both = [one for one in (found.first, found.second) if one is not None]
    heads = [bare(words.text("power.on", rule=one.rule, on=one.on)) for one in both]
    columns = (
        Column("actor", words.text("map.code"), shown=False),
        Column("member", words.text("power.member")),
        Column("before", heads[0], "number"),
        Column("after", heads[1], "number"),
        Column("change", words.text("power.change"), "number"),
        Column("relative", words.text("power.relative"), "number"),
        Column("ratio", words.text("power.ratio"), "number", shown=bool(found.divided)),
        Column("ratio_after", words.text("power.ratio"), "number", shown=bool(found.divided)),
    )
    divided = {one.actor: one for one in found.divided}
    rows = (
        row(
            one.actor,
            words.name(one.actor),
            number(words, one.before, percent=True),
            number(words, one.after, percent=True),
            _signed(question, one.change, 2),
            Cell() if one.relative is None else _signed(question, one.relative, 1),
            number(words, divided[one.actor].ratio if one.actor in divided else None),
            number(words, divided[one.actor].after if one.actor in divided else None),
        )
        for one in found.shifts
    )
    return Table(id="differences", title=bare(words.text("power.differences")), columns=columns, rows=tuple(rows))


def _signed(question: Question, shift: float, digits: int) -> Cell:
    words = question.words
    return Cell(shift, said=words.isolated(("+" if shift > _SAME else "") + part(words, shift, digits)))
