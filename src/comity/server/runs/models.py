"""What is kept of an analysis that somebody saves: what was asked, how far it is, and what came of it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from comity.server.identity.models import Person

__all__ = ["SILENT", "SavedRun", "new_key"]

# Whoever computes a run says so every few seconds; a run of which nothing was heard for so long has ended with its
# process.
SILENT = timedelta(seconds=60)


def new_key() -> str:
    """A name for an address that nobody guesses."""
    return secrets.token_hex(8)


class SavedRun(models.Model):
    """A run. While it is computed `beat` says when it was last heard of; `wanted` is false once it is cancelled."""

    WAITING, RUNNING, DONE, REFUSED, CANCELLED, ENDED = (
        "waiting",
        "running",
        "done",
        "refused",
        "cancelled",
        "ended",
    )
    OPEN = (WAITING, RUNNING)

    key: models.CharField[str, str] = models.CharField(max_length=32, unique=True, default=new_key)
    owner: models.ForeignKey[Person, Person] = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    method: models.CharField[str, str] = models.CharField(max_length=40)
    # JSON: the inputs; the size of the log and whether it was asked of the past.
    inputs: models.BinaryField[bytes, bytes] = models.BinaryField()
    size: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField()
    past: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    shared: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    state: models.CharField[str, str] = models.CharField(max_length=12, default=WAITING)
    wanted: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    done: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(default=0)
    total: models.PositiveBigIntegerField[int, int] = models.PositiveBigIntegerField(default=0)
    made: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    beat: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    # JSON: `comity.service.runs.Run` of what is done, the findings of what was refused.
    told: models.BinaryField[bytes, bytes] = models.BinaryField(default=b"")

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made", "-id"]

    def __str__(self) -> str:
        return f"{self.method} {self.key}"

    @property
    def open(self) -> bool:
        """Whether it is still to come to an end."""
        return self.state in self.OPEN

    def settle(self) -> None:
        """Say that it has ended, where whoever computed it is gone: a server that was started anew, say."""
        if self.open and datetime.now(UTC) - self.beat > SILENT:
            SavedRun.objects.filter(pk=self.pk, state__in=self.OPEN, beat=self.beat).update(state=self.ENDED)
            self.refresh_from_db()
