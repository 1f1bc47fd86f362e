"""From an approval to the log and the notification, whatever dies on the way.

An approval is kept first, then the act is appended under the key of its draft, then the draft is marked and its
notification issued, in one transaction. Whoever finds an approval that went no further goes on from there: the log
takes a key once, and the mark is set once.
"""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comity.acts import Act
from comity.findings import Finding
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.drafting import act_of, decide_action, depositary_faults, keep_step, move
from comity.server.desk.issuing import entry_at, issue_act
from comity.server.desk.models import Draft, Notification
from comity.service import Refusal, keeping
from comity.service.shapes import Entry

__all__ = ["approve", "finish", "mend"]

# Findings that speak of the log and not of the act: what was approved waits until it can be written.
_LATER = frozenset({"log-refused", "extra-missing", "log-unreadable"})


def approve(by: Acting, draft: Draft, seal: str) -> Notification:
    """Approve what was read, which is what `seal` names, and record it. Raises `Refused`."""
    by.allow(decide_action(draft.act), actor=draft.actor, owner=draft.owner_id)
    faults = depositary_faults(draft)
    if faults:
        raise Refused("desk.refused.faults", faults)
    with transaction.atomic():
        if draft.state != Draft.SUBMITTED:
            raise Refused("desk.refused.state")
        if seal != draft.seal:
            raise Refused("desk.refused.seal")
        move(draft, (Draft.SUBMITTED,), Draft.APPROVING)
        keep_step(draft, "approved", by.person)
    return finish(draft)


def finish(draft: Draft) -> Notification:
    """Record a draft that was approved, and issue its notification. Raises `Refused`."""
    act, faults = act_of(draft)
    if act is None:
        raise _returned(draft, faults)
    try:
        outcome = keeping.record(settings.COMITY_LOG, draft.instrument, draft.fields(), draft.key)
    except Refusal as refusal:
        if all(finding.code in _LATER for finding in refusal.findings):
            raise Refused("desk.refused.later", refusal.findings, status=503) from refusal
        raise _returned(draft, refusal.findings) from refusal
    return _marked(draft, act, entry_at(outcome.stop - 1))


def _marked(draft: Draft, act: Act, entry: Entry) -> Notification:
    with transaction.atomic():
        fresh = Draft.objects.select_for_update().get(pk=draft.pk)
        if fresh.state == Draft.RECORDED:  # another one mended it meanwhile
            return Notification.objects.get(draft=fresh)
        move(fresh, (Draft.APPROVING,), Draft.RECORDED, entry=entry.index, leaf_hash=entry.hash)
        keep_step(fresh, "recorded", None)
        return issue_act(fresh, act, entry, timezone.now())


def _returned(draft: Draft, findings: Sequence[Finding]) -> Refused:
    """An approval that came to nothing: the register has moved on since the draft was read."""
    says = "; ".join(finding.says for finding in findings)[:4000]
    with transaction.atomic():
        move(draft, (Draft.APPROVING,), Draft.DRAFT)
        keep_step(draft, "refused", None, reason=says)
    return Refused("desk.refused.faults", findings)


def mend() -> tuple[Draft, ...]:
    """Go on with approvals that went no further, because a process died; gives those that are recorded now."""
    mended = []
    for draft in Draft.objects.filter(state=Draft.APPROVING):
        try:
            finish(draft)
        except Refused:
            continue
        mended.append(draft)
    return tuple(mended)
