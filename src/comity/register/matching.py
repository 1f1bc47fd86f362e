"""Which act of a source is which act of a log: equal, changed, new or vanished (spec/import.md)."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from comity.acts import CONSENT, VOTES, Act
from comity.notation.acts_file import act_row
from comity.register.correcting import Correction, Held, apply_corrections

__all__ = ["Matched", "apart", "match", "merged", "named"]


class Matched(NamedTuple):
    """Acts that are new, entries that the source does not have, and pairs of an act and the entry that it is."""

    new: list[Act]
    gone: list[Held]
    pairs: list[tuple[Act, Held]]


def match(acts: list[Act], held: list[Held], columns: frozenset[str] | None) -> Matched:
    """Match acts with entries that stand. `columns` are those that a source gives which does not give all."""
    pairs: list[tuple[Act, Held]] = []
    for key in (_all_of if columns is None else _name_of, _by_kind, _by_date, _by_sort):
        acts, held, found = _pair(acts, held, key)
        pairs += found
    return Matched(acts, held, pairs)


def _all_of(act: Act) -> Hashable:
    return tuple(act_row(act).items())


def _name_of(act: Act) -> Hashable:
    return act.date, act.actor, act.kind


def _by_kind(act: Act) -> Hashable:
    return act.actor, act.kind


def _by_date(act: Act) -> Hashable:
    """The same day and the same sort of act: a consent found to be an accession, a vote counted anew."""
    return act.actor, act.date, _sort(act)


def _by_sort(act: Act) -> Hashable:
    return act.actor, _sort(act)


def _sort(act: Act) -> str:
    return "consent" if act.kind in CONSENT else "vote" if act.kind in VOTES else act.kind


def _pair(acts: list[Act], held: list[Held], key: Callable[[Act], Hashable]) -> Matched:
    """Pair acts with entries of the same key, one to one and in order; what is left comes back."""
    waiting: defaultdict[Hashable, deque[Held]] = defaultdict(deque)
    for one in held:
        if one.stands is not None:
            waiting[key(one.stands)].append(one)
    left: list[Act] = []
    pairs: list[tuple[Act, Held]] = []
    for act in acts:
        queue = waiting.get(key(act))
        if queue:
            pairs.append((act, queue.popleft()))
        else:
            left.append(act)
    paired = {one.index for _, one in pairs}
    return Matched(left, [one for one in held if one.index not in paired], pairs)


def merged(old: Act, new: Act, columns: frozenset[str]) -> Act:
    """The old act with what the source says otherwise; where either is silent, there is nothing to set right.

    A source that does not say by which act a State consented (`consent`) says nothing against one that does.
    """
    fields = {name: value for name in ("date", *columns) if (value := getattr(new, name)) and getattr(old, name)}
    if not (new.kind == "consent" and old.kind in CONSENT):
        fields["kind"] = new.kind
    return msgspec.structs.replace(old, **fields)


def apart(acts: Sequence[Act], corrections: Sequence[Correction], file: str) -> tuple[list[Act], list[Act]]:
    """The acts of a source with those of its corrections applied that the log has too, and its other corrections.

    So what a source and a log both correct is compared as corrected, and a correction that is new is appended as the
    act it is.
    """
    own = [act for act in acts if act.kind == "correction"]
    if not own:
        return list(acts), []
    known, fresh = _known(own, corrections)
    plain = [act for act in acts if act.kind != "correction"]
    rows = [Held(index=at, hash=b"", recorded="", act=act, stands=act) for at, act in enumerate(plain)]
    marks = [Correction(index=len(rows) + at, hash=b"", recorded="", act=act) for at, act in enumerate(known)]
    standing, _ = apply_corrections(rows, marks, file)
    return [one.stands for one in standing if one.stands is not None], fresh


def _known(own: Iterable[Act], corrections: Iterable[Correction]) -> tuple[list[Act], list[Act]]:
    left = [_all_of(one.act) for one in corrections]
    known: list[Act] = []
    fresh: list[Act] = []
    for act in own:
        key = _all_of(act)
        if key in left:
            left.remove(key)
            known.append(act)
        else:
            fresh.append(act)
    return known, fresh


def named(correction: Act, held: Sequence[Held]) -> Held | None:
    """The entry that a new correction names, where the log has it already."""
    words = correction.ref.split()
    return next((one for one in held if one.stands is not None and _words(one.stands) == words), None)


def _words(act: Act) -> list[str]:
    return [str(act.date), act.actor, act.kind]
