"""What the desk keeps, in the portal's own data base: what is public about it enters the log by an approval alone."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from django.conf import settings
from django.db import models

from comity.notation.acts_file import ALL_COLUMNS

if TYPE_CHECKING:
    import datetime as dt

    from comity.server.identity.models import Person

__all__ = [
    "Document",
    "Draft",
    "Job",
    "Message",
    "Notification",
    "Objection",
    "Rectification",
    "Series",
    "Step",
    "Subscriber",
    "Wish",
]

_TEXT = 4000


def new_key() -> str:
    """A name drawn at random, by which an entry of the log leads back to the desk (spec/log.md, 7)."""
    return secrets.token_hex(16)


class Document(models.Model):
    """A file of the instance folder, by its hash. `media` is what its bytes look like, not what somebody said."""

    sha256: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    media: models.CharField[str, str] = models.CharField(max_length=100)
    size: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField()
    name: models.CharField[str, str] = models.CharField(max_length=200)
    added: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def hash(self) -> str:
        """As an act carries it."""
        return f"sha256:{self.sha256}"


class Draft(models.Model):
    """An act that is not recorded yet, or was.

    `version` counts every change: whoever changes a draft says which version they saw. `key` stands in the log.
    """

    DRAFT, SUBMITTED, APPROVING, RECORDED = "draft", "submitted", "approving", "recorded"
    REJECTED, WITHDRAWN = "rejected", "withdrawn"
    OPEN = (DRAFT, SUBMITTED)

    key: models.CharField[str, str] = models.CharField(max_length=32, unique=True, default=new_key)
    state: models.CharField[str, str] = models.CharField(max_length=12, default=DRAFT, db_index=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    owner: models.ForeignKey[Person, Person] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now=True)

    instrument: models.CharField[str, str] = models.CharField(max_length=200)
    date: models.CharField[str, str] = models.CharField(max_length=10)
    actor: models.CharField[str, str] = models.CharField(max_length=80)
    act: models.CharField[str, str] = models.CharField(max_length=60)
    effective: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    ref: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    at: models.CharField[str, str] = models.CharField(max_length=80, blank=True)
    notified: models.CharField[str, str] = models.CharField(max_length=10, blank=True)
    set: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    note: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    source: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    file: models.ForeignKey[Document | None, Document | None] = models.ForeignKey(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts"
    )

    owner_id: int
    steps: models.Manager[Step]
    # Once it is in the log.
    entry: models.PositiveBigIntegerField[int | None, int | None] = models.PositiveBigIntegerField(null=True)
    leaf_hash: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-changed", "-pk"]

    def __str__(self) -> str:
        return f"{self.date} {self.actor} {self.act}"

    @property
    def document(self) -> str:
        """The column `document` of the act."""
        return self.file.hash if self.file else ""

    def fields(self) -> dict[str, str]:
        """The columns of the act that are not empty."""
        return {name: value for name in ALL_COLUMNS if (value := getattr(self, name))}

    @property
    def seal(self) -> str:
        """The hash of all that would be recorded: whoever approves says which one they read."""
        said = msgspec.json.encode({"instrument": self.instrument, **self.fields()}, order="sorted")
        return hashlib.sha256(said).hexdigest()


class Step(models.Model):
    """What became of a draft or of a rectification: who, when, what, and why. Never changed, never deleted."""

    draft: models.ForeignKey[Draft | None, Draft | None] = models.ForeignKey(
        Draft, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    rectification: models.ForeignKey[Rectification | None, Rectification | None] = models.ForeignKey(
        "Rectification", null=True, on_delete=models.PROTECT, related_name="steps"
    )
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)
    # Nobody: what time brought.
    who: models.ForeignKey[Person | None, Person | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    what: models.CharField[str, str] = models.CharField(max_length=20)
    seal: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    reason: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)

    class Meta:
        """In the order of time."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.what


class Series(models.Model):
    """The last number of a year. It moves in the transaction that issues a notification, so that none is lost."""

    year: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(unique=True)
    last: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.year)


class Notification(models.Model):
    """A depositary notification. What was issued stays as it was issued: the texts are kept, not made anew."""

    year: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    number: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    # act, corrigendum, rectification-proposed, rectification-objected, rectification
    kind: models.CharField[str, str] = models.CharField(max_length=30)
    issued: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField()
    instrument: models.CharField[str, str] = models.CharField(max_length=200, db_index=True)
    # Whom and what it concerns, as it was when it was issued: ids of actors, areas.
    actors: models.JSONField[Any, list[str]] = models.JSONField(default=list)
    areas: models.JSONField[Any, list[str]] = models.JSONField(default=list)
    act: models.CharField[str, str] = models.CharField(max_length=60, blank=True)
    date: models.CharField[str, str] = models.CharField(max_length=10)
    entry: models.PositiveBigIntegerField[int | None, int | None] = models.PositiveBigIntegerField(null=True)
    leaf_hash: models.CharField[str, str] = models.CharField(max_length=64, blank=True)
    document: models.ForeignKey[Document | None, Document | None] = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    draft: models.OneToOneField[Draft | None, Draft | None] = models.OneToOneField(
        Draft, null=True, on_delete=models.PROTECT, related_name="notification"
    )
    rectification: models.ForeignKey[Rectification | None, Rectification | None] = models.ForeignKey(
        "Rectification", null=True, on_delete=models.PROTECT, related_name="notifications"
    )
    # By language: the letter (`letters.Letter`).
    texts: models.JSONField[Any, dict[str, dict[str, Any]]] = models.JSONField(default=dict)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-year", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["year", "number"], name="one_number_a_notification")
        ]

    def __str__(self) -> str:
        return f"DN.{self.number}.{self.year}.{self.instrument}"

    @property
    def path(self) -> str:
        """Where its page stands, after the language."""
        return f"notifications/{self.year}/{self.number}"


class Rectification(models.Model):
    """An error in the text of an instrument, and what becomes of the proposal to correct it (VCLT 79)."""

    DRAFT, SUBMITTED, CIRCULATED, OBJECTED = "draft", "submitted", "circulated", "objected"
    ADOPTED, RECORDED, REJECTED, WITHDRAWN = "adopted", "recorded", "rejected", "withdrawn"
    OPEN = (DRAFT, SUBMITTED)

    key: models.CharField[str, str] = models.CharField(max_length=32, unique=True, default=new_key)
    state: models.CharField[str, str] = models.CharField(max_length=12, default=DRAFT, db_index=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    owner: models.ForeignKey[Person, Person] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now=True)

    instrument: models.CharField[str, str] = models.CharField(max_length=200)
    provision: models.CharField[str, str] = models.CharField(max_length=80)
    # Of the authentic text that has the error.
    language: models.CharField[str, str] = models.CharField(max_length=2)
    wrong: models.CharField[str, str] = models.CharField(max_length=_TEXT)
    right: models.CharField[str, str] = models.CharField(max_length=_TEXT)
    reason: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    days: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=90)

    owner_id: int
    steps: models.Manager[Step]
    objections: models.Manager[Objection]
    notifications: models.Manager[Notification]
    circulated: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True)
    # The last day on which an objection counts.
    until: models.DateField[dt.date | None, dt.date | None] = models.DateField(null=True)
    entry: models.PositiveBigIntegerField[int | None, int | None] = models.PositiveBigIntegerField(null=True)
    leaf_hash: models.CharField[str, str] = models.CharField(max_length=64, blank=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-changed", "-pk"]

    def __str__(self) -> str:
        return f"{self.instrument} {self.provision}"

    @property
    def seal(self) -> str:
        """The hash of all that would be circulated."""
        names = ("instrument", "provision", "language", "wrong", "right", "reason", "days")
        said = msgspec.json.encode({name: getattr(self, name) for name in names}, order="sorted")
        return hashlib.sha256(said).hexdigest()


class Objection(models.Model):
    """What a signatory or contracting State objected to a correction that was proposed."""

    rectification: models.ForeignKey[Rectification, Rectification] = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="objections"
    )
    actor: models.CharField[str, str] = models.CharField(max_length=80)
    date: models.DateField[dt.date, dt.date] = models.DateField()
    text: models.CharField[str, str] = models.CharField(max_length=_TEXT, blank=True)
    who: models.ForeignKey[Person, Person] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each objects once."""

        ordering: ClassVar[list[str]] = ["date", "actor"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rectification", "actor"], name="one_objection_an_actor")
        ]

    def __str__(self) -> str:
        return self.actor


class Subscriber(models.Model):
    """Where to send: a mailbox, confirmed by whoever reads it, or the address of a program.

    `secret` signs what goes to a program, and the links that go to a mailbox.
    """

    EMAIL, WEBHOOK = "email", "webhook"

    channel: models.CharField[str, str] = models.CharField(max_length=10, default=EMAIL)
    address: models.CharField[str, str] = models.CharField(max_length=500)
    # Who logged in may change it; nobody: whoever reads the mailbox.
    owner: models.ForeignKey[Person | None, Person | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    language: models.CharField[str, str] = models.CharField(max_length=2, default="en")
    # One letter a day.
    digest: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    secret: models.CharField[str, str] = models.CharField(max_length=64, default=secrets.token_urlsafe)
    confirmed: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)
    failures: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    disabled: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)
    made: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)
    owner_id: int | None
    wishes: models.Manager[Wish]
    messages: models.Manager[Message]

    class Meta:
        """A mailbox is there once; a program may have several addresses, and owners the same one."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["channel", "address", "owner"], name="one_subscriber_an_owner"),
            models.UniqueConstraint(
                fields=["address"], condition=models.Q(channel="email"), name="one_subscriber_a_mailbox"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Wish(models.Model):
    """What a subscriber wants to hear of: everything, an instrument, an actor, an area; deadlines beside acts."""

    ALL, INSTRUMENT, ACTOR, AREA = "all", "instrument", "actor", "area"

    subscriber: models.ForeignKey[Subscriber, Subscriber] = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="wishes"
    )
    kind: models.CharField[str, str] = models.CharField(max_length=12)
    value: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    acts: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    deadlines: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    # Asked for with a mailbox that nobody has confirmed yet.
    waiting: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    made: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Each once."""

        ordering: ClassVar[list[str]] = ["kind", "value"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "kind", "value"], name="one_wish_a_topic")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}".strip()


class Message(models.Model):
    """Something to be sent to one subscriber. `key` says what, so that it is never put in twice."""

    subscriber: models.ForeignKey[Subscriber, Subscriber] = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="messages"
    )
    key: models.CharField[str, str] = models.CharField(max_length=200)
    subject: models.CharField[str, str] = models.CharField(max_length=500)
    text: models.TextField[str, str] = models.TextField()
    # What a program is told.
    payload: models.JSONField[Any, dict[str, Any]] = models.JSONField(default=dict)
    due: models.DateTimeField[dt.datetime, dt.datetime] = models.DateTimeField(db_index=True)
    tries: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=0)
    # Whoever sends it holds it until then: two who send at once do not both.
    held: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)
    sent: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True, db_index=True)
    # No more tries.
    dropped: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)
    error: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    class Meta:
        """In the order in which they are due."""

        ordering: ClassVar[list[str]] = ["due", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "key"], name="one_message_a_key")
        ]

    def __str__(self) -> str:
        return self.key


class Job(models.Model):
    """Who is at work on something that only one may do at a time, and until when that is believed."""

    name: models.CharField[str, str] = models.CharField(max_length=40, unique=True)
    holder: models.CharField[str, str] = models.CharField(max_length=32, blank=True)
    until: models.DateTimeField[dt.datetime | None, dt.datetime | None] = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
