"""Errors in the text of an instrument (VCLT 79): proposed, circulated, accepted by silence or objected to.

Where nobody objects within the period, the depositary makes the correction and draws up a procès-verbal of
rectification (79(2)(a)), which enters the log. An objection ends it: the depositary communicates it (79(2)(b)), and
the signatory and contracting States decide what follows.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from comity.server.desk.acting import Acting, Refused
from comity.server.desk.drafting import keep_step, move
from comity.server.desk.issuing import entry_at, issue_rectification
from comity.server.desk.models import Notification, Objection, Rectification
from comity.server.registers import ask
from comity.service import Refusal, keeping

__all__ = ["SAID", "circulate", "lapse", "object_to", "propose", "revise", "send_back", "submit", "withdraw"]

SAID: Final = ("instrument", "provision", "language", "wrong", "right", "reason")
# In days. The Convention asks for an appropriate period (79(2)); ninety is what depositaries give.
_SHORTEST, _LONGEST = 30, 365
# Who may object, and is told (VCLT 79(1) and (2)): signatory and contracting States, parties among them.
_ENTITLED: Final = frozenset({"signatory", "contracting", "party"})


def _checked(said: Mapping[str, str], days: int) -> dict[str, object]:
    if not all(said.get(name) for name in SAID if name != "reason") or said["wrong"] == said["right"]:
        raise Refused("desk.rectification.incomplete", status=400)
    if not _SHORTEST <= days <= _LONGEST:
        raise Refused("desk.rectification.days", status=400, least=_SHORTEST, most=_LONGEST)
    with ask(settings.COMITY_LOG) as seen:
        if not seen.register.reading.has_definition(said["instrument"]):
            raise Refused("fault.instrument", status=400, name=said["instrument"])
    return {name: said.get(name, "") for name in SAID} | {"days": days}


def propose(by: Acting, said: Mapping[str, str], days: int) -> Rectification:
    """Draft the correction of a text. Raises `Refused`."""
    by.allow("correction.propose")
    columns = _checked(said, days)
    with transaction.atomic():
        one = Rectification.objects.create(owner=by.person, **columns)
        keep_step(one, "drafted", by.person)
    return one


def revise(by: Acting, one: Rectification, said: Mapping[str, str], days: int, version: int) -> None:
    """Change what was seen in `version` and is not circulated yet. Raises `Refused`."""
    by.allow("draft.change", owner=one.owner_id)
    if one.version != version:
        raise Refused("desk.refused.moved")
    columns = _checked(said, days)
    with transaction.atomic():
        move(one, Rectification.OPEN, one.state, **columns)
        keep_step(one, "changed", by.person)


def submit(by: Acting, one: Rectification) -> None:
    """Hand it to its second reader. Raises `Refused`."""
    by.allow("draft.submit", owner=one.owner_id)
    with transaction.atomic():
        move(one, (Rectification.DRAFT,), Rectification.SUBMITTED)
        keep_step(one, "submitted", by.person)


def withdraw(by: Acting, one: Rectification) -> None:
    """Take it back, or give it up. Raises `Refused`."""
    by.allow("draft.withdraw", owner=one.owner_id)
    back = one.state == Rectification.SUBMITTED
    with transaction.atomic():
        move(one, Rectification.OPEN, Rectification.DRAFT if back else Rectification.WITHDRAWN)
        keep_step(one, "taken-back" if back else "withdrawn", by.person)


def send_back(by: Acting, one: Rectification, reason: str, *, for_good: bool = False) -> None:
    """Return it to its author, or reject it for good; the reason is owed. Raises `Refused`."""
    by.allow("draft.reject", owner=one.owner_id)
    if not reason:
        raise Refused("desk.refused.reason", status=400)
    with transaction.atomic():
        move(one, (Rectification.SUBMITTED,), Rectification.REJECTED if for_good else Rectification.DRAFT)
        keep_step(one, "rejected" if for_good else "returned", by.person, reason=reason)


def circulate(by: Acting, one: Rectification, seal: str) -> Notification:
    """Circulate what was read, which is what `seal` names; the period begins. Raises `Refused`."""
    by.allow("corrigendum.issue", owner=one.owner_id)
    now = timezone.now()
    with transaction.atomic():
        if one.state != Rectification.SUBMITTED:
            raise Refused("desk.refused.state")
        if seal != one.seal:
            raise Refused("desk.refused.seal")
        today = now.date()
        until = today + timedelta(days=one.days)
        move(one, (Rectification.SUBMITTED,), Rectification.CIRCULATED, circulated=today, until=until)
        keep_step(one, "circulated", by.person)
        return issue_rectification(one, "rectification-proposed", now)


def object_to(by: Acting, one: Rectification, actor: str, text: str, day: date | None = None) -> Notification:
    """Record an objection, received on `day` (today): the correction is not made, and that is communicated.

    Raises `Refused` where the period is over, or the actor is neither signatory nor contracting nor party.
    """
    by.allow("correction.object", actor=actor)
    now = timezone.now()
    received = day or now.date()
    if one.state not in {Rectification.CIRCULATED, Rectification.OBJECTED} or one.until is None:
        raise Refused("desk.refused.state")
    if received > now.date() or (one.circulated is not None and received < one.circulated):
        raise Refused("desk.rectification.received", status=400)
    if received > one.until:
        raise Refused("desk.rectification.late", until=one.until)
    _entitled(one.instrument, actor, received)
    with transaction.atomic():
        move(one, (Rectification.CIRCULATED, Rectification.OBJECTED), Rectification.OBJECTED)
        try:
            with transaction.atomic():
                Objection.objects.create(rectification=one, actor=actor, date=received, text=text, who=by.person)
        except IntegrityError as error:
            raise Refused("desk.rectification.again") from error
        keep_step(one, "objected", by.person, reason=actor)
        return issue_rectification(one, "rectification-objected", now)


def _entitled(instrument: str, actor: str, day: date) -> None:
    try:
        with ask(settings.COMITY_LOG) as seen:
            found = seen.register.status(instrument, day, actor).actors
    except Refusal as refusal:
        raise Refused("desk.refused.faults", refusal.findings) from refusal
    if not any(one.status in _ENTITLED for one in found):
        raise Refused("desk.rectification.not-entitled", status=403)


def lapse(at: datetime) -> tuple[Rectification, ...]:
    """Make the corrections whose period ended by then without an objection, and go on with those cut off before."""
    for one in Rectification.objects.filter(state=Rectification.CIRCULATED, until__lt=at.date()):
        try:
            with transaction.atomic():
                move(one, (Rectification.CIRCULATED,), Rectification.ADOPTED)
                keep_step(one, "adopted", None)
        except Refused:  # an objection came in meanwhile
            continue
    return tuple(
        one for one in Rectification.objects.filter(state=Rectification.ADOPTED) if _drawn_up(one, timezone.now())
    )


def _drawn_up(one: Rectification, now: datetime) -> bool:
    """Record the procès-verbal under its key, which the log takes once; then say so, once."""
    body = {
        "instrument": one.instrument,
        "provision": one.provision,
        "language": one.language,
        "wrong": one.wrong,
        "right": one.right,
        "proposed": str(one.circulated),
        "accepted": str(one.until),
        "draft": one.key,
    }
    try:
        entry = entry_at(keeping.rectify(settings.COMITY_LOG, body).stop - 1)
    except Refusal:  # the log cannot be written now: the next tick tries again
        return False
    with transaction.atomic():
        move(one, (Rectification.ADOPTED,), Rectification.RECORDED, entry=entry.index, leaf_hash=entry.hash)
        keep_step(one, "recorded", None)
        issue_rectification(one, "rectification", now, entry)
    return True
