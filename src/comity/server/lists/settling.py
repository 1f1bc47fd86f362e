"""The forms in which an office says what columns and names mean, read into what is kept."""

from collections.abc import Iterator, Mapping

import msgspec
from django.http import QueryDict

from comity.acts import KINDS
from comity.server.asking import Question
from comity.server.lists.reading import Held, titles
from comity.service.lists import NEW, SKIP, Brought, Columns, Decision, is_date_form

__all__ = ["MEANINGS", "meaning_of", "read_columns", "read_names", "unknown_acts"]

# What a column may mean besides the day of an act; the fields of `Columns`.
MEANINGS: tuple[str, ...] = ("treaty", "counterpart", "actor", "adopted", "in_force", "act", "date", "note")
_DAY = "day:"


def meaning_of(columns: Columns, name: str) -> str:
    """What a column means: one of `MEANINGS`, `day:` and a kind of act, or nothing."""
    if name in columns.wide:
        return _DAY + columns.wide[name]
    return next((meaning for meaning in MEANINGS if getattr(columns, meaning) == name), "")


def read_columns(brought: Brought, form: QueryDict) -> tuple[Brought, list[tuple[str, str]]]:
    """What the form says of columns and dates; and what is wrong with it: ids of strings, and what they are about."""
    faults: list[tuple[str, str]] = []
    own: dict[str, str] = {}
    wide: dict[str, str] = {}
    for at, name in enumerate(brought.sheet.columns):
        meaning = form.get(f"column-{at}", "")
        kind = meaning.removeprefix(_DAY)
        if meaning.startswith(_DAY) and kind in KINDS:
            wide[name] = kind
        elif meaning in own:
            faults.append(("lists.columns.twice", name))
        elif meaning in MEANINGS:
            own[meaning] = name
    dates = tuple(dict.fromkeys(part.strip() for part in form.get("dates", "").split(";") if part.strip()))
    faults.extend(("lists.columns.form", text) for text in dates if not is_date_form(text))
    columns = Columns(wide=wide, **own)
    if not columns.treaty:
        faults.append(("lists.columns.no-treaty", ""))
    if not wide and not (columns.act and columns.date):
        faults.append(("lists.columns.no-act", ""))
    said = {"columns": columns, "own": form.get("own", brought.own)}
    return msgspec.structs.replace(brought, dates=dates if not faults else brought.dates, **said), faults


def unknown_acts(brought: Brought) -> list[str]:
    """The words for acts in the table that are neither acts of ours nor settled."""
    column = brought.columns.act
    if not column or column not in brought.sheet.columns:
        return []
    known = {*KINDS, *brought.acts, ""}
    return sorted({cell for cell in brought.sheet.cells(column) if cell not in known})


def read_names(question: Question, held: Held, form: QueryDict) -> tuple[Brought, list[tuple[str, str]]]:
    """What the form settles of treaties, States and acts; and what is wrong with it."""
    faults: list[tuple[str, str]] = []
    brought = held.brought
    treaties = dict(brought.treaties) | dict(_treaties(question, held, form, faults))
    names = (*brought.names, *_actors(question, held, form, faults))
    acts = dict(brought.acts)
    for at, word in enumerate(unknown_acts(brought)):
        kind = form.get(f"act-{at}", "")
        if kind in KINDS or kind == SKIP:
            acts[word] = kind
    return msgspec.structs.replace(brought, treaties=treaties, names=names, acts=acts), faults


def _said(form: QueryDict, field: str) -> str:
    """What was written, or else what was chosen."""
    return form.get(f"{field}-other", "").strip() or form.get(field, "").strip()


def _treaties(
    question: Question, held: Held, form: QueryDict, faults: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    known = _known_titles(question)
    for at, one in enumerate(held.reading.treaties):
        said = _said(form, f"treaty-{at}")
        # The position is only good for the list as it was shown: the title goes with it.
        if not said or form.get(f"treaty-{at}-name") != one.name:
            continue
        name = said if said in {NEW, SKIP} else known.get(said.casefold(), "")
        if name:
            yield one.name, name
        else:
            faults.append(("lists.names.no-instrument", said))


def _known_titles(question: Question) -> Mapping[str, str]:
    register = question.register.reading
    own = {name.casefold(): name for name in register.ids()}
    return own | {text.casefold(): name for text, name in titles().items()}


def _actors(question: Question, held: Held, form: QueryDict, faults: list[tuple[str, str]]) -> Iterator[Decision]:
    actors = question.register.reading.directory.actors
    for at, one in enumerate(held.reading.names):
        said = _said(form, f"actor-{at}")
        if not said or form.get(f"actor-{at}-name") != one.name:
            continue
        code = said if said == SKIP else said.upper()
        if code != SKIP and code not in actors:
            faults.append(("lists.names.no-actor", said))
            continue
        yield Decision(name=one.name, actor=code)
