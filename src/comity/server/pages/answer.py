"""The answer to one question on one page: are we bound by X toward Y, since when, with what reservations, and why."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from comity.instruments import Instrument
from comity.law.bond import Bond
from comity.law.results import DECLARED, ActorStatus, Reason, Relation, Why
from comity.server.asking import Question, asked
from comity.server.exports.answer import Export, answer
from comity.server.exports.documents import answer_document
from comity.server.exports.provenance import provenance
from comity.server.exports.table import bare
from comity.server.faults import Fault
from comity.server.kept import kept
from comity.server.pages.choosing import actor_named, chosen_instrument, instruments_by_area, names_to_choose
from comity.server.pages.citing import Step, steps
from comity.server.pages.instrument import horizon
from comity.server.pages.participants import flag_words
from comity.server.routes import page

__all__ = ["urlpatterns"]

_ASKED = ("instrument", "a", "b")
# Reasons of a relation that are about reservations, told apart from the rest.
_RESERVATIONS = ("reservation-", "objection-", "organ-", "not-all-accepted")
# What both say of themselves and the page has said of both.
_OF_FORCE = frozenset(
    {"threshold-met", "entry-computed", "entry-fixed", "entry-stated", "not-in-force", "tacit-entry", "terminated"}
)
_EXAMPLE = {"instrument": "vcdr", "a": "GBR", "b": "QAT", "on": "2014-04-02"}


@require_safe
def answer_page(request: HttpRequest, language: str) -> HttpResponse:
    """The form, and the answer once an instrument and an actor are named."""
    with asked(request, language, *_ASKED) as question:
        name, one, other = (question.extra[key] for key in _ASKED)
        context = question.frame() | _form(question)
        if not name or not one:
            query = urlencode(_EXAMPLE)
            context["example"] = f"/{language}/answer?{query}"
            return answer(request, question, "pages/answer.html", context, Export(name="answer", title=""))
        try:
            it, first, second = _chosen(question, name, one, other)
        except Fault as wrong:
            # The form comes back with what was typed, and says what is wrong with it.
            context |= {"wrong": wrong.lines, "nearest": question.words.list(near for _, near in wrong.nearest)}
            form = answer(request, question, "pages/answer.html", context, Export(name="answer", title=""))
            form.status_code = wrong.status
            return form
        found = _answered(question, it, first, second)
        said = provenance(request, question, bare(found["question"]))
        query = urlencode({"instrument": it.id, "a": first, "b": second, "on": question.on, "known": said.size})
        context |= found | {
            "recorded": f"{said.recorded:%Y-%m-%d %H:%M}",
            "said_by": said,
            "kept_at": f"{said.base}/{language}/answer?{query}",
            "a": first,
            "b": second,
        }
        export = Export(
            name=f"answer-{it.id}-{first}{'-' + second if second else ''}",
            title=said.title,
            known_until=tuple(map(bare, found["horizon"].lines)),
            document=answer_document(question, found),
        )
        return answer(request, question, "pages/answer.html", context, export)


def _chosen(question: Question, name: str, one: str, other: str) -> tuple[Instrument, str, str]:
    """The instrument and those asked about. Raises `Fault` for what there is not."""
    it = chosen_instrument(question, name)
    if it.kind in DECLARED:
        raise Fault(400, question.words.text("answer.declared", instrument=question.words.title(it)))
    return it, actor_named(question, one), actor_named(question, other) if other else ""


def _form(question: Question) -> dict[str, object]:
    return {
        "chosen": question.extra["instrument"],
        "areas": instruments_by_area(question),
        "names": names_to_choose(question),
        "a": question.extra["a"],
        "b": question.extra["b"],
    }


def _answered(question: Question, it: Instrument, one: str, other: str) -> dict[str, Any]:
    words, register, on = question.words, question.register, question.on
    first = register.why(it.id, one, on)
    second = register.why(it.id, other, on) if other else None
    bond = register.bond(it.id, one, other, on) if other else None
    status = register.status(it.id, on)
    own = {row.actor: row for row in status.actors}
    relation = None if bond is None else bond.relation
    reasons = (*first.reasons, *(() if relation is None else relation.reasons))
    known = horizon(words, status.known_until, reasons, on)
    sentence = _sentence(question, it, (one, other), first, bond, own.get(one))
    return {
        "it": it,
        "plain_heading": bare(_question(question, it, one, other)),
        "question": _question(question, it, one, other),
        "bound": first.status == "party" if relation is None else relation.bound,
        "said": sentence,
        "facts": list(_facts(question, bond, own.get(one))),
        "before": _before(question, it, (one, other), (first, second)),
        "touched": [] if relation is None else _touched(question, relation),
        "reservations": [] if relation is None else _only(question, relation.reasons, it, reservations=True),
        "between": [] if relation is None else _only(question, _telling(relation), it, reservations=False),
        "force": steps(question, (reason for reason in first.reasons if reason.id in _OF_FORCE), it.id),
        "chains": [_chain(question, it, why, own.get(why.actor)) for why in (first, second) if why is not None],
        "disputed": [words.reason(r) for why in (first, second) if why for r in why.reasons if r.id == "contested"],
        "horizon": known,
        # What the document is made of, as on the page of the reasons.
        "steps": steps(question, first.reasons, it.id),
        "flags": [],
        "toward": other,
        "relation": None
        if relation is None
        else {
            "said": sentence,
            "touched": _touched(question, relation),
            "steps": steps(question, (*relation.reasons, *(second.reasons if second else ())), it.id),
        },
    }


def _question(question: Question, it: Instrument, one: str, other: str) -> SafeString:
    words = question.words
    params = {"instrument": words.title(it), "one": words.name(one), "on": question.on}
    if other:
        return words.text("answer.question", other=words.name(other), **params)
    return words.text("answer.question.one", **params)


def _sentence(
    question: Question,
    it: Instrument,
    pair: tuple[str, str],
    first: Why,
    bond: Bond | None,
    own: ActorStatus | None,
) -> SafeString:
    """The answer in one sentence."""
    words = question.words
    params = {"instrument": words.title(it), "one": words.name(pair[0]), "on": question.on}
    if bond is not None:
        params["other"] = words.name(pair[1])
        if not bond.relation.bound:
            return words.text("answer.no", **params)
        return words.text("answer.yes", since=bond.since or "–", **params)
    if first.status == "party" and own is not None:
        return words.text("answer.yes.one", since=own.since or "–", **params)
    return words.text("answer.no.one", status=words.status(first.status), **params)


class Before(msgspec.Struct, frozen=True):
    """Who stood on the day in the place of those asked about, and where the same is asked of them."""

    lines: tuple[SafeString, ...]
    href: str


def _before(question: Question, it: Instrument, pair: tuple[str, str], found: Iterable[Why | None]) -> Before | None:
    """A State that has the place of another by a later act is asked about under its own name alone: say so."""
    held = {
        why.actor: str(reason.params["before"])
        for why in found
        if why is not None
        for reason in why.reasons
        if reason.id == "before-it"
    }
    if not held:
        return None
    words = question.words
    lines = tuple(
        words.text("answer.before", one=words.name(code), before=words.name(before)) for code, before in held.items()
    )
    one, other = (held.get(code, code) for code in pair)
    query = urlencode({"instrument": it.id, "a": one, "b": other, "on": question.on, "known": question.known})
    return Before(lines, "" if one == other else f"/{words.code}/answer?{query}")


def _facts(question: Question, bond: Bond | None, own: ActorStatus | None) -> Iterator[tuple[SafeString, object]]:
    """What the sentence does not say: when it ends, and as amended by what it holds."""
    words = question.words
    until = own.until if bond is None and own is not None and own.status == "party" else bond and bond.until
    if until is not None:
        yield words.text("answer.until"), words.isolated(until)
    if bond is not None and bond.relation.as_amended_by:
        yield words.text("answer.amended"), words.list(words.titled(name) for name in bond.relation.as_amended_by)


def _touched(question: Question, found: Relation) -> list[SafeString]:
    words = question.words
    touched = [
        words.text(f"relation.{name.replace('_', '-')}", provisions=words.articles(provisions))
        for name in ("excluded", "modified", "not_settled")
        if (provisions := getattr(found, name))
    ]
    return touched or ([words.text("relation.untouched")] if found.bound else [])


def _telling(found: Relation) -> list[Reason]:
    """The reasons between the two that say more than the sentence and the chains of each."""
    return [reason for reason in found.reasons if reason.id not in {"both-bound", "not-bound"}]


def _only(question: Question, reasons: Iterable[Reason], it: Instrument, *, reservations: bool) -> list[Step]:
    found = (reason for reason in reasons if reason.id.startswith(_RESERVATIONS) == reservations)
    return steps(question, found, it.id)


def _chain(question: Question, it: Instrument, found: Why, own: ActorStatus | None) -> dict[str, object]:
    words = question.words
    return {
        "name": words.name(found.actor),
        "href": question.link(f"instruments/{it.id}/{found.actor}"),
        "status": found.status,
        "said": words.status(found.status),
        "flags": [] if own is None else flag_words(words, own),
        "steps": steps(question, (reason for reason in found.reasons if reason.id not in _OF_FORCE), it.id),
    }


urlpatterns = [page("answer", kept(answer_page))]
