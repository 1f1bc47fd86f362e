"""The key that signs a log's checkpoints: shown, changed, and replaced when it is lost."""

from pathlib import Path

import msgspec

from comity.register.errors import LogError
from comity.register.log import Log
from comity.register.note import Signer, read_signer
from comity.service.keeping import key_file
from comity.service.queries import refuse

__all__ = ["Changed", "change", "public_key"]


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A key that took the place of another.

    `old` and `new` are the public keys, `kept` is where the old private key stands now; both are None where it was
    lost. `last` is the checkpoint that the old key signed at the change, `first` the one that the new key signed: of
    the same entries, so that who trusts the old key and sees both may trust the new one.
    """

    old: str | None
    new: str
    kept: str | None
    size: int
    last: str | None
    first: str


def public_key(address: str | Path, key: str | Path | None = None) -> str:
    """The public key that verifies what the log's key signs. Raises `Refusal` where there is none."""
    return str(_read(_place(address, key)).verifier)


def change(address: str | Path, key: str | Path | None = None, *, lost: bool = False) -> Changed:
    """Give a log another key: the old one signs the log as it stands, for the last time, then the new one does.

    The old private key is kept beside the new one, under its id. Where it was `lost`, nothing can be signed with it:
    what it signed before and was published still tells whether those entries stand. Raises `Refusal`; a change that
    was cut off leaves the old key in force.
    """
    place = _place(address, key)
    if lost and place.exists():
        raise refuse("key-unwritable", f"{place} stands: the key is not lost", "leave --lost out")
    old = None if lost else _read(place)
    try:
        with Log.open(address) as log:
            new = Signer.generate(log.origin)
            last = None if old is None else log.checkpoint(old)
            kept = _put(place, old, new)
            first = log.checkpoint(new)
            size = len(log)
    except (LogError, OSError) as error:
        raise refuse("log-refused", f"the key was not changed: {error}", "nothing else was") from error
    return Changed(
        old=None if old is None else str(old.verifier),
        new=str(new.verifier),
        kept=None if kept is None else str(kept),
        size=size,
        last=last,
        first=first,
    )


def _place(address: str | Path, key: str | Path | None) -> Path:
    return key_file(address) if key is None else Path(key)


def _read(place: Path) -> Signer:
    if not place.exists():
        raise refuse("key-missing", f"there is no key {place}", "say --key FILE, or --lost where it is lost")
    try:
        return read_signer(place)
    except LogError as error:
        raise refuse("log-refused", str(error), "check the key that was given") from error


def _put(place: Path, old: Signer | None, new: Signer) -> Path | None:
    """The new key in its place, and the old one beside it. Until the last step the old one is in force."""
    beside = place.with_name(f"{place.name}.new")
    beside.unlink(missing_ok=True)
    new.save(beside)
    kept = None if old is None else place.with_name(f"{place.name}.{old.id.hex()}")
    if kept is not None and old is not None and not kept.exists():
        old.save(kept)
    beside.replace(place)
    return kept
