"""Keeping a log: creating it, bringing sources in, recording acts, deciding proposals, signing, exporting, verifying.

The moment of recording is asked of the clock here, at the door, and nowhere below.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import msgspec

from comity.findings import Finding
from comity.law.checks import check_instrument
from comity.law.law import Law
from comity.notation.acts_file import MAX_BYTES, read_act
from comity.register import exporting, importing, settling
from comity.register.errors import LogError
from comity.register.folder import FolderLayer, read_text
from comity.register.importers import Imported, Options
from comity.register.importers.manytreaties import read_manytreaties
from comity.register.importers.names import Decision, print_unresolved, read_decisions
from comity.register.importers.openclimatedata import read_openclimatedata
from comity.register.importers.table import mapping_of, read_mapping, read_table
from comity.register.importers.untc import read_untc_csv, read_untc_xml
from comity.register.layers import Layer
from comity.register.log import Log
from comity.register.logged import LogLayer
from comity.register.note import Signer, Verifier, read_signer, read_verifier
from comity.register.reading import Reading
from comity.register.store import Proposal
from comity.register.verification import Verdict, verify
from comity.service.queries import Refusal, refuse, shipped_folder

__all__ = [
    "FORMATS",
    "Created",
    "Import",
    "SourceFormat",
    "approve",
    "checkpoint",
    "create",
    "export",
    "import_source",
    "now",
    "proposals",
    "record",
    "reject",
    "verify_source",
]

SourceFormat = Literal["notation", "csv", "untc-csv", "untc-xml", "manytreaties", "openclimatedata"]
FORMATS: tuple[SourceFormat, ...] = get_args(SourceFormat)

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
        says = str(error) if str(error).startswith(str(address)) else f"{address}: {error}"
        raise refuse("log-refused", says, "nothing was written; comity verify says more") from error
    except ModuleNotFoundError as error:
        do = "install comity[postgres]"
        raise refuse("extra-missing", f"this address needs {error.name}, which is not installed", do) from error


def key_file(address: str | Path) -> Path:
    """Where the key that signs a log's checkpoints is kept unless the user says otherwise: beside it."""
    text = str(address)
    return Path("comity.key") if text.startswith("postgresql://") else Path(f"{text}.key")


def create(address: str | Path, origin: str, key: str | Path | None = None) -> Created:
    """Create an empty log and, unless `key` names one, the key that signs its checkpoints (readable by its owner only).

    Raises `Refusal` where something is there already, or cannot be written.
    """
    place = Path(key) if key is not None else key_file(address)
    with _refusing(address):
        signer = read_signer(place) if place.exists() else Signer.generate(origin)
        Log.create(address, origin).close()
        try:
            if not place.exists():
                signer.save(place)
        except OSError as error:
            says = f"the log stands, but its key could not be written to {place}: {error.strerror or error}"
            raise refuse("key-unwritable", says, "comity checkpoint LOG --key FILE takes one from elsewhere") from error
    return Created(log=str(address), origin=origin, key=str(signer.verifier), key_file=str(place))


def import_source(  # noqa: PLR0913  # what a user may say of a source, each by name
    source: str | Path,
    address: str | Path,
    form: SourceFormat = "notation",
    *,
    instrument: str = "",
    mapping: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    names: str | Path | None = None,
    unresolved: Path | None = None,
    progress: Progress | None = None,
) -> Import:
    """Bring a source into a log: what is new is appended, what changed or vanished becomes proposals.

    `names` is a table of a person's decisions about names; names that do not resolve are written to `unresolved`.
    Raises `Refusal` with all findings where anything is wrong; then nothing is written.
    """
    shipped = FolderLayer(shipped_folder())
    with _refusing(address), Log.open(address) as log:
        target = LogLayer(log, len(log))
        under = (shipped,)
        if form == "notation":
            layer: Layer = _folder(source)
        else:
            options = _options(source, Reading([target, *under]), instrument, names)
            layer = _imported(Path(source), form, options, mapping, columns)
            _stop_at_names(layer, unresolved)
        also = _law_findings(layer, (target, *under))
        found = importing.plan(layer, target, under, also=also, progress=progress)
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


def _folder(source: str | Path) -> FolderLayer:
    if not Path(source).is_dir():
        raise refuse(
            "source-missing", f"there is no folder “{source}”", "check the path, or say --as FORMAT for a file"
        )
    return FolderLayer(Path(source))


def _options(source: str | Path, reading: Reading, instrument: str, names: str | Path | None) -> Options:
    decisions: tuple[Decision, ...] = ()
    if names is not None:
        text, findings = read_text(Path(names), str(names), MAX_BYTES)
        if not findings:
            decisions, findings = read_decisions(text, str(names), reading.directory)
        if findings:
            raise Refusal(findings)
    return Options(directory=reading.directory, file=str(source), instrument=instrument, decisions=decisions)


def _imported(
    source: Path,
    form: SourceFormat,
    options: Options,
    mapping: str | Path | None,
    columns: Mapping[str, str] | None,
) -> Imported:
    text, findings = read_text(source, str(source), MAX_BYTES)
    if any(finding.level == "error" for finding in findings):
        raise Refusal(findings)
    if form == "untc-xml":
        return read_untc_xml(source.read_bytes(), options)
    if form == "untc-csv":
        return read_untc_csv(text, options)
    if form == "manytreaties":
        return read_manytreaties(text, options)
    if form == "openclimatedata":
        return read_openclimatedata(text, options)
    mapped = mapping_of(dict(columns or {}))
    if mapping is not None:
        written, faults = read_text(Path(mapping), str(mapping), MAX_BYTES)
        found, more = read_mapping(written, str(mapping)) if not faults else (None, ())
        if found is None:
            raise Refusal((*faults, *more))
        mapped = found
    return read_table(text, mapped, options)


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
    says = f"{len(layer.unresolved)} names do not resolve exactly; they stand in {place}"
    do = f"fill its column actor (or write skip), and import again with --names {place}"
    wrong = Finding(level="error", code="names-unresolved", file=layer.name, says=says, do=do)
    raise Refusal([wrong, *(finding for finding in layer.findings if finding.level == "error")])


def _law_findings(layer: Layer, below: Sequence[Layer]) -> list[Finding]:
    """What the law finds wrong with the instruments of a source, lying over what is there."""
    law = Law(Reading([layer, *below]))
    names = sorted({*layer.ids("instrument"), *layer.acts_ids()})
    return [finding for name in names for finding in check_instrument(law, name)]


def record(address: str | Path, instrument: str, fields: Mapping[str, str]) -> settling.Outcome:
    """Record one act, its columns as in an acts file. Raises `Refusal` where it would bring an error in."""
    act, faults = read_act(dict(fields), instrument, "", 0)
    if act is None:
        raise Refusal(faults)
    shipped = FolderLayer(shipped_folder())
    with _refusing(address), Log.open(address) as log:
        outcome = settling.record(
            log, act, now, findings_of=lambda layer: _findings_of(layer, shipped, instrument), under=(shipped,)
        )
        if outcome.refused:
            raise Refusal(outcome.findings)
        return outcome


def _findings_of(layer: Layer, shipped: Layer, instrument: str) -> Iterable[Finding]:
    law = Law(Reading([layer, shipped]))
    found = list(check_instrument(law, instrument))
    if not law.reading.has_definition(instrument):
        says = f"no instrument is called “{instrument}”"
        found.append(Finding(level="error", code="instrument-unknown", says=says, do="import its definition first"))
    return found


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


def checkpoint(address: str | Path, key: str | Path | None = None) -> str:
    """Sign the log as it stands and give the note. Raises `Refusal` where there is no key."""
    with _refusing(address), Log.open(address) as log:
        signer = _signer(address, key)
        if signer is None:
            says = f"there is no key {key_file(address)} to sign with"
            raise refuse("key-missing", says, "say --key FILE, the one that comity init made")
        return log.checkpoint(signer)


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
    if not text.startswith("postgresql://") and not Path(text).exists():
        raise refuse("source-missing", f"there is no log or folder “{source}”", "check the path")
    verifier: Verifier | None = None
    with _refusing(source):
        if key is not None:
            verifier = read_verifier(key)
        note = None if published is None else Path(published).read_text(encoding="utf-8")
        return verify(source, verifier, note)
