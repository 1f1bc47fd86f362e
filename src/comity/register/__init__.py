"""The memory: an append-only log of records, hashed into one tree and signed (spec/log.md).

The names below are the package's face. Each is imported when it is first asked for: who reads a folder of
the notation does not pay for signatures and data bases.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comity.register.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
    from comity.register.errors import (
        AlreadyThereError,
        ForkError,
        KeyTextError,
        LeafError,
        LogError,
        MomentError,
        NotALogError,
        NoteError,
        OutOfOrderError,
        ReadOnlyError,
        StoreError,
        TooLongError,
    )
    from comity.register.leaf import Leaf, Record
    from comity.register.log import Entry, Log
    from comity.register.note import Signer, Verifier, read_signer, read_verifier
    from comity.register.store import Proposal
    from comity.register.tiles import export_lines, export_tiles
    from comity.register.verification import Verdict, verify

__all__ = [
    "AlreadyThereError",
    "Checkpoint",
    "Entry",
    "ForkError",
    "KeyTextError",
    "Leaf",
    "LeafError",
    "Log",
    "LogError",
    "MomentError",
    "NotALogError",
    "NoteError",
    "OutOfOrderError",
    "Proposal",
    "ReadOnlyError",
    "Record",
    "Signer",
    "StoreError",
    "TooLongError",
    "Verdict",
    "Verifier",
    "export_lines",
    "export_tiles",
    "read_checkpoint",
    "read_signer",
    "read_verifier",
    "sign_checkpoint",
    "verify",
]

_HOMES = {
    "checkpoint": ("Checkpoint", "read_checkpoint", "sign_checkpoint"),
    "leaf": ("Leaf", "Record"),
    "log": ("Entry", "Log"),
    "note": ("Signer", "Verifier", "read_signer", "read_verifier"),
    "store": ("Proposal",),
    "tiles": ("export_lines", "export_tiles"),
    "verification": ("Verdict", "verify"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """A public name, from the module where it lives."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'errors')}"), name)
