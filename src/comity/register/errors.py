"""What can go wrong with a log, as types. Every message is one line, fit for a user."""

import re

__all__ = [
    "AlreadyThereError",
    "ForkError",
    "KeyTextError",
    "LeafError",
    "LogError",
    "MissingLogError",
    "MomentError",
    "NotALogError",
    "NoteError",
    "OutOfOrderError",
    "ReadOnlyError",
    "StoreError",
    "TooLongError",
    "UnreachableError",
    "is_postgres",
    "without_secrets",
]

# What stands before the host of an address, and what may stand among its parameters.
_USER = re.compile(r"(postgres(?:ql)?://)[^\s/]*@")
_PASSWORD = re.compile(r"(?i)([?&]?\bpassword=)[^\s&]*")


def is_postgres(address: object) -> bool:
    """Whether an address is that of a PostgreSQL data base."""
    return isinstance(address, str) and address.startswith(("postgresql://", "postgres://"))


def without_secrets(text: str) -> str:
    """The text without the user and password that an address in it may hold: messages go to screens and records."""
    return _PASSWORD.sub(r"\1…", _USER.sub(r"\1", text))


class LogError(Exception):
    """Anything a caller of the log may want to show to its user in one line."""


class LeafError(LogError):
    """A record cannot become a leaf, or bytes are no leaf (spec/log.md, 1 to 5)."""


class TooLongError(LeafError):
    """A leaf would exceed 65,535 bytes (spec/log.md, 2)."""


class OutOfOrderError(LogError):
    """`recorded` would be earlier than that of the entry before (spec/log.md, 5)."""


class MomentError(LogError):
    """A text is no moment: no timestamp, date or tree size, or not in the form that is asked for."""


class NoteError(LogError):
    """A signed note or checkpoint is malformed, or not signed by the key."""


class KeyTextError(LogError):
    """A text or file holds no key (spec/log.md, 14)."""


class StoreError(LogError):
    """A store cannot be reached, or its data base reports a fault."""


class UnreachableError(StoreError):
    """A data base cannot be reached, or lets nobody in."""


class NotALogError(StoreError):
    """What the address names is no Comity log, or one of a format this version does not know."""


class MissingLogError(NotALogError):
    """Nothing is at the address."""


class AlreadyThereError(StoreError):
    """A log would be created where something already is."""


class ReadOnlyError(StoreError):
    """The log can be read but not written from here."""


class ForkError(StoreError):
    """Another writer extended the same head; nothing was written (spec/log.md, 20)."""
