"""The review of translations: each string is put back into English by somebody who has not seen the original.

    python tests/server/back_translation.py dump LANGUAGE            strings that wait, for the translator
    python tests/server/back_translation.py take LANGUAGE FILE       what came back
    python tests/server/back_translation.py differ LANGUAGE          originals beside what came back, where they differ
    python tests/server/back_translation.py settle LANGUAGE ID …     differences that are none in meaning

What `dump` prints is TOML: each string stands as a comment over an empty one, to be filled in. It is named by a hash of
itself, for an id would give the original away. What came back is kept in `back/`, a file a language, with that hash: a
string that changes waits again.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
import tomli

from comity.service import Register, open_register
from comity.service.catalogue import CODES, catalogue

__all__ = ["Back", "as_said", "hash_of", "kept", "main", "originals", "texts", "unsettled", "waiting"]

_FOLDER = Path(__file__).resolve().parent / "back"
_ASK = """\
# Translate each string into English between the quotation marks, as exactly as you can and without looking at the
# English of Comity. Leave what stands in braces, such as {actor}, as it is. Some are parts of sentences, or one word.
"""


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What came back of one string: the hash of what was translated, its English, whether a difference is settled."""

    of: str
    back: str
    settled: bool = False


def hash_of(text: str) -> str:
    """A short name of a string, by which nobody can tell what it says elsewhere."""
    return sha256(text.encode()).hexdigest()[:12]


def texts(language: str) -> dict[str, str]:
    """Every string of a language by id; a plural has one id a form, such as `count.party/few`."""
    return dict(_texts(language))


def _texts(language: str) -> Iterator[tuple[str, str]]:
    for key, entry in catalogue(language).items():
        if isinstance(entry, str):
            yield key, entry
        else:
            yield from ((f"{key}/{form}", text) for form, text in entry.items())


def originals(register: Register) -> dict[str, str]:
    """The English of every id, also where it is recorded in the register; of plurals, the form for many."""
    reading = register.reading
    found = {key.removesuffix("/other"): text for key, text in texts("en").items()}
    for name in reading.ids():
        it = reading.instrument(name)
        if it is not None:
            found[f"title.{name}"] = it.title
            found |= {f"depositary.{one}": one for one in it.depositary} | {f"place.{it.place}": it.place}
    for name in reading.ids("weights"):
        weights = reading.weights(name)
        found[f"weights.{name}"] = name if weights is None else weights.title
    found |= {f"group.{group.id}": group.title for group in reading.directory.groups.values()}
    return found


def kept(language: str) -> dict[str, Back]:
    """What came back so far, by id."""
    file = _FOLDER / f"{language}.toml"
    tables = tomli.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return msgspec.convert(tables, dict[str, Back])


def waiting(language: str) -> list[str]:
    """The ids whose present text has no back translation."""
    have = kept(language)
    return [key for key, text in texts(language).items() if key not in have or have[key].of != hash_of(text)]


def unsettled(language: str, english: Mapping[str, str]) -> list[str]:
    """The ids whose back translation differs from the original and nobody has settled it."""
    return [
        key for key, one in kept(language).items() if not one.settled and _bare(one.back) != _bare(_of(english, key))
    ]


def as_said(text: str) -> str:
    """A string as TOML."""
    return json.dumps(text, ensure_ascii=False)


def _of(english: Mapping[str, str], key: str) -> str:
    return english.get(key.partition("/")[0], english.get(key, ""))


def _bare(text: str) -> str:
    """Words and parameters alone, in small letters: marks of punctuation differ from language to language."""
    return " ".join(re.findall(r"\{\w+\}|\w+", text.casefold()))


def _write(language: str, found: Mapping[str, Back]) -> None:
    parts = []
    for key in texts(language):
        if key in found:
            one = found[key]
            lines = [f"[{as_said(key)}]", f"of = {as_said(one.of)}", f"back = {as_said(one.back)}"]
            parts.append("\n".join(lines + ["settled = true"] * one.settled) + "\n")
    _FOLDER.mkdir(exist_ok=True)
    (_FOLDER / f"{language}.toml").write_text("\n".join(parts), encoding="utf-8")


def _dump(language: str) -> str:
    said = texts(language)
    wait = {hash_of(said[key]): said[key] for key in waiting(language)}
    return _ASK + "".join(f'\n# {text}\n{name} = ""\n' for name, text in sorted(wait.items()))


def _take(language: str, file: Path) -> str:
    """Keeps what came back; raises ValueError for strings that lost a parameter, all at once."""
    given = {name: text for name, text in tomli.loads(file.read_text(encoding="utf-8")).items() if text.strip()}
    said, have = texts(language), kept(language)
    names = {hash_of(text): text for text in said.values()}
    lost = [name for name in given if name in names and _parameters(given[name]) != _parameters(names[name])]
    if lost:
        raise ValueError(f"other parameters than the string has: {', '.join(lost)}")
    of = {key: hash_of(text) for key, text in said.items()}
    taken = {key: Back(of=name, back=given[name]) for key, name in of.items() if name in given}
    _write(language, have | taken)
    unknown = len(given.keys() - names.keys())
    return f"{len(taken)} taken, {unknown} of strings that are no more, {len(waiting(language))} waiting\n"


def _parameters(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def _differ(language: str) -> str:
    english = originals(open_register())
    said, have = texts(language), kept(language)
    return "".join(
        f"{key}\n  original  {_of(english, key)}\n  {language}        {said[key]}\n  back      {have[key].back}\n\n"
        for key in unsettled(language, english)
        if key in said
    )


def _settle(language: str, keys: Sequence[str]) -> str:
    have = kept(language)
    unknown = [key for key in keys if key not in have]
    if unknown:
        raise ValueError(f"nothing came back of: {', '.join(unknown)}")
    _write(language, have | {key: msgspec.structs.replace(have[key], settled=True) for key in keys})
    return f"{len(keys)} settled\n"


def main(arguments: Sequence[str]) -> str:
    """What a command answers. Raises ValueError for one that cannot be understood."""
    match arguments:
        case [command, language, *_] if language not in CODES or language == "en":
            raise ValueError(f"{command}: {language} is none of {', '.join(code for code in CODES if code != 'en')}")
        case ["dump", language]:
            return _dump(language)
        case ["take", language, file]:
            return _take(language, Path(file))
        case ["differ", language]:
            return _differ(language)
        case ["settle", language, *keys] if keys:
            return _settle(language, keys)
    raise ValueError(__doc__)


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1:]))
    except ValueError as error:
        sys.exit(str(error))
