"""Keeping a log: creating it, bringing sources in, recording acts, deciding proposals, signing, exporting, verifying.

The moment of recording is asked of the clock here, at the door, and nowhere below.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from comity.acts import Act
from comity.findings import Finding
from comity.law.checks import check_instrument
from comity.law.law import Law
from comity.notation.acts_file import read_act
from comity.register import exporting, importing, settling
from comity.register.checkpoint import read_checkpoint
from comity.register.errors import (
    AlreadyThereError,
    ForkError,
    KeyTextError,
    LogError,
    MissingLogError,
    NotALogError,
    NoteError,
    ReadOnlyError,
    UnreachableError,
    is_postgres,
    without_secrets,
)
from comity.register.folder import FolderLayer
from comity.register.importers import FORMATS as SOURCES
from comity.register.importers import Imported, Request, print_unresolved, read_source
from comity.register.layers import Layer
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.note import Signer, Verifier, read_signer, read_verifier
from comity.register.reading import Reading
from comity.register.store import Proposal
from comity.register.verification import Verdict, verify
from comity.service.queries import Refusal, Register, refuse, said_of, shipped_folder

__all__ = [
    "FORMATS",
    "Created",
    "Import",
    "Request",
    "approve",
    "checkpoint",
    "create",
    "defined",
    "digest_of",
    "exists",
    "export",
    "import_source",
    "now",
    "proposals",
    "record",
    "rectify",
    "reject",
    "unsigned",
    "verify_source",
]

# A folder in the notation, or a file that a named importer reads.
FORMATS: tuple[str, ...] = ("notation", *SOURCES)

Progress = Callable[[int, int], None]


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """A new log: where it is, its name, and the public key by which strangers verify it."""

    log: str
    origin: str
    key: str
    key_file: str


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: entries appended, proposals made, and what was found on the way."""

    appended: int
    size: int
    proposals: tuple[int, ...] = ()
    waiting: int = 0
    rejected: int = 0
    findings: tuple[Finding, ...] = ()


def now() -> str:
    """The moment of recording, in UTC to the microsecond, as a leaf has it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def _refusing(address: object) -> Iterator[None]:
    """Faults of the log as refusals: one line, exit 2, nothing written."""
    try:
        yield
    except LogError as error:
        raise refuse("log-refused", said_of(address, error), _remedy(error)) from error
    except ModuleNotFoundError as error:
        do = "install comity[postgres]"
        raise refuse("extra-missing", f"this address needs {error.name}, which is not installed", do) from error


def _remedy(error: LogError) -> str:
    """What the user may do about a refusal of the log."""
    match error:
        case MissingLogError():
            return "check the address; comity init makes a new log"
        case AlreadyThereError():
            return "choose a place where nothing is"
        case ReadOnlyError():
            return "check your rights to the log and to its folder"
        case KeyTextError() | NoteError():
            return "check the key or note that was given"
        case UnreachableError():
            return "check the address, and that the data base runs and lets you in"
        case importing.MovedError() | ForkError():
            return "another writer came first: try again"
        case _:
            return "nothing was written; comity verify says more"


def key_file(address: str | Path) -> Path:
    """Where the key that signs a log's checkpoints is kept unless the user says otherwise: beside it."""
    text = str(address)
    return Path("comity.key") if is_postgres(text) else Path(f"{text}.key")


def create(address: str | Path, origin: str, key: str | Path | None = None) -> Created:
    """Create an empty log and, unless `key` names one, the key that signs its checkpoints (readable by its owner only).

    Raises `Refusal` where something is there already, or cannot be written.
    """
    place = Path(key) if key is not None else key_file(address)
    with _refusing(address):
        signer = read_signer(place) if place.exists() else Signer.generate(origin)
        _check_name(signer, origin)
        Log.create(address, origin).close()
        try:
            if not place.exists():
                signer.save(place)
        except OSError as error:
            says = f"the log stands, but its key could not be written to {place}: {error.strerror or error}"
            raise refuse("key-unwritable", says, "comity checkpoint LOG --key FILE takes one from elsewhere") from error
    return Created(log=without_secrets(str(address)), origin=origin, key=str(signer.verifier), key_file=str(place))


def exists(address: str | Path) -> bool:
    """Whether there is a log at an address, or anything that would be in its way; raises `Refusal`."""
    if not is_postgres(address):
        return Path(address).exists()
    with _refusing(address):
        try:
            Log.open(address, write=False).close()
        except NotALogError:
            return False
        return True


def defined(address: str | Path) -> frozenset[str]:
    """The ids of the instruments that a log defines; raises `Refusal`."""
    with _refusing(address), Log.open(address, write=False) as log:
        return frozenset(LogLayer(log, len(log)).ids("instrument"))


def digest_of(folder: Path) -> str:
    """A digest of a folder in the notation as this version of Comity reads it: another one may read it otherwise."""
    found = hashlib.sha256(version("comity").encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found.update(f"\n{path.relative_to(folder).as_posix()} {len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def import_source(
    request: Request | Path,
    address: str | Path,
    *,
    whole: bool = True,
    unresolved: Path | None = None,
    progress: Progress | None = None,
) -> Import:
    """Bring a source into a log: what is new is appended, what changed or vanished becomes proposals.

    `request` is a folder in the notation, or what the user says of a file in a named format. A folder that is not
    `whole` speaks of a part of the log only, and its silence about the rest means nothing. Names that do not resolve
    are written to `unresolved`. Raises `Refusal` with all findings where anything is wrong; then nothing is written.
    """
    shipped = FolderLayer(shipped_folder())
    with _refusing(address), Log.open(address) as log:
        target = LogLayer(log, len(log))
        under = (shipped,)
        if isinstance(request, Path):
            layer: Layer = _folder(request)
            scope = None if whole else importing.Scope(whole=False)
        else:
            made = read_source(request, Reading([target, *under]).directory)
            _stop_at_names(made, unresolved)
            layer, scope = made, None
        also = _law_findings(layer, (target, *under))
        found = importing.plan(layer, target, under, scope=scope, also=also, progress=progress)
        if found.refused:
            raise Refusal(found.findings)
        applied = importing.apply(log, found, now)
        return Import(
            appended=applied.stop - applied.first,
            size=len(log),
            proposals=applied.proposals,
            waiting=found.waiting,
            rejected=found.rejected,
            findings=found.findings,
        )


def _folder(source: Path) -> FolderLayer:
    if not source.is_dir():
        do = "check the path, or say --as FORMAT for a file"
        raise refuse("source-missing", f"there is no folder “{source}”", do)
    layer = FolderLayer(source)
    defined = any((layer.ids("instrument"), layer.acts_ids(), layer.ids("weights"), layer.ids("rule")))
    if not defined and not any((source / name).is_file() for name in ("actors.toml", "groups.toml")):
        do = "name the folder that holds instruments, weights, rules, actors.toml or groups.toml"
        raise refuse("source-empty", f"there is nothing of a register in “{source}”", do)
    return layer


def _stop_at_names(layer: Imported, unresolved: Path | None) -> None:
    """Names that do not resolve exactly go to a person, never to a guess."""
    if not layer.unresolved:
        return
    place = unresolved or Path("unresolved.csv")
    try:
        place.write_text(print_unresolved(layer.unresolved), encoding="utf-8")
    except OSError as error:
        says = f"{len(layer.unresolved)} names do not resolve, and {place} cannot be written: {error.strerror or error}"
        raise refuse("names-unresolved", says, "say --unresolved FILE") from error
    says = f"{len(layer.unresolved)} names do not stand for exactly one actor of that day; they are listed in {place}"
    do = f"fill its column actor (or write skip), and import again with --names {place}"
    wrong = Finding(level="error", code="names-unresolved", file=layer.name, says=says, do=do)
    others = (finding for finding in layer.findings if finding.level == "error" and finding.code != wrong.code)
    raise Refusal([wrong, *others])


def _law_findings(layer: Layer, below: Sequence[Layer]) -> list[Finding]:
    """What the law finds wrong with the instruments of a source, lying over what is there."""
    law = Law(Reading([layer, *below]))
    names = sorted({*layer.ids("instrument"), *layer.acts_ids()})
    return [finding for name in names for finding in check_instrument(law, name)]


def record(address: str | Path, instrument: str, fields: Mapping[str, str], draft: str = "") -> settling.Outcome:
    """Record one act, its columns as in an acts file. Raises `Refusal` where it would bring an error in.

    `draft`, 32 hexadecimal digits, is what a desk calls the act by: recorded twice under one, it is appended once.
    """
    act, faults = read_act(dict(fields), instrument, "", 0)
    if act is None:
        raise Refusal(faults)
    shipped = FolderLayer(shipped_folder())
    with _refusing(address), Log.open(address) as log:
        outcome = _unless_moved(lambda: _record(log, act, shipped, draft))
        if outcome.refused:
            raise Refusal(outcome.findings)
        return msgspec.structs.replace(outcome, findings=(*outcome.findings, *_ahead(act)))


def _ahead(act: Act) -> tuple[Finding, ...]:
    """A warning where an act is dated after today: most often a slip of the pen, and never to be taken out again."""
    if act.date.first <= datetime.now(UTC).date():
        return ()
    says = f"{act.date} {act.actor} {act.kind}: the date lies in the future"
    do = "where it is a slip, record a correction"
    return (Finding(level="warning", code="date-ahead", file=f"instruments/{act.instrument}.csv", says=says, do=do),)


# Each try judges the act by what another writer has just added; who comes in between every time gives up.
_TRIES = 50


def _unless_moved(attempt: Callable[[], settling.Outcome]) -> settling.Outcome:
    for _ in range(_TRIES - 1):
        with suppress(importing.MovedError):
            return attempt()
    return attempt()


def _record(log: Log, act: Act, shipped: Layer, draft: str) -> settling.Outcome:
    Register([LogLayer(log, len(log)), shipped]).instrument(act.instrument)  # refuses what it does not know
    return settling.record(
        log,
        act,
        now,
        findings_of=lambda layer: _findings_of(layer, shipped, act.instrument),
        under=(shipped,),
        draft=draft,
    )


def rectify(address: str | Path, body: Mapping[str, str]) -> settling.Outcome:
    """Record a procès-verbal of rectification (spec/log.md): the text of an instrument is set right. Raises `Refusal`.

    `body` names `instrument`, `provision`, `language`, `wrong`, `right`, the days `proposed` and `accepted`, and
    `draft`.
    """
    with _refusing(address), Log.open(address) as log:
        outcome = _unless_moved(lambda: settling.rectify(log, body, now))
        if outcome.refused:
            raise Refusal(outcome.findings)
        return outcome


def _findings_of(layer: Layer, shipped: Layer, instrument: str) -> Iterable[Finding]:
    return check_instrument(Law(Reading([layer, shipped])), instrument)


def proposals(address: str | Path, *, settled: bool = False) -> tuple[Proposal, ...]:
    """The proposals that wait for a person, or those that were settled."""
    with _refusing(address), Log.open(address, write=False) as log:
        return log.proposals(settled=settled)


def approve(address: str | Path, numbers: Sequence[int]) -> settling.Outcome:
    """Approve proposals: their corrections are appended. Raises `Refusal`."""
    return _decided(address, numbers, settling.approve)


def reject(address: str | Path, numbers: Sequence[int]) -> settling.Outcome:
    """Reject proposals; they are not made again. Raises `Refusal`."""
    return _decided(address, numbers, settling.reject)


def _decided(address: str | Path, numbers: Sequence[int], decide: Callable[..., settling.Outcome]) -> settling.Outcome:
    with _refusing(address), Log.open(address) as log:
        outcome = decide(log, numbers, now)
        if outcome.refused:
            raise Refusal(outcome.findings)
        return outcome


def _signer(address: str | Path, key: str | Path | None) -> Signer | None:
    place = Path(key) if key is not None else key_file(address)
    if not place.exists():
        if key is None:
            return None
        raise refuse("key-missing", f"there is no key {place}", "check --key")
    return read_signer(place)


def _check_name(signer: Signer, origin: str) -> None:
    """A key signs for the log whose name it bears (c2sp.org/tlog-checkpoint)."""
    if signer.name != origin:
        says = f"the key is of “{signer.name}”, and the log is “{origin}”"
        raise refuse("key-of-another", says, "use the key that comity init made for this log")


def checkpoint(address: str | Path, key: str | Path | None = None) -> str:
    """Sign the log as it stands and give the note. Raises `Refusal` where there is no key."""
    with _refusing(address), Log.open(address) as log:
        signer = _signer(address, key)
        if signer is None:
            says = f"there is no key {key_file(address)} to sign with"
            raise refuse("key-missing", says, "say --key FILE, the one that comity init made")
        _check_name(signer, log.origin)
        return log.checkpoint(signer)


def unsigned(address: str | Path) -> int:
    """The size of a log that has grown since it was last signed; 0 where its newest checkpoint covers it."""
    with _refusing(address), Log.open(address, write=False) as log:
        size = len(log)
        signed = max((read_checkpoint(note).size for note in log.checkpoints()), default=0)
        return size if size > signed else 0


def export(
    address: str | Path,
    folder: str | Path,
    form: exporting.Form,
    *,
    known: str | None = None,
    key: str | Path | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the log, as known at a moment, into a new folder; gives the number of entries. Raises `Refusal`."""
    signs = form in {"jsonl", "tiles"}
    with _refusing(address):
        signer = _signer(address, key) if signs else None
        # A signature made for the export is kept with the log, so that later ones must agree with it.
        with Log.open(address, write=signer is not None) as log:
            size = len(log) if known is None else log.size_at(known)
            exporting.export(log, size, Path(folder), form, signer=signer, progress=progress)
            return size


def verify_source(source: str | Path, key: str | None = None, published: str | Path | None = None) -> Verdict:
    """Verify a log or an exported folder; `key` is the public key, as text or in a file. Raises `Refusal`."""
    text = str(source)
    if not is_postgres(text) and not Path(text).exists():
        raise refuse("source-missing", f"there is no log or folder “{source}”", "check the path")
    verifier: Verifier | None = None
    with _refusing(source):
        if key is not None:
            verifier = read_verifier(key)
        note = None if published is None else _published(Path(published))
        return verify(source, verifier, note)


def _published(place: Path) -> str:
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        says = f"the published checkpoint cannot be read: {reason}"
        raise refuse("file-unreadable", says, "check the path", str(place)) from error
