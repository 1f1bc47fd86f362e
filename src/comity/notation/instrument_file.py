"""An instrument as a TOML file (NOTATION, "An instrument"): text ⇄ `Instrument`, canonical files byte for byte."""

from typing import get_args

from comity.acts import CONSENT
from comity.dates import EARLIEST, Delay
from comity.findings import Finding
from comity.instruments import (
    AREAS,
    KINDS,
    Accessions,
    Adoption,
    AllowedAfter,
    Binds,
    ConsentClause,
    CountedFrom,
    Deposited,
    EntryIntoForce,
    Horizon,
    Instrument,
    Later,
    Others,
    Parent,
    Part,
    Periods,
    Permission,
    Provision,
    Provisional,
    ProvisionalBy,
    Reio,
    ReservationsClause,
    SignaturePeriod,
    Survival,
    Tacit,
    WithdrawalClause,
)
from comity.notation.tables import Faults, Table
from comity.notation.toml import load

__all__ = ["HORIZON_CLASSES", "TOP_KEYS", "parse_instrument"]

# Classes of acts whose completeness can be stated; a class may also be the name of one kind of act.
HORIZON_CLASSES: tuple[str, ...] = (
    "signature",
    "consent",
    "withdrawal",
    "reservation",
    "objection",
    "declaration",
    "territorial",
    "vote",
)

TOP_KEYS: tuple[str, ...] = (*Instrument.__struct_fields__,)


def parse_instrument(text: str, file: str, name: str) -> tuple[Instrument | None, tuple[Finding, ...]]:
    """Read the file of the instrument called `name`; None where a fault leaves nothing to stand on.

    All faults of the file come back at once. An instrument comes back whenever its identity could be read,
    so that a command can go on to report what else is wrong.
    """
    data, findings = load(text, file)
    if findings:
        return None, findings
    faults = Faults(file, text)
    found = _instrument(Table(data, faults), name)
    return found, tuple(faults.findings)


def _instrument(top: Table, name: str) -> Instrument:
    identity = top.text("id", required=True)
    if identity and identity != name:
        top.fault("id", f"“{identity}” is not the name of the file, “{name}”", "make the two the same", "id-not-file")
    kind = top.choice("kind", KINDS)
    if kind is None and not top.faults.findings:
        top.fault("kind", "is missing", f"one of {', '.join(KINDS)}", "key-missing")
    found = Instrument(
        id=name,
        title=top.text("title", required=True),
        short=top.text("short"),
        kind=kind or "treaty",
        of=top.text("of"),
        replaces=top.texts("replaces"),
        areas=top.texts("areas", AREAS),
        adopted=top.day("adopted"),
        place=top.text("place"),
        depositary=top.texts("depositary"),
        link=top.text("link"),
        source=top.text("source"),
        notes=top.texts("notes"),
        complete=tuple(_horizon(table) for table in top.subs("complete")),
        provisions=_provisions(top),
        adoption=_adoption(top.sub("adoption")),
        signature=_signature(top.sub("signature")),
        consent=_consent(top.sub("consent")),
        entry_into_force=_entry(top.sub("entry_into_force")),
        tacit=_tacit(top.sub("tacit")),
        provisional=_provisional(top.sub("provisional")),
        withdrawal=_withdrawal(top.sub("withdrawal")),
        reservations=_reservations(top.sub("reservations")),
    )
    top.done(TOP_KEYS)
    return found


def _horizon(table: Table) -> Horizon:
    until = table.day("until")
    if until is None:
        table.fault("until", "is missing", "the last day up to which all acts of these kinds are here", "key-missing")
    found = Horizon(
        acts=table.texts("acts", (*HORIZON_CLASSES, *sorted(CONSENT))),
        until=until or EARLIEST,
        source=table.text("source"),
    )
    table.done()
    return found


def _provisions(top: Table) -> tuple[Provision, ...]:
    found: dict[str, Provision] = {}
    for table in top.subs("provisions"):
        number = table.text("id", required=True)
        provision = Provision(
            id=number, heading=table.text("heading"), topics=table.texts("topics"), link=table.text("link")
        )
        if number in found:
            table.fault("id", f"the provision {number} stands twice", "keep one", "provision-twice")
        found[number] = provision
        table.done()
    return tuple(found.values())


def _adoption(table: Table | None) -> Adoption | None:
    if table is None:
        return None
    found = Adoption(
        body=table.text("body"),
        rule=table.text("rule"),
        symbol=table.text("symbol"),
        without_vote=table.flag("without_vote"),
    )
    table.done()
    return found


def _signature(table: Table | None) -> SignaturePeriod | None:
    if table is None:
        return None
    found = SignaturePeriod(opens=table.day("opens"), closes=table.day("closes"))
    if found.opens and found.closes and found.closes < found.opens:
        table.fault("closes", "lies before “opens”", "check both dates")
    table.done()
    return found


def _consent(table: Table | None) -> ConsentClause:
    if table is None:
        return ConsentClause()
    parent = table.sub("parent")
    found = ConsentClause(
        acts=table.texts("acts", sorted(CONSENT)),
        open_to=table.selector("open_to"),
        parent=_parent(parent),
        accessions=table.choice("accessions", get_args(Accessions)) or "effective",
        later_parties=table.choice("later_parties", ("separate", "as-amended")) or "separate",
    )
    table.done()
    return found


def _parent(table: Table | None) -> Parent | None:
    if table is None:
        return None
    found = Parent(required=table.flag("required"), cascade=table.flag("cascade"))
    table.done()
    return found


def _floor(table: Table) -> object:
    """`not_before`: a date, or the id of the instrument that must be in force."""
    value = table.take("not_before")
    if isinstance(value, dict):
        inner = Table(value, table.faults, (*table.path, "not_before"))
        name = inner.text("in_force", required=True)
        inner.done()
        return name or None
    if value is None:
        return None
    again = Table({"not_before": value}, table.faults, table.path)
    return again.day("not_before")


def _entry(table: Table | None) -> EntryIntoForce | None:
    if table is None:
        return None
    others = table.sub("others")
    found = EntryIntoForce(
        article=table.text("article"),
        when=table.rule("when"),
        delay=table.just_delay("delay") or Delay(),
        on=table.day("on"),
        not_before=_floor(table),  # type: ignore[arg-type]  # the two shapes of `not_before`, checked there
        counts=table.texts("counts", sorted(CONSENT)),
        reio=table.choice("reio", get_args(Reio)),
        binds=table.choice("binds", get_args(Binds)) or "acceptors",
        official=table.day("official"),
        others=_others(others),
        parts=tuple(_part(part) for part in table.subs("part")),
    )
    table.done()
    return found


def _others(table: Table | None) -> Others:
    if table is None:
        return Others()
    found = Others(delay=table.just_delay("delay"), deposited=table.choice("deposited", get_args(Deposited)))
    table.done()
    return found


def _part(table: Table) -> Part:
    found = Part(
        provisions=table.texts("provisions"),
        article=table.text("article"),
        when=table.rule("when"),
        delay=table.just_delay("delay") or Delay(),
        on=table.day("on"),
        not_before=_floor(table),  # type: ignore[arg-type]  # as above
        official=table.day("official"),
    )
    if not found.provisions:
        table.fault("provisions", "names no provision", "list the provisions of this part", "key-missing")
    table.done()
    return found


def _tacit(table: Table | None) -> Tacit | None:
    if table is None:
        return None
    notified = table.day("notified")
    if notified is None:
        table.fault("notified", "is missing", "the day on which the members were notified", "key-missing")
    found = Tacit(
        members_of=table.text("members_of", required=True),
        notified=notified or EARLIEST,
        period=table.just_delay("period") or Delay(),
        effect=table.just_delay("effect") or Delay(),
        article=table.text("article"),
        later=table.choice("later", get_args(Later)) or "membership",
        defeat_when=table.rule("defeat_when"),
    )
    table.done()
    return found


def _provisional(table: Table | None) -> Provisional | None:
    if table is None:
        return None
    by: ProvisionalBy | None = table.choice("by", get_args(ProvisionalBy))
    found = Provisional(by=by or "declaration", article=table.text("article"), opt_out=table.flag("opt_out"))
    table.done()
    return found


def _withdrawal(table: Table | None) -> WithdrawalClause | None:
    if table is None:
        return None
    found = WithdrawalClause(
        article=table.text("article"),
        clause=table.choice("clause", ("yes", "none")) or "yes",
        later=table.choice("later", ("allowed",)),
        allowed_after=_allowed_after(table),
        delay=table.just_delay("delay"),
        window=table.window("window"),
        periods=_periods(table.sub("periods")),
        survives=_survival(table),
    )
    table.done()
    return found


def _allowed_after(table: Table) -> AllowedAfter | None:
    found = table.delay("allowed_after", extra=("from",))
    if found is None:
        return None
    delay, inner = found
    start: CountedFrom = inner.choice("from", get_args(CountedFrom)) or "party"
    inner.done()
    return AllowedAfter(delay=delay, start=start)


def _periods(table: Table | None) -> Periods | None:
    if table is None:
        return None
    first, then, notice = (table.just_delay(name) for name in ("first", "then", "notice"))
    table.done()
    if not first or not then or Delay() in {first, then}:
        table.fault("first", "periods need “first” and “then”, each a time", "add the one that is missing")
        return None
    return Periods(first=first, then=then, notice=notice or Delay())


def _survival(table: Table) -> Survival | None:
    found = table.delay("survives", extra=("provisions",))
    if found is None:
        return None
    delay, inner = found
    provisions = inner.texts("provisions")
    inner.done()
    return Survival(provisions=provisions, delay=None if delay == Delay() else delay)


def _reservations(table: Table | None) -> ReservationsClause | None:
    if table is None:
        return None
    found = ReservationsClause(
        allowed=table.choice("allowed", get_args(Permission)),
        provisions=table.texts("provisions"),
        article=table.text("article"),
        acceptance=table.choice("acceptance", ("each", "all", "organ")),
    )
    table.done()
    return found
