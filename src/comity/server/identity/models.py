"""What is kept about people. It stays in the portal's own data base, apart from the public log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["People", "Person", "Ruling", "Token"]


class People(BaseUserManager["Person"]):
    """How people are found and added."""

    def add(self, email: str, password: str | None = None, **what: str) -> Person:
        """Add a person; without a password nobody can log in as them until they have set one."""
        person = self.model(email=email.strip().lower(), **what)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        """A person by e-mail address, whatever its capitals."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who can log in. What they may do follows from role and actor alone, and is said in `comity.access`."""

    # In lower case: one mailbox is one person.
    email: models.EmailField[str, str] = models.EmailField(max_length=254, unique=True)
    name: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    # One of `comity.access.ROLES`.
    role: models.CharField[str, str] = models.CharField(max_length=20, default="public")
    # For a delegation: the id of the State or organization that it speaks for.
    actor: models.CharField[str, str] = models.CharField(max_length=80, blank=True)
    # In which to write to them.
    language: models.CharField[str, str] = models.CharField(max_length=2, default="en")
    is_active: models.BooleanField[bool, bool] = models.BooleanField(default=True)
    joined: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """How people are put in order."""

        ordering: ClassVar[list[str]] = ["email"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name to show."""
        return str(self)

    def get_short_name(self) -> str:
        """The name to show where there is little room."""
        return str(self)

    def save(self, *args: object, **kwargs: object) -> None:
        """Save, with the address in lower case, and the name on one line."""
        self.email = self.email.strip().lower()
        self.name = " ".join(self.name.split())
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # as they come


class Token(models.Model):
    """What lets a program act for a person, within its scopes and until it ends. The token itself is not kept."""

    person: models.ForeignKey[Person, Person] = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="tokens"
    )
    label: models.CharField[str, str] = models.CharField(max_length=100)
    # SHA-256 in hexadecimal. A token is random and long: nothing slower is needed to keep it from being guessed.
    digest: models.CharField[str, str] = models.CharField(max_length=64, unique=True)
    # Names of `comity.access.SCOPES`, separated by spaces.
    scopes: models.CharField[str, str] = models.CharField(max_length=200)
    created: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True)
    expires: models.DateTimeField[datetime, datetime] = models.DateTimeField()
    # By day, so that a question does not cost a change of the data base each time.
    used: models.DateField[date | None, date | None] = models.DateField(null=True, default=None)

    class Meta:
        """How tokens are put in order."""

        ordering: ClassVar[list[str]] = ["-created", "-id"]

    def __str__(self) -> str:
        return self.label


class Ruling(models.Model):
    """A verdict as it was given: who wanted to do what to what, and why it was allowed or refused."""

    when: models.DateTimeField[datetime, datetime] = models.DateTimeField(auto_now_add=True, db_index=True)
    # As it was then, so that it stays true when people leave: the id of the person (empty: nobody logged in) and role.
    person: models.CharField[str, str] = models.CharField(max_length=20, blank=True)
    role: models.CharField[str, str] = models.CharField(max_length=20)
    by_token: models.BooleanField[bool, bool] = models.BooleanField(default=False)
    action: models.CharField[str, str] = models.CharField(max_length=40)
    thing: models.CharField[str, str] = models.CharField(max_length=200, blank=True)
    allowed: models.BooleanField[bool, bool] = models.BooleanField()
    reason: models.CharField[str, str] = models.CharField(max_length=20)
    params: models.JSONField[dict[str, object], dict[str, object]] = models.JSONField(default=dict)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-when", "-id"]

    def __str__(self) -> str:
        return f"{self.action}: {self.reason}"
