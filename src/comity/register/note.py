"""Signed notes and their keys: c2sp.org/signed-note, with Ed25519 alone.

Key texts are those of Go's `sumdb/note`, which other tools of the field read: `<name>+<id>+<base64>` for a
verifier, `PRIVATE+KEY+<name>+<id>+<base64>` for a signer (spec/log.md, 13 and 14).
"""

import base64
import os
import re
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from comity.register.errors import AlreadyThereError, KeyTextError, NoteError

__all__ = [
    "Note",
    "Signature",
    "Signer",
    "Verifier",
    "open_note",
    "read_note",
    "read_signer",
    "read_verifier",
    "sign_note",
]

_ED25519: Final = b"\1"
_DASH: Final = "— "
_SECRET: Final = "PRIVATE+KEY+"  # noqa: S105  # the mark of a secret, not one
_MOST: Final = 100  # signatures; the specification asks for a limit of at least 16
_LARGEST: Final = 1_000_000  # bytes of a note, and more than any key file
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


def _unbase64(text: str) -> bytes:
    """The bytes of a standard base64 text with its padding; raises ValueError for any other spelling of them."""
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one way to write it")
    return data


def _key_id(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]


def _is_name(name: str) -> bool:
    """Names hold no spaces and no plus (signed-note); control characters no note may hold."""
    return bool(name) and "+" not in name and not any(c.isspace() or unicodedata.category(c) == "Cc" for c in name)


class Verifier:
    """A public key with its name."""

    def __init__(self, name: str, key: bytes) -> None:
        """`key` is the public key, 32 bytes; raises KeyTextError."""
        if not _is_name(name):
            raise KeyTextError(f"“{name:.40}” is no name of a key: it holds no spaces and no plus sign")
        try:
            self._key = Ed25519PublicKey.from_public_bytes(key)
        except ValueError as error:
            raise KeyTextError("an Ed25519 public key has 32 bytes") from error
        self.name, self.id, self._bytes = name, _key_id(name, key), key

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read `<name>+<id>+<base64>`; raises KeyTextError."""
        name, key_id, key = _parse_key(text.strip("\r\n"))
        verifier = cls(name, key)
        if verifier.id != key_id:
            raise KeyTextError("the id in the key does not belong to it: it was mistyped or cut")
        return verifier

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self._bytes).decode()}"

    def verifies(self, text: bytes, signature: bytes) -> bool:
        """Whether this key made the 64 bytes `signature` over `text`."""
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


def _parse_key(text: str) -> tuple[str, bytes, bytes]:
    """Name, id and 32 bytes of a key text."""
    try:
        name, key_id, encoded = text.split("+", 2)
        data = _unbase64(encoded)
    except ValueError as error:
        raise KeyTextError("this is no key: it reads <name>+<8 hexadecimal digits>+<base64>") from error
    if _ID.fullmatch(key_id) is None:
        raise KeyTextError("the id in a key has 8 lower-case hexadecimal digits")
    if data[:1] != _ED25519:
        raise KeyTextError("this key is not of the type Ed25519 (0x01), the only one known here")
    return name, bytes.fromhex(key_id), data[1:]


class Signer:
    """A private key with its name. Its text is a secret: `str()` does not show it."""

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed` is the private key of RFC 8032, 32 bytes; raises KeyTextError."""
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(seed)
        except ValueError as error:
            raise KeyTextError("an Ed25519 private key has 32 bytes") from error
        self._seed = seed
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())
        self.name, self.id = name, self.verifier.id

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """A new key from the system's source of randomness."""
        return cls(name, os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> "Signer":
        """Read `PRIVATE+KEY+<name>+<id>+<base64>`; raises KeyTextError."""
        text = text.strip("\r\n")
        if not text.startswith(_SECRET):
            raise KeyTextError(f"this is no private key: it begins {_SECRET}")
        name, key_id, seed = _parse_key(text.removeprefix(_SECRET))
        signer = cls(name, seed)
        if signer.id != key_id:
            raise KeyTextError("the id in the key does not belong to it: it was mistyped or cut")
        return signer

    def secret(self) -> str:
        """The text of the private key."""
        return f"{_SECRET}{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self._seed).decode()}"

    def sign(self, text: bytes) -> bytes:
        """The 64 bytes of the signature over `text`."""
        return self._key.sign(text)

    def save(self, path: Path) -> None:
        """Write the private key to a new file that only its owner can read; raises AlreadyThereError."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise AlreadyThereError(f"{path} exists: a key is never written over another") from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(handle, 0o600)  # whatever the umask says
            file.write(self.secret() + "\n")
            file.flush()
            os.fsync(handle)


def _key_text(source: str | Path) -> str:
    """The text of a key, given itself or as a file."""
    if isinstance(source, str) and source.count("+") > 1 and not Path(source).is_file():
        return source
    try:
        with Path(source).open("rb") as file:
            return file.read(_LARGEST).decode()
    except PermissionError as error:
        raise KeyTextError(f"the key in {source!s:.80} cannot be read: {error.strerror}") from error
    except (OSError, ValueError) as error:
        raise KeyTextError(f"“{source!s:.80}” is neither a key nor a file that holds one") from error


def read_signer(source: str | Path) -> Signer:
    """The private key that this text or file holds; raises KeyTextError."""
    return Signer.parse(_key_text(source))


def read_verifier(source: str | Path) -> Verifier:
    """The public key that this text or file holds, or that belongs to the private key in it; raises KeyTextError."""
    text = _key_text(source)
    return Signer.parse(text).verifier if text.startswith(_SECRET) else Verifier.parse(text)


class Signature(msgspec.Struct, frozen=True):
    """One signature line: the key's name and id, and the signature itself."""

    name: str
    id: bytes
    data: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.id + self.data).decode()}\n"


class Note(msgspec.Struct, frozen=True):
    """A text and who signed it. Until a signature is verified, nothing in it is to be believed."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = _unbase64(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or len(data) <= 4:  # noqa: PLR2004  # the id has four bytes
        raise ValueError(line)
    return Signature(name, data[:4], data[4:])


def read_note(data: str | bytes) -> Note:
    """The note as written, its signatures unverified; raises NoteError where it is malformed."""
    try:
        note = data if isinstance(data, str) else data[: _LARGEST + 1].decode()
        end = note.rindex("\n\n") + 1
        *lines, rest = note[end + 1 :].split("\n")
        signatures = tuple(map(_signature, lines))
    except ValueError as error:
        raise NoteError("this is no signed note (c2sp.org/signed-note)") from error
    if rest or not 0 < len(signatures) <= _MOST or len(note) > _LARGEST or _CONTROL.search(note):
        raise NoteError("this is no signed note (c2sp.org/signed-note)")
    return Note(note[:end], signatures)


def sign_note(note: Note, signer: Signer) -> Note:
    """The note with one more signature, in place of an earlier one of the same key; raises NoteError."""
    if not note.text.endswith("\n") or _CONTROL.search(note.text):
        raise NoteError("the text of a note ends in a newline and holds no control characters")
    others = tuple(s for s in note.signatures if (s.name, s.id) != (signer.name, signer.id))
    return Note(note.text, (*others, Signature(signer.name, signer.id, signer.sign(note.text.encode()))))


def open_note(data: str | bytes, verifier: Verifier) -> Note:
    """The note, once its signature by this key is verified; raises NoteError.

    Signatures of other keys are ignored, a false one of this key refuses the whole note.
    """
    note = read_note(data)
    mine = [s for s in note.signatures if (s.name, s.id) == (verifier.name, verifier.id)]
    if not mine:
        signed = ", ".join(sorted({f"{s.name}+{s.id.hex()}" for s in note.signatures}))
        raise NoteError(f"signed by {signed:.200}, not by {verifier.name}+{verifier.id.hex()}")
    if not all(verifier.verifies(note.text.encode(), s.data) for s in mine):
        raise NoteError(f"the signature of {verifier.name}+{verifier.id.hex()} is false: text or key was changed")
    return note
