"""What is kept of a brought list: the file as it came, what its office said about it, and private notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from django.conf import settings
from django.db import models

from comity.service.lists import Brought

if TYPE_CHECKING:
    from datetime import datetime

    from comity.server.identity.models import Person

__all__ = ["BroughtList", "Note"]


class BroughtList(models.Model):
    """A list. What it says of treaties is computed from it anew each time."""

    owner: models.ForeignKey[Person, Person] = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name: models.CharField[str, str] = models.CharField(max_length=200)
    original: models.BinaryField[bytes, bytes] = models.BinaryField()
    # `comity.service.lists.Brought` as JSON.
    told: models.BinaryField[bytes, bytes] = models.BinaryField()
    # Raised with each change, so that two windows do not undo one another's work.
    edition: models.PositiveIntegerField[int, int] = models.PositiveIntegerField(default=1)
    brought_on: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    changed_on: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now=True)

    if TYPE_CHECKING:
        notes: models.Manager[Note]

    class Meta:
        """How lists are put in order."""

        ordering: ClassVar[list[str]] = ["-changed_on"]

    def __str__(self) -> str:
        return self.name

    @property
    def brought(self) -> Brought:
        """The table and what was said about it."""
        return msgspec.json.decode(bytes(self.told), type=Brought)

    def tell(self, brought: Brought) -> bool:
        """Keep what was said, unless somebody has said something else in the meantime; says whether it was kept."""
        own = BroughtList.objects.filter(pk=self.pk, edition=self.edition)
        told = msgspec.json.encode(brought)
        if not own.update(told=told, edition=self.edition + 1):
            return False
        self.refresh_from_db()
        return True


class Note(models.Model):
    """A private note on an instrument, kept with a list."""

    on_list: models.ForeignKey[BroughtList, BroughtList] = models.ForeignKey(
        BroughtList, on_delete=models.CASCADE, related_name="notes"
    )
    instrument: models.CharField[str, str] = models.CharField(max_length=120)
    text: models.TextField[str, str] = models.TextField(max_length=10_000)
    written_on: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    class Meta:
        """How notes are put in order."""

        ordering: ClassVar[list[str]] = ["written_on"]

    def __str__(self) -> str:
        return self.text
