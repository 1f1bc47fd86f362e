"""Reservations, what answers them, and their effect between two parties (VCLT 19 to 23)."""

import re
from collections.abc import Iterable
from datetime import date

import msgspec

from comity.acts import Act
from comity.dates import Delay
from comity.findings import Finding
from comity.instruments import Instrument, ReservationsClause

__all__ = ["Answer", "Effect", "Reservation", "Reservations", "replay_reservations"]

# VCLT 20(5): twelve months after notification, or the date of consent, whichever is later.
TACIT = Delay(months=12)
WHOLE = "*"
_RELEVANT = frozenset(
    {
        "reservation",
        "reservation-withdrawal",
        "objection",
        "objection-withdrawal",
        "acceptance-of-reservation",
        "succession",
        "continuation",
    }
)
_TARGET = re.compile(r"(?P<actor>[A-Z0-9]+)(?:@(?P<date>[\d-]+))?(?P<opposed> ?!)?(?: (?P<provisions>.+))?")


class Answer(msgspec.Struct, kw_only=True):
    """What one State said to a reservation: an acceptance, or an objection (`opposed`: no treaty between them)."""

    act: Act
    accepts: bool
    opposed: bool = False
    provisions: tuple[str, ...] = ()
    withdrawn: date | None = None

    def stands(self, day: date) -> bool:
        """Whether it was made by `day` and not withdrawn by then."""
        return self.act.day <= day and (self.withdrawn is None or self.withdrawn > day)

    def concerns(self, provision: str) -> bool:
        """Whether it answers what was reserved to this provision; one that names none answers the whole."""
        return not self.provisions or any(_within(provision, named) for named in self.provisions)


class Reservation(msgspec.Struct, kw_only=True):
    """A reservation as its holder has it: `since` when made or taken over; provisions with their last day."""

    holder: str
    act: Act
    since: date
    provisions: dict[str, date | None]
    answers: dict[str, list[Answer]] = msgspec.field(default_factory=dict)

    def standing(self, day: date) -> tuple[str, ...]:
        """The provisions that it still touches on `day`."""
        if self.since > day:
            return ()
        return tuple(p for p, until in self.provisions.items() if until is None or until > day)

    def answer(self, actor: str, day: date, provision: str) -> Answer | None:
        """The newest answer of an actor that stands on `day` and concerns this provision."""
        given = reversed(self.answers.get(actor, []))
        return next((a for a in given if a.stands(day) and a.concerns(provision)), None)

    @property
    def notified(self) -> date:
        """The day from which the twelve months run: that of notification, else of the reservation itself."""
        return self.act.notified.last if self.act.notified is not None else self.act.day


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a reservation does between its holder and another party: a word, the message behind it, its acts."""

    word: str  # modified, excluded, not_settled, opposed
    message: str
    reservation: Reservation
    provisions: tuple[str, ...]
    answer: Answer | None = None
    day: date | None = None


class Reservations(msgspec.Struct, kw_only=True):
    """All reservations of an instrument, and what is wrong with the acts about them."""

    it: Instrument
    entries: list[Reservation] = msgspec.field(default_factory=list)
    findings: list[Finding] = msgspec.field(default_factory=list)

    def of(self, actor: str, day: date) -> list[Reservation]:
        """The reservations of an actor that stand on `day`."""
        return [entry for entry in self.entries if entry.holder == actor and entry.standing(day)]

    def confirmed(self, entry: Reservation, consent: Act | None) -> bool:
        """Whether a reservation made before consent, as on signature, was confirmed with it (VCLT 23(2)).

        What a successor took over from its predecessor needs no word of its own.
        """
        if consent is None or entry.holder != entry.act.actor or entry.act.day >= consent.date.first:
            return True
        again = {
            provision
            for other in self.entries
            if other.holder == entry.holder and other.act.day >= consent.date.first
            for provision in other.provisions
        }
        return bool(again & set(entry.provisions))

    def effects(
        self, entry: Reservation, other: str, consented: date, on: date, *, organ: bool = False
    ) -> list[Effect]:
        """What a reservation does toward a party that consented on `consented`: provisions of one fate together."""
        fates: dict[tuple[str, str, date | None, int], list[str]] = {}
        answers: dict[int, Answer | None] = {}
        for provision in entry.standing(on):
            answer = entry.answer(other, on, provision)
            word, message, day = self._fate(entry, provision, answer, (consented, on), organ=organ)
            fates.setdefault((word, message, day, id(answer)), []).append(provision)
            answers[id(answer)] = answer
        return [
            Effect(
                word=word,
                message=message,
                reservation=entry,
                provisions=tuple(provisions),
                answer=answers[which],
                day=day,
            )
            for (word, message, day, which), provisions in fates.items()
        ]

    def _fate(
        self, entry: Reservation, provision: str, answer: Answer | None, days: tuple[date, date], *, organ: bool
    ) -> tuple[str, str, date | None]:
        """What becomes of one reserved provision: word, message, and the day that decided it."""
        consented, on = days
        tacit = max(TACIT.after(entry.notified), consented)
        timely = answer is not None and not answer.accepts and answer.act.day <= tacit
        verdict = permitted(self.it.reservations or ReservationsClause(), provision)
        if verdict == "authorized":
            # Nobody need accept it, and an objection to it has no effect (VCLT 20(1)).
            return "modified", "reservation-authorized", None
        if timely and answer is not None and answer.opposed:
            return "opposed", "objection-opposed", None
        if verdict == "forbidden":
            return "not_settled", "reservation-not-permitted", None
        if organ:
            accepted = _some_acceptance(entry, on)
            return "modified" if accepted else "not_settled", "organ-accepted" if accepted else "organ-silent", None
        if answer is not None and answer.accepts:
            return "modified", "reservation-accepted", None
        if timely:
            return "excluded", "objection-simple", None
        if on < tacit:
            return "not_settled", "reservation-pending", tacit
        late = answer is not None and not answer.accepts
        return "modified", "objection-late" if late else "reservation-tacitly-accepted", tacit


def _some_acceptance(entry: Reservation, on: date) -> bool:
    """VCLT 20(3): in a constituent instrument the competent organ of the organization must accept."""
    return any(a.accepts and a.stands(on) for answers in entry.answers.values() for a in answers)


def permitted(clause: ReservationsClause, provision: str) -> str:
    """VCLT 19 and 20(1): `forbidden`, `authorized` (no acceptance needed) or `open` to acceptance and objection."""
    if clause.allowed == "none":
        return "forbidden"
    if clause.allowed == "all":
        return "authorized"
    listed = any(_within(provision, other) for other in clause.provisions)
    if clause.allowed == "listed":
        return "authorized" if listed else "forbidden"
    if clause.allowed == "all-but-listed" and listed:
        return "forbidden"
    return "open"


def _within(provision: str, listed: str) -> bool:
    """Whether a provision is the listed one or a part of it: 9(2)(a) is within 9(2)."""
    return provision == listed or (
        provision.startswith(listed) and provision[len(listed) : len(listed) + 1] in {"(", "."}
    )


def replay_reservations(it: Instrument, acts: Iterable[Act]) -> Reservations:
    """Replay the acts about reservations, which come in legal order."""
    found = Reservations(it=it)
    for act in acts:
        if act.kind not in _RELEVANT:
            continue
        if act.kind == "reservation":
            provisions = split_provisions(act.ref) or (WHOLE,)
            entry = Reservation(holder=act.actor, act=act, since=act.day, provisions=dict.fromkeys(provisions))
            found.entries.append(entry)
        elif act.kind == "reservation-withdrawal":
            _withdraw(found, act)
        elif act.kind in {"succession", "continuation"}:
            if act.ref:
                _take_over(found, act)
        else:
            _answer(found, act)
    return found


def split_provisions(text: str | None) -> tuple[str, ...]:
    """Provisions as a column writes them, `9(2); 16`."""
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def _fault(found: Reservations, act: Act, code: str, says: str, do: str) -> None:
    file = f"instruments/{found.it.id}.csv"
    says = f"{act.date} {act.actor} {act.kind}: {says}"
    found.findings.append(Finding(level="error", code=code, file=file, line=act.line, says=says, do=do))


def _withdraw(found: Reservations, act: Act) -> None:
    """VCLT 22(1) and (3): at any time; it takes effect when the others are told, or as stated."""
    until = act.effective.last if act.effective is not None else act.day
    named = split_provisions(act.ref)
    mine = found.of(act.actor, act.day)
    hit = False
    for entry in mine:
        for provision in entry.standing(act.day):
            if not named or provision in named:
                entry.provisions[provision] = until
                hit = True
    if not hit:
        what = f"to {act.ref}" if act.ref else "at all"
        says = f"it has no reservation {what} that it could withdraw"
        _fault(found, act, "nothing-to-withdraw", says, "check ref, or add the reservation")


def _answer(found: Reservations, act: Act) -> None:
    match = _TARGET.fullmatch(act.ref.strip())
    if match is None:
        says = f"“{act.ref}” names no reserving actor"
        _fault(
            found, act, "ref-wrong", says, "write YEM, or YEM@1987-02-09, with ! to oppose the treaty between the two"
        )
        return
    targets = [
        entry
        for entry in found.entries
        if entry.holder == match["actor"]
        and entry.since <= act.day
        and match["date"] in {None, str(entry.act.date)}
        and entry.standing(act.day)
    ]
    if not targets:
        when = f" of {match['date']}" if match["date"] else ""
        says = f"{match['actor']} has no reservation{when} by then"
        _fault(found, act, f"{act.kind}-to-nothing", says, "check the actor and the dates, or add the reservation")
        return
    for entry in targets:
        answers = entry.answers.setdefault(act.actor, [])
        if act.kind == "objection-withdrawal":
            for answer in answers:
                if not answer.accepts and answer.withdrawn is None:
                    answer.withdrawn = act.day
        else:
            accepts = act.kind == "acceptance-of-reservation"
            opposed = match["opposed"] is not None
            answers.append(
                Answer(act=act, accepts=accepts, opposed=opposed, provisions=split_provisions(match["provisions"]))
            )


def _take_over(found: Reservations, act: Act) -> None:
    """A successor is considered to maintain reservations and objections (Vienna Convention of 1978, Article 20(1)).

    The effect is counted from the act of succession or continuation, before which it is not known.
    """
    copies = []
    for entry in found.entries:
        if entry.holder == act.ref and entry.standing(act.day):
            provisions = dict.fromkeys(entry.standing(act.day))
            # Answers of its own: one withdrawn toward one successor still stands toward another.
            answers = {actor: _copies(given) for actor, given in entry.answers.items()}
            copies.append(
                Reservation(holder=act.actor, act=entry.act, since=act.day, provisions=provisions, answers=answers)
            )
        if act.ref in entry.answers and act.actor not in entry.answers:
            entry.answers[act.actor] = _copies(a for a in entry.answers[act.ref] if a.stands(act.day))
    found.entries.extend(copies)


def _copies(answers: Iterable[Answer]) -> list[Answer]:
    return [msgspec.structs.replace(answer) for answer in answers]
