"""The terms of the register in all its languages side by side, with where the law has them; and rules of decision."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.table import Cell, Column, Table, bare, row
from comity.server.routes import page
from comity.server.words import LANGUAGES, Language, words_in
from comity.service.catalogue import catalogue
from comity.service.finding.sources import TERMS

__all__ = ["terms", "urlpatterns"]

# Articles of the Vienna Convention on the Law of Treaties (1969), and where it has none those of 1978 on the succession
# of States and of 1986 on the treaties of international organizations.
LAW: Mapping[str, str] = {
    "act.signature": "VCLT 12, 18",
    "act.definitive-signature": "VCLT 12",
    "act.ratification": "VCLT 2(1)(b), 14",
    "act.acceptance": "VCLT 2(1)(b), 14",
    "act.approval": "VCLT 2(1)(b), 14",
    "act.accession": "VCLT 2(1)(b), 15",
    "act.formal-confirmation": "VCLTIO (1986) 2(1)(b bis), 14",
    "act.consent": "VCLT 11",
    "act.intention-not-to-ratify": "VCLT 18(a)",
    "act.provisional-application": "VCLT 25(1)",
    "act.provisional-application-end": "VCLT 25(2)",
    "act.reservation": "VCLT 2(1)(d), 19",
    "act.acceptance-of-reservation": "VCLT 20",
    "act.objection": "VCLT 20, 21",
    "act.reservation-withdrawal": "VCLT 22(1), 23(4)",
    "act.objection-withdrawal": "VCLT 22(2), 23(4)",
    "act.territorial-application": "VCLT 29",
    "act.withdrawal": "VCLT 54, 56",
    "act.termination": "VCLT 54",
    "act.suspension": "VCLT 57, 58",
    "act.succession": "VCSSRT (1978) 2(1)(b), 17",
    "act.correction": "VCLT 79",
    "status.party": "VCLT 2(1)(g)",
    "status.contracting": "VCLT 2(1)(f)",
    "status.in-force": "VCLT 24",
    "kind.treaty": "VCLT 2(1)(a)",
    "kind.amendment": "VCLT 39, 40",
}


@require_safe
def terms(request: HttpRequest, language: str) -> HttpResponse:
    """The terms in all languages, and the rules by which bodies decide."""
    with asked(request, language) as question:
        title = bare(question.words.text("terms.title"))
        tables = (*(_terms(question, kind) for kind in TERMS), _rules(question))
        context = question.frame() | {"tables": tables}
        return answer(request, question, "search/terms.html", context, Export(name="terms", title=title, tables=tables))


def _terms(question: Question, kind: str) -> Table:
    words = question.words
    others = [one for one in LANGUAGES.values() if one.code != words.code]
    columns = (
        Column("id", bare(words.text("terms.id")), shown=False),
        Column(words.code, words.language.name),
        *(Column(one.code, one.name, head=_own_name(one)) for one in others),
        Column("law", bare(words.text("terms.law"))),
    )
    keys = [key for key in catalogue("en") if key.startswith(f"{kind}.")]
    said = sorted(((words.known(key) or "", key) for key in keys), key=lambda one: words.sort_key(one[0]))
    rows = (
        row(
            key,
            Cell(term, mark=key.replace(".", "-")),
            *(_in(one.code, key) for one in others),
            LAW.get(key, ""),
        )
        for term, key in said
    )
    title = bare(words.text(f"terms.{kind}"))
    return Table(id=f"terms-{kind}", title=title, columns=columns, rows=tuple(rows))


def _own_name(language: Language) -> SafeString:
    """The name of a language, which is in that language."""
    return format_html('<span lang="{}" dir="{}">{}</span>', language.code, language.direction, language.name)


def _in(code: str, key: str) -> Cell:
    said, language = words_in(code).known(key) or "", LANGUAGES[code]
    return Cell(said, format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, language.direction, said))


def _rules(question: Question) -> Table:
    words, reading = question.words, question.register.reading
    columns = (
        Column("id", bare(words.text("terms.id")), shown=False),
        Column("title", bare(words.text("terms.rule"))),
        Column("article", bare(words.text("terms.article"))),
        Column("source", bare(words.text("terms.source"))),
    )
    names = sorted({name for layer in reading.layers for name in layer.ids("rule")})
    found = [(name, rule) for name in names if (rule := reading.rule(name)) is not None]
    rows = (
        row(
            name,
            Cell(rule.title or name, words.english(rule.title or name), mark=f"rule-{name}"),
            rule.article,
            Cell(rule.source, words.english(rule.source)),
        )
        for name, rule in found
    )
    return Table(id="rules", title=bare(words.text("terms.rules")), columns=columns, rows=tuple(rows))


urlpatterns = [page("terms", terms)]
