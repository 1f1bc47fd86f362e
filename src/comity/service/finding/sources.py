"""What can be found, gathered from a register and the catalogue of words, in every language."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

import tomli

from comity.instruments import Instrument
from comity.register.reading import Reading
from comity.service.catalogue import CODES, catalogue
from comity.service.finding.index import Entry

__all__ = ["TERMS", "entries_of", "names_in_all"]

# The kinds of word that are terms, as the catalogue begins their ids.
TERMS = ("act", "status", "kind")


def entries_of(reading: Reading) -> Iterator[Entry]:
    """Everything of a register that can be found."""
    yield from _instruments(reading)
    yield from _actors(reading)
    yield from _groups(reading)
    yield from _terms()
    yield from _rules(reading)


def _instruments(reading: Reading) -> Iterator[Entry]:
    also = _also("instrument")
    for name in reading.ids():
        it = reading.instrument(name)
        if it is None:
            continue
        titles = _distinct([it.title, *names_in_all(f"title.{name}")])
        by_names = _distinct([name.replace("-", " "), it.short, *also.get(name, ())])
        body = (it.place, *it.notes)
        yield Entry(
            kind="instrument", id=name, names=titles, also=by_names, body=body, part=bool(it.of), about=_about(it)
        )
        for provision in it.provisions:
            said = tuple(text for topic in provision.topics for text in (topic, *_topic(topic)))
            numbered = (f"{it.short or it.title} {provision.id}", f"{name.replace('-', ' ')} {provision.id}")
            yield Entry(
                kind="provision",
                id=name,
                number=provision.id,
                names=(provision.heading,),
                also=numbered,
                body=(*said, *by_names, *titles),
            )


def _about(it: Instrument) -> tuple[str, ...]:
    """What an agreement is about: headings and topics of its provisions, areas, place, depositaries, its kind."""
    topics = dict.fromkeys(topic for one in it.provisions for topic in one.topics)
    keys = (*(f"area.{area}" for area in it.areas), f"kind.{it.kind}")
    named = [it.place, *names_in_all(f"place.{it.place}"), *it.depositary]
    named += [text for one in it.depositary for text in names_in_all(f"depositary.{one}")]
    return (
        *(one.heading for one in it.provisions),
        *(text for topic in topics for text in (topic, *_topic(topic))),
        *(text for key in keys for text in names_in_all(key)),
        *it.areas,
        *_distinct(named),
    )


def _actors(reading: Reading) -> Iterator[Entry]:
    also = _also("actor")
    for actor in reading.directory.actors.values():
        former = [name for one in actor.formerly for name in one.names.values()]
        by_names = _distinct([actor.id, *actor.all_codes(), *former, *also.get(actor.id, ())])
        yield Entry(kind="actor", id=actor.id, names=_distinct(actor.names.values()), also=by_names)


def _groups(reading: Reading) -> Iterator[Entry]:
    also = _also("group")
    for group in reading.directory.groups.values():
        names = _distinct([group.title, *names_in_all(f"group.{group.id}")])
        by_names = (group.id.replace("-", " "), *also.get(group.id, ()))
        yield Entry(kind="group", id=group.id, names=names or (group.id,), also=by_names)


def _terms() -> Iterator[Entry]:
    for key in catalogue("en"):
        kind, _, name = key.partition(".")
        if kind in TERMS and name:
            yield Entry(kind="term", id=key, names=_distinct(names_in_all(key)))


def _rules(reading: Reading) -> Iterator[Entry]:
    for name in sorted({name for layer in reading.layers for name in layer.ids("rule")}):
        rule = reading.rule(name)
        if rule is not None:
            yield Entry(
                kind="rule", id=name, names=(rule.title or name,), also=(name.replace("-", " "),), body=(rule.source,)
            )


def names_in_all(key: str) -> list[str]:
    """The words of an id in every language that has some."""
    found = (catalogue(code).get(key) for code in CODES)
    return [text for text in found if isinstance(text, str)]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


@cache
def _read(name: str) -> Mapping[str, object]:
    return tomli.loads(files("comity.service.finding").joinpath(name).read_text(encoding="utf-8"))


def _also(kind: str) -> Mapping[str, tuple[str, ...]]:
    found = _read("also.toml")[kind]
    if not isinstance(found, dict):
        raise TypeError(f"also.toml: {kind} is a table")
    return {name: tuple(texts) for name, texts in found.items()}


def _topic(topic: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in str(_read("topics.toml").get(topic, "")).split(",") if text.strip())
