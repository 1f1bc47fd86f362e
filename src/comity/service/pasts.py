"""The register as event history: its instruments, States and their consents as the analysis takes them; kept."""

from collections.abc import Iterable, Mapping
from datetime import date
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec
import numpy as np

from comity.acts import CONSENT
from comity.analysis.ratification.backtest import Backtest, backtest
from comity.analysis.ratification.hazards import Fitted, fit
from comity.analysis.ratification.histories import Past, World
from comity.instruments import Instrument
from comity.law.force import last_day_whose_delay_ends_by, plain_count
from comity.law.missing import candidates
from comity.service.queries import Register

__all__ = ["Learnt", "learnt_of", "make_world", "world_of"]

# The regional groups of the United Nations, whose members look to one another.
_REGIONS = (
    "un-africa",
    "un-asia-pacific",
    "un-eastern-europe",
    "un-latin-america-caribbean",
    "un-western-europe-others",
)
# Open to the members of one organization: what States elsewhere do says nothing of them (European Convention on Human
# Rights 59(1), Treaty on European Union 49, Treaty of Lisbon 6, ASEAN Charter 47).
_CLOSED = frozenset({"asean-charter", "echr", "tfeu", "treaty-of-lisbon", "treaty-on-european-union"})
_BINDING = frozenset({"consent", *CONSENT})
_FITS = 4  # kept for each register: one for each first day of a forecast


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """All instruments, what was learnt from them up to a day, and how such forecasts have done."""

    world: World
    fitted: Fitted
    until: date
    backtest: Backtest


class _Kept:
    """What was made of one register (which never changes: a log that grows has another)."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.world: World | None = None
        self.tested: Backtest | None = None
        self.fits: dict[date, Fitted] = {}


_KEPT: "WeakKeyDictionary[Register, _Kept]" = WeakKeyDictionary()


def learnt_of(register: Register, until: date) -> Learnt:
    """What the register teaches up to a day: made once, and kept with the register.

    Raises ValueError where nothing can be learnt.
    """
    world = world_of(register)
    kept = _KEPT[register]
    with kept.lock:
        day = min(until, max((one.known for one in world.pasts), default=until))
        if day not in kept.fits:
            found = fit(world.panel(day))
            if len(kept.fits) >= _FITS:
                kept.fits.pop(next(iter(kept.fits)))
            kept.fits[day] = found
        if kept.tested is None:
            kept.tested = backtest(world)
        return Learnt(world=world, fitted=kept.fits[day], until=day, backtest=kept.tested)


def world_of(register: Register) -> World:
    """The histories of a register, kept with it: all for which the register itself is asked."""
    kept = _KEPT.setdefault(register, _Kept())
    with kept.lock:
        if kept.world is None:
            kept.world = make_world(register)
        return kept.world


def make_world(register: Register) -> World:
    """All instruments of a register whose consents are told, and known for some time."""
    directory = register.reading.directory
    states = {code: actor for code, actor in directory.actors.items() if actor.kind == "state"}
    found = [past for it, _ in register.histories() if (past := _past(register, it)) is not None]
    pasts = tuple(sorted(found, key=lambda one: (one.opened, one.id)))
    codes = tuple(sorted({*states, *(code for one in pasts for code in one.eligible)}))
    lives = [(states[code].since, states[code].until) if code in states else (None, None) for code in codes]
    regions: dict[str, int] = {}
    last = max((one.known for one in pasts), default=date.min)
    for at, group in enumerate(_REGIONS):
        members = frozenset() if group not in directory.groups else directory.groups[group].at(last)
        regions |= dict.fromkeys(members, at)
    return World(
        pasts=pasts,
        codes=codes,
        regions=np.array([regions.get(code, -1) for code in codes], np.intp),
        since=np.array([(since or date.min).toordinal() for since, _ in lives], np.int64),
        until=np.array([(until or date.max).toordinal() for _, until in lives], np.int64),
    )


def _past(register: Register, it: Instrument) -> Past | None:
    """The history of an instrument, where it is told from its opening on, or a day is known for a number."""
    if it.tacit is not None or it.id in _CLOSED:
        return None
    known = [horizon.until for horizon in it.complete if _BINDING & set(horizon.acts)]
    acts = register.reading.acts(it.id)
    joined = _first(act for act in acts if act.kind in CONSENT)
    if not known or not joined:
        return None
    signed = _first(act for act in acts if act.kind == "signature")
    opens = None if it.signature is None else it.signature.opens
    days = [opens or it.adopted, *signed.values(), *joined.values()]
    opened = min(day for day in days if day is not None)
    met = _met(it)
    if min(known) <= opened and met is None:
        return None
    entered = register.status(it.id, min(known)).entry_into_force
    clause = it.entry_into_force
    # An amendment that binds all needs nobody's consent any more.
    ends = [entered] if clause is not None and clause.binds == "all" and entered is not None else []
    return Past(
        id=it.id,
        of=it.of,
        areas=it.areas,
        opened=opened,
        known=min(*known, *ends) if ends else min(known),
        eligible=candidates(register.law, it, min(known)) | frozenset(joined),
        signed=signed,
        joined=joined,
        entered=entered if entered is not None else None if clause is None else clause.official,
        met=met,
    )


def _met(it: Instrument) -> tuple[date, int] | None:
    """The day on which so many had consented, by the depositary's date of entry into force and the clause."""
    clause = it.entry_into_force
    if clause is None or clause.official is None or clause.when is None or clause.not_before is not None:
        return None
    number = plain_count(clause.when)
    if number is None or clause.delay.then is not None:
        return None
    day = last_day_whose_delay_ends_by(clause.delay, clause.official)
    return (day, number) if clause.delay.after(day) == clause.official else None


def _first(acts: Iterable[object]) -> Mapping[str, date]:
    found: dict[str, date] = {}
    for act in acts:
        found.setdefault(act.actor, act.day)  # type: ignore[attr-defined]  # acts in legal order
    return found
