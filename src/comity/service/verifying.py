"""What a stranger brings, held against the log: a checkpoint kept from before, a proof, or the hash of an entry.

Whatever is brought is judged and never believed: nothing of it is written, and nothing in it is followed.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from comity.register.checkpoint import Checkpoint, read_checkpoint
from comity.register.errors import KeyTextError, NoteError
from comity.register.logged import LogLayer
from comity.register.merkle import included
from comity.register.note import Verifier, read_verifier
from comity.service.entries import index_of_hash
from comity.service.logbook import layer_of
from comity.service.queries import Register

__all__ = ["Judged", "PublicKey", "holds", "judge", "public_key"]

_HASH = re.compile(r"[0-9a-f]{8,64}", re.IGNORECASE | re.ASCII)
# As much as anybody may bring: a checkpoint has some hundred bytes, a proof some thousand.
LARGEST = 100_000


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key that signs checkpoints: its text, and the SHA-256 (hex) of that text, which can be read out aloud."""

    text: str
    fingerprint: str


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it: `agrees` or not, the `id` of what to say, its parameters; `index` is an entry that is meant."""

    agrees: bool
    id: str
    params: Mapping[str, str | int] = {}
    index: int | None = None


class _Proof(msgspec.Struct, frozen=True):
    """An inclusion proof as the API gives it; further keys are passed over."""

    index: int
    size: int
    hash: str
    root: str
    proof: tuple[str, ...]


def public_key(place: str | Path) -> PublicKey | None:
    """The public key that belongs to the key in a file, or None where there is none that can be read."""
    try:
        text = str(read_verifier(Path(place)))
    except KeyTextError:
        return None
    return PublicKey(text=text, fingerprint=hashlib.sha256(text.encode()).hexdigest())


def holds(leaf: str, index: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Whether a proof shows that an entry (hashes in hex) stands at an index under a root (RFC 9162, 2.1.3.2)."""
    try:
        path = [bytes.fromhex(node) for node in proof]
        return included(bytes.fromhex(leaf), index, size, path, bytes.fromhex(root))
    except ValueError:
        return False


def judge(register: Register, brought: str, key: PublicKey | None) -> Judged:
    """Hold a checkpoint, an inclusion proof as JSON or a hash of eight digits or more against the log as known."""
    layer, text = layer_of(register), brought.strip()
    if len(brought) > LARGEST:
        return Judged(agrees=False, id="too-long", params={"most": LARGEST})
    if _HASH.fullmatch(text):
        return _judge_hash(register, text)
    if text.startswith("{"):
        return _judge_proof(layer, text)
    return _judge_note(layer, brought, key)


def _judge_hash(register: Register, text: str) -> Judged:
    index = index_of_hash(register, text)
    if index is None:
        return Judged(agrees=False, id="hash-unknown", params={"hash": text})
    return Judged(agrees=True, id="hash-found", params={"index": index}, index=index)


def _judge_proof(layer: LogLayer, text: str) -> Judged:
    try:
        proof = msgspec.json.decode(text, type=_Proof)
    except (msgspec.DecodeError, RecursionError):
        return Judged(agrees=False, id="unreadable")
    params: dict[str, str | int] = {"index": proof.index, "size": proof.size}
    if not holds(proof.hash, proof.index, proof.size, proof.proof, proof.root):
        return Judged(agrees=False, id="proof-wrong", params=params)
    if proof.size > layer.size:
        return Judged(agrees=False, id="ahead", params={"size": proof.size, "own": layer.size})
    if layer.log.root(proof.size).hex() != proof.root.lower():
        return Judged(agrees=False, id="forked", params={"size": proof.size})
    return Judged(agrees=True, id="proof-holds", params=params, index=proof.index)


def _judge_note(layer: LogLayer, text: str, key: PublicKey | None) -> Judged:
    note = _unix(text)
    try:
        found = read_checkpoint(note)
    except NoteError:
        return Judged(agrees=False, id="unreadable")
    params: dict[str, str | int] = {"size": found.size, "origin": found.origin}
    if found.origin != layer.log.origin:
        return Judged(agrees=False, id="of-another", params=params)
    if not _is_signed(note, key):
        return Judged(agrees=False, id="signature-false", params=params)
    return _judge_root(layer, found)


def _unix(text: str) -> str:
    """A note as it was before a form sent it: with line ends of one character, and one at its end."""
    return text.replace("\r\n", "\n").strip("\n") + "\n"


def _is_signed(note: str, key: PublicKey | None) -> bool:
    if key is None:
        return True  # nobody here can say; the page does not claim that it was
    try:
        read_checkpoint(note, Verifier.parse(key.text))
    except NoteError:
        return False
    return True


def _judge_root(layer: LogLayer, found: Checkpoint) -> Judged:
    if found.size > layer.size:
        return Judged(agrees=False, id="ahead", params={"size": found.size, "own": layer.size})
    if layer.log.root(found.size) != found.root:
        return Judged(agrees=False, id="forked", params={"size": found.size})
    return Judged(agrees=True, id="checkpoint-holds", params={"size": found.size})
