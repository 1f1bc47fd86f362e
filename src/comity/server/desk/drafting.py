"""Drafts: written, changed, submitted, sent back. Each step says who, when and what, and is kept for good."""

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comity.acts import Act
from comity.findings import Finding, has_errors
from comity.notation.acts_file import read_act, read_set
from comity.server.desk.acting import Acting, Refused
from comity.server.desk.models import Document, Draft, Rectification, Step
from comity.server.identity.models import Person
from comity.server.registers import ask
from comity.service import Refusal, Register

__all__ = [
    "SAID",
    "act_of",
    "change",
    "decide_action",
    "depositary_faults",
    "faults_of",
    "keep_step",
    "move",
    "send_back",
    "submit",
    "withdraw",
    "write",
    "write_action",
]

# What a draft says of the act, its document apart.
SAID = ("instrument", "date", "actor", "act", "effective", "ref", "at", "notified", "set", "note", "source")


def write_action(act: str) -> str:
    """Which action drafting this act is: a corrigendum is for depositaries alone."""
    return "corrigendum.draft" if act == "correction" else "draft.write"


def decide_action(act: str) -> str:
    """Which action deciding on this act is."""
    return "corrigendum.issue" if act == "correction" else "draft.approve"


def act_of(draft: Draft) -> tuple[Act | None, tuple[Finding, ...]]:
    """The act that a draft would record, or None with what is wrong with its columns."""
    return read_act({"date": "", "actor": "", "act": "", **draft.fields()}, draft.instrument, "", 0)


def faults_of(draft: Draft) -> tuple[Finding, ...]:
    """The errors for which a draft could not be recorded as the register stands."""
    act, faults = act_of(draft)
    if act is None:
        return faults
    try:
        with ask(settings.COMITY_LOG) as seen:
            found = (*_depositary(act, seen.register), *seen.register.what_if([act]).findings)
    except Refusal as refusal:
        return refusal.findings
    return tuple(finding for finding in found if finding.level == "error")


def depositary_faults(draft: Draft) -> tuple[Finding, ...]:
    """What is wrong with the depositary that a draft names: it may have changed after it was submitted."""
    act, _ = act_of(draft)
    if act is None or not _at(act):
        return ()
    with ask(settings.COMITY_LOG) as seen:
        return tuple(_depositary(act, seen.register))


def _at(act: Act) -> str:
    """The depositary that an act names, or that a correction sets."""
    return act.at if act.kind != "correction" else (read_set(act.set) or {}).get("at", act.at)


def _depositary(act: Act, register: Register) -> Iterator[Finding]:
    """`at` names a depositary: a State or organization by its id, or as the instrument itself names one."""
    it = register.reading.instrument(act.instrument)
    named = () if it is None else it.depositary
    directory = register.reading.directory
    at = _at(act)
    if not at or at in directory.actors or at in named:
        return
    known = (*directory.nearest(at), *named)
    do = f"write the id of a State or organization: {', '.join(known)}?" if known else "leave it out, or choose another"
    yield Finding(level="error", code="actor-unknown", file="", line=0, says=f"at: “{at}” is no depositary", do=do)


def keep_step(
    one: Draft | Rectification, what: str, who: Person | None, *, reason: str = "", seal: str | None = None
) -> Step:
    """Keep a step."""
    about = {"draft": one} if isinstance(one, Draft) else {"rectification": one}
    return Step.objects.create(**about, what=what, who=who, reason=reason, seal=one.seal if seal is None else seal)


def move(one: Draft | Rectification, seen: tuple[str, ...], to: str, **columns: object) -> None:
    """Change the state of what is in one of the states `seen`, in the version that `one` was read in.

    Raises `Refused` where somebody else came first.
    """
    kind = type(one)
    found = kind.objects.filter(pk=one.pk, version=one.version, state__in=seen)
    # `changed` is set by saving alone, and this is no saving.
    if not found.update(state=to, version=F("version") + 1, changed=timezone.now(), **columns):
        raise Refused("desk.refused.moved")
    one.refresh_from_db()


def write(by: Acting, said: Mapping[str, str], document: Document | None) -> Draft:
    """A new draft. Raises `Refused`."""
    by.allow(write_action(said.get("act", "")), actor=said.get("actor", ""))
    with transaction.atomic():
        draft = Draft.objects.create(owner=by.person, file=document, **{name: said.get(name, "") for name in SAID})
        keep_step(draft, "drafted", by.person)
    return draft


def change(by: Acting, draft: Draft, said: Mapping[str, str], document: Document | None, version: int) -> None:
    """Change a draft that was seen in `version`; one that waits for its second reader waits on, under another seal.

    Raises `Refused`.
    """
    by.allow("draft.change", owner=draft.owner_id)
    # Neither another State's act nor a corrigendum comes in by the back door.
    by.allow(write_action(said.get("act", "")), actor=said.get("actor", ""))
    if draft.version != version:
        raise Refused("desk.refused.moved")
    with transaction.atomic():
        move(draft, Draft.OPEN, draft.state, file=document, **{name: said.get(name, "") for name in SAID})
        keep_step(draft, "changed", by.person)


def submit(by: Acting, draft: Draft) -> None:
    """Hand a draft to its second reader. Raises `Refused`, with what is wrong with it."""
    by.allow("draft.submit", owner=draft.owner_id)
    faults = faults_of(draft)
    if has_errors(faults):
        raise Refused("desk.refused.faults", faults)
    with transaction.atomic():
        move(draft, (Draft.DRAFT,), Draft.SUBMITTED)
        keep_step(draft, "submitted", by.person)


def withdraw(by: Acting, draft: Draft) -> None:
    """Take back what was submitted, to work on it; or give a draft up. Raises `Refused`."""
    by.allow("draft.withdraw", owner=draft.owner_id)
    back = draft.state == Draft.SUBMITTED
    with transaction.atomic():
        move(draft, Draft.OPEN, Draft.DRAFT if back else Draft.WITHDRAWN)
        keep_step(draft, "taken-back" if back else "withdrawn", by.person)


def send_back(by: Acting, draft: Draft, reason: str, *, for_good: bool = False) -> None:
    """Return a draft to its author, or reject it for good; the reason is owed. Raises `Refused`."""
    by.allow("draft.reject", actor=draft.actor, owner=draft.owner_id)
    if not reason.strip():
        raise Refused("desk.refused.reason", status=400)
    with transaction.atomic():
        move(draft, (Draft.SUBMITTED,), Draft.REJECTED if for_good else Draft.DRAFT)
        keep_step(draft, "rejected" if for_good else "returned", by.person, reason=reason.strip())
