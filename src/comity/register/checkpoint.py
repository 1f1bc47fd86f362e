"""Checkpoints: the head of a log, signed (c2sp.org/tlog-checkpoint; spec/log.md, 13)."""

import base64
import re

import msgspec

from comity.register.errors import NoteError
from comity.register.note import Note, Signer, Verifier, open_note, read_note, sign_note

__all__ = ["Checkpoint", "read_checkpoint", "sign_checkpoint"]

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The root (32 bytes) of the first `size` entries of the log `origin`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(line + "\n" for line in lines)


def _parse(note: Note) -> Checkpoint:
    lines = note.text.split("\n")[:-1]
    try:
        origin, size, root = lines[:3]
        data = base64.b64decode(root, validate=True)
    except ValueError as error:
        raise NoteError("a checkpoint has three lines: origin, size, root") from error
    if not all(lines) or _SIZE.fullmatch(size) is None or len(data) != 32 or base64.b64encode(data).decode() != root:  # noqa: PLR2004  # SHA-256
        raise NoteError("a checkpoint has an origin, a size without leading zeros and a root of 32 bytes in base64")
    return Checkpoint(origin=origin, size=int(size), root=data, extensions=tuple(lines[3:]))


def read_checkpoint(data: str | bytes, verifier: Verifier | None = None) -> Checkpoint:
    """The checkpoint in a signed note, its signature verified where a key is given; raises NoteError."""
    return _parse(read_note(data) if verifier is None else open_note(data, verifier))


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """The signed note; raises NoteError where its lines could not be told apart again."""
    note = Note(checkpoint.text)
    if _parse(note) != checkpoint:
        raise NoteError("origin and extension lines are single lines, and not empty")
    return str(sign_note(note, signer))
