"""The table of named questions.

From it come the routes of the API, its description, the tools for models, and what the remote register asks. A
question has an id, parameters, a typed answer and the plain JSON of that answer, which is what the commands print.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from comity.actors import Actor, Group
from comity.law.compare import Comparison
from comity.law.pairs import Pairs
from comity.law.results import Hit
from comity.service import answering, answers, forecasting, logbook, parameters, powers, precedents, shapes
from comity.service.answers import plain
from comity.service.parameters import Parameter
from comity.service.queries import Register, refuse

__all__ = ["QUESTIONS", "Question", "ask", "plain"]

Answer = Callable[..., object]
Read = Callable[[Any], object]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `path` is its address below the root of the API; parameters that stand in it are in braces.

    `answer` takes a register and the values of the parameters, by their Python names. `shape` is the type of the JSON
    that `plain` makes of the answer, or of each item where there are `many`; `read` makes the answer again.
    """

    id: str
    path: str
    group: str
    summary: str
    answer: Answer
    shape: type
    read: Read
    parameters: tuple[Parameter, ...] = ()
    many: bool = False

    def values(self, given: Mapping[str, str], today: date) -> dict[str, object]:
        """The values of what was given as text; raises `Refusal` with all that is wrong with it."""
        return parameters.read(self.parameters, given, today)

    def read_all(self, found: Any) -> object:  # noqa: ANN401  # whatever JSON holds
        """The typed answer that this JSON tells of; a list where there are many."""
        return [self.read(item) for item in found] if self.many else self.read(found)


def ask(register: Register, question: str, given: Mapping[str, str], today: date) -> object:
    """The plain answer to a question by its id, its parameters given as text. Raises `Refusal`."""
    found = QUESTIONS.get(question)
    if found is None:
        raise refuse("question-unknown", f"there is no question “{question:.40}”", f"ask {', '.join(QUESTIONS)}")
    return plain(found.answer(register, **found.values(given, today)))


# Parameters that several questions share

_INSTRUMENT = Parameter(
    name="instrument", kind="instrument", summary="The id of an instrument.", example="paris-agreement"
)
_ACTOR = Parameter(name="actor", kind="actor", summary="The id of an actor.", example="FRA")
_ON = Parameter(
    name="on",
    kind="day",
    summary="The legal day asked about; left out: today (UTC).",
    example="2020-12-01",
    required=False,
)
_REASONS = Parameter(
    name="reasons",
    kind="yes",
    summary="Whether each change is told with its reason for programs too: message id, citations, parameters.",
    example="true",
    required=False,
)


# What narrows a question about many to a part of the register.
_WITHIN = (
    msgspec.structs.replace(_INSTRUMENT, summary="Within this instrument only.", required=False),
    msgspec.structs.replace(_ACTOR, summary="What concerns this actor only.", required=False),
    Parameter(
        name="area", kind="name", summary="Within instruments of this area only.", example="climate", required=False
    ),
)


def _changed(one: Parameter, **changes: Any) -> Parameter:  # noqa: ANN401  # fields of a parameter
    return msgspec.structs.replace(one, **changes)


def _as(shape: type) -> Read:
    """A reader for an answer whose JSON is its record as it stands."""
    return lambda found: msgspec.convert(found, shape)


_OF_LOG = "The log"
_OF_INSTRUMENT = "Instruments"
_OF_ACTOR = "Actors"
_OF_MANY = "Many at once"

_TABLE = (
    Question(
        id="instruments",
        path="instruments",
        group=_OF_INSTRUMENT,
        summary="All instruments, by id.",
        answer=Register.instruments,
        shape=shapes.InstrumentHead,
        read=_as(shapes.InstrumentHead),
        many=True,
    ),
    Question(
        id="instrument",
        path="instruments/{instrument}",
        group=_OF_INSTRUMENT,
        summary="What an instrument says of itself: final clauses, provisions, and up to when its acts are complete.",
        parameters=(_INSTRUMENT,),
        answer=lambda register, instrument: register.instrument(instrument),
        shape=shapes.Instrument,
        read=answers.read_instrument,
    ),
    Question(
        id="status",
        path="instruments/{instrument}/status",
        group=_OF_INSTRUMENT,
        summary="Who is bound by an instrument on a day.",
        parameters=(
            _INSTRUMENT,
            _ON,
            _changed(_ACTOR, summary="Show this actor only; the counts stay whole.", required=False),
        ),
        answer=Register.status,
        shape=shapes.Status,
        read=answers.read_status,
    ),
    Question(
        id="why",
        path="instruments/{instrument}/why/{actor}",
        group=_OF_INSTRUMENT,
        summary="Why an actor has its status under an instrument on a day, with what each reason rests on.",
        parameters=(_INSTRUMENT, _ACTOR, _ON),
        answer=Register.why,
        shape=shapes.Why,
        read=answers.read_why,
    ),
    Question(
        id="missing",
        path="instruments/{instrument}/missing",
        group=_OF_INSTRUMENT,
        summary="What is missing for the entry into force of an instrument, and whose consent would bring it about.",
        parameters=(_INSTRUMENT, _ON),
        answer=Register.missing,
        shape=shapes.Missing,
        read=answers.read_missing,
    ),
    Question(
        id="relation",
        path="instruments/{instrument}/relation",
        group=_OF_INSTRUMENT,
        summary="What binds two actors toward each other under an instrument, provision by provision.",
        parameters=(
            _INSTRUMENT,
            _changed(_ACTOR, name="a", argument="one", summary="One actor."),
            _changed(_ACTOR, name="b", argument="other", summary="The other actor.", example="DEU"),
            _ON,
        ),
        answer=Register.relation,
        shape=shapes.Relation,
        read=answers.read_relation,
    ),
    Question(
        id="pairs",
        path="instruments/{instrument}/pairs",
        group=_OF_INSTRUMENT,
        summary="Between how many pairs of parties to an instrument a reservation touches which provision.",
        parameters=(_INSTRUMENT, _ON),
        answer=Register.pairs,
        shape=Pairs,
        read=_as(Pairs),
    ),
    Question(
        id="statements",
        path="instruments/{instrument}/statements",
        group=_OF_INSTRUMENT,
        summary="Reservations and declarations made under an instrument by a day, and what was answered to them.",
        parameters=(_INSTRUMENT, _ON),
        answer=answering.statements,
        shape=shapes.Statement,
        read=answers.read_statement,
        many=True,
    ),
    Question(
        id="what-if",
        path="instruments/{instrument}/what-if",
        group=_OF_INSTRUMENT,
        summary="What acts that have not happened would change, and when; nothing is recorded.",
        parameters=(
            _INSTRUMENT,
            Parameter(
                name="act",
                kind="lines",
                argument="acts",
                summary="An act: its date, actor and kind, and further columns as ref=…; once for each act.",
                example="2027-01-20 USA acceptance",
            ),
            _changed(
                _ON,
                summary="The day on which to compare; left out: the last on which anything differs.",
                example="2027-03-01",
                unbounded=True,
            ),
            _REASONS,
        ),
        answer=answering.what_if,
        shape=shapes.WhatIf,
        read=answers.read_what_if,
    ),
    Question(
        id="instrument-timeline",
        path="instruments/{instrument}/timeline",
        group=_OF_INSTRUMENT,
        summary="Every change of status under an instrument, in order.",
        parameters=(_INSTRUMENT, _REASONS),
        answer=answering.of_instrument,
        shape=shapes.Change,
        read=answers.read_change,
        many=True,
    ),
    Question(
        id="actors",
        path="actors",
        group=_OF_ACTOR,
        summary="All actors, by id, with their dated names and codes.",
        answer=Register.actors,
        shape=Actor,
        read=_as(Actor),
        many=True,
    ),
    Question(
        id="actor",
        path="actors/{actor}",
        group=_OF_ACTOR,
        summary="All that binds an actor on a day, and what it has only signed.",
        parameters=(_ACTOR, _ON),
        answer=answering.of_actor,
        shape=shapes.ActorAnswer,
        read=answers.read_actor,
    ),
    Question(
        id="actor-timeline",
        path="actors/{actor}/timeline",
        group=_OF_ACTOR,
        summary="Every change of an actor's status under all instruments, in order.",
        parameters=(_ACTOR, _REASONS),
        answer=answering.of_one_actor,
        shape=shapes.Change,
        read=answers.read_change,
        many=True,
    ),
    Question(
        id="actor-statements",
        path="actors/{actor}/statements",
        group=_OF_ACTOR,
        summary="The reservations and declarations of an actor under all instruments, and others' that it answered.",
        parameters=(_ACTOR, _ON),
        answer=Register.statements_of,
        shape=shapes.Statement,
        read=answers.read_statement,
        many=True,
    ),
    Question(
        id="groups",
        path="groups",
        group=_OF_ACTOR,
        summary="All groups of actors, by id, with their dated members.",
        answer=Register.groups,
        shape=Group,
        read=_as(Group),
        many=True,
    ),
    Question(
        id="rules",
        path="rules",
        group=_OF_INSTRUMENT,
        summary="All named decision rules of institutions, by id.",
        answer=Register.rules,
        shape=shapes.Rule,
        read=answers.read_rule,
        many=True,
    ),
    Question(
        id="power",
        path="rules/{rule}/power",
        group=_OF_INSTRUMENT,
        summary="Who has what voting power under a decision rule on a day: Banzhaf, Shapley–Shubik and Coleman.",
        parameters=(
            Parameter(name="rule", kind="name", summary="The id of a decision rule.", example="unsc-substantive"),
            _ON,
            Parameter(
                name="index",
                kind="list",
                summary="Which to count: banzhaf (with Coleman), shapley; left out: both.",
                example="banzhaf,shapley",
                required=False,
                choices=powers.INDICES,
            ),
            Parameter(
                name="mode",
                kind="name",
                summary="exact, or instant: Banzhaf within a proved bound; left out: exact.",
                example="instant",
                required=False,
            ),
            Parameter(
                name="members",
                kind="text",
                summary="Who votes, where the rule does not say: a group, or codes parted by commas.",
                example="un-members",
                required=False,
            ),
            Parameter(
                name="abstention", kind="yes", summary="Members may abstain too.", example="true", required=False
            ),
        ),
        answer=powers.power_asked,
        shape=shapes.Power,
        read=powers.read_power,
    ),
    Question(
        id="forecast",
        path="instruments/{instrument}/forecast",
        group=_OF_INSTRUMENT,
        summary="The chance by each date that the conditions for entry into force are met, or so many have joined.",
        parameters=(_changed(_INSTRUMENT, example="ctbt"), *forecasting.PARAMETERS),
        answer=forecasting.forecast_asked,
        shape=forecasting.Forecast,
        read=_as(forecasting.Forecast),
    ),
    Question(
        id="timeline",
        path="timelines/{name}",
        group=_OF_MANY,
        summary="Every change of status of an instrument, or of an actor under all instruments, in order.",
        parameters=(
            Parameter(name="name", kind="name", summary="The id of an instrument or actor.", example="kyoto-protocol"),
            _REASONS,
        ),
        answer=answering.timeline,
        shape=shapes.Change,
        read=answers.read_change,
        many=True,
    ),
    Question(
        id="changes",
        path="changes",
        group=_OF_MANY,
        summary="What became different in the world after one day and up to another.",
        parameters=(
            _changed(_ON, name="from", argument="start", summary="The day after which to look.", required=True),
            _changed(_ON, name="to", argument="end", summary="The last day to look at; left out: today (UTC)."),
            *_WITHIN,
            _REASONS,
        ),
        answer=answering.changes,
        shape=shapes.Change,
        read=answers.read_change,
        many=True,
    ),
    Question(
        id="deadlines",
        path="deadlines",
        group=_OF_MANY,
        summary="Days by which a State must speak, or its silence counts: objections to reservations, and rejections.",
        parameters=(
            _changed(_ON, name="from", argument="start", summary="The day after which to look; left out: today (UTC)."),
            _changed(
                _ON,
                name="to",
                argument="end",
                summary="The last day to look at; left out: all that lies ahead.",
                example="2021-12-31",
                unbounded=True,
            ),
            *_WITHIN,
        ),
        answer=answering.deadlines,
        shape=shapes.Deadline,
        read=answers.read_deadline,
        many=True,
    ),
    Question(
        id="compare",
        path="compare",
        group=_OF_MANY,
        summary="Actors, or groups of them, by instruments, on a day.",
        parameters=(
            Parameter(name="actors", kind="list", summary="Actors or groups, parted by commas.", example="FRA,USA"),
            Parameter(
                name="instruments",
                kind="list",
                summary="Instruments, parted by commas.",
                example="paris-agreement,kyoto-protocol",
            ),
            _ON,
        ),
        answer=Register.compare,
        shape=Comparison,
        read=_as(Comparison),
    ),
    Question(
        id="precedents",
        path="precedents",
        group=_OF_MANY,
        summary="Agreements like one of the register, or like what words describe, why, and what became of them.",
        parameters=(*precedents.PARAMETERS, _ON),
        answer=precedents.precedents_asked,
        shape=precedents.Precedents,
        read=_as(precedents.Precedents),
    ),
    Question(
        id="search",
        path="search",
        group=_OF_MANY,
        summary="Instruments, provisions, actors, groups and rules that these words find, in any of six languages.",
        parameters=(Parameter(name="q", kind="text", argument="text", summary="The words.", example="ozone layer"),),
        answer=Register.search,
        shape=Hit,
        read=_as(Hit),
        many=True,
    ),
    Question(
        id="log-head",
        path="log",
        group=_OF_LOG,
        summary="The tree of the log: its name, its size and its root.",
        answer=logbook.head,
        shape=shapes.Head,
        read=_as(shapes.Head),
    ),
    Question(
        id="log-entries",
        path="log/entries",
        group=_OF_LOG,
        summary="The entries of the log, in order.",
        answer=logbook.entries,
        shape=shapes.Entry,
        read=_as(shapes.Entry),
        many=True,
    ),
    Question(
        id="log-entry",
        path="log/entries/{index}",
        group=_OF_LOG,
        summary="One entry of the log.",
        parameters=(Parameter(name="index", kind="number", summary="Its index, from 0.", example="0"),),
        answer=logbook.entry,
        shape=shapes.Entry,
        read=_as(shapes.Entry),
    ),
    Question(
        id="log-inclusion",
        path="log/entries/{index}/proof",
        group=_OF_LOG,
        summary="The proof that an entry is in the tree.",
        parameters=(Parameter(name="index", kind="number", summary="The index of the entry, from 0.", example="0"),),
        answer=logbook.inclusion,
        shape=shapes.Inclusion,
        read=_as(shapes.Inclusion),
    ),
    Question(
        id="log-consistency",
        path="log/consistency/{old}",
        group=_OF_LOG,
        summary="The proof that an earlier tree is the beginning of this one: nothing was taken out or changed.",
        parameters=(Parameter(name="old", kind="number", summary="The size of the earlier tree.", example="1"),),
        answer=logbook.consistency,
        shape=shapes.Consistency,
        read=_as(shapes.Consistency),
    ),
    Question(
        id="log-checkpoints",
        path="log/checkpoints",
        group=_OF_LOG,
        summary="The signed checkpoints that the log keeps, by size.",
        answer=logbook.checkpoints,
        shape=shapes.Checkpoint,
        read=_as(shapes.Checkpoint),
        many=True,
    ),
)

QUESTIONS: Mapping[str, Question] = {question.id: question for question in _TABLE}
