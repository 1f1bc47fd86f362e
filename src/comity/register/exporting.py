"""From a log into a folder: the notation, JSON lines, tiles, or one flat table (spec/import.md).

A folder is written beside its place and then renamed, so that it appears whole or not at all.
"""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

import msgspec

from comity.acts import Act
from comity.notation.acts_file import ALL_COLUMNS, act_row, print_acts
from comity.register.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from comity.register.correcting import Correction, Held, apply_corrections
from comity.register.definitions import FILES, KINDS, PLACES, PREFACE, joined
from comity.register.errors import AlreadyThereError, LogError, StoreError
from comity.register.log import Log
from comity.register.logged import ACTS, LogLayer
from comity.register.note import Signer
from comity.register.store import Row
from comity.register.tiles import export_lines, export_tiles

__all__ = ["FORMS", "Form", "as_rows", "export", "signed_note"]

Form = Literal["notation", "jsonl", "csv", "tiles"]
FORMS: tuple[Form, ...] = get_args(Form)

Progress = Callable[[int, int], None]


def export(
    log: Log,
    size: int,
    folder: Path,
    form: Form,
    *,
    signer: Signer | None = None,
    progress: Progress | None = None,
) -> None:
    """Write the first `size` entries into `folder`, which must not exist or be empty.

    `jsonl` and `tiles` need a signed checkpoint of that size: one that the log keeps, or one that `signer` makes.
    `progress` is told how many files (notation) or entries are done, of how many. Raises AlreadyThereError,
    StoreError, and LogError where there is no checkpoint and no signer.
    """
    with _beside(folder) as made:
        match form:
            case "notation":
                _write_notation(_whole(log, size), made, progress)
            case "csv":
                _write_flat(_whole(log, size), made, progress)
            case "jsonl" | "tiles":
                note = signed_note(log, size, signer)
                rows = _counted(log.rows(0, size), size, progress)
                (export_lines if form == "jsonl" else export_tiles)(rows, note, made)


def _whole(log: Log, size: int) -> LogLayer:
    """The log as a layer; raises StoreError where entries are damaged, which the files would not show."""
    layer = LogLayer(log, size)
    if damage := layer.damage():
        raise StoreError(f"{damage[0].says}: verify the log")
    return layer


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside `folder`, which takes its place once all is written, and goes where anything fails."""
    made: Path | None = None
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise AlreadyThereError(f"{folder} is not empty: nothing was written")
        folder.absolute().parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
        made.chmod(0o777 & ~_mask())
        yield made
        if folder.exists():
            folder.rmdir()  # empty: some systems do not rename onto a folder
        made.rename(folder)
        made = None
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _mask() -> int:
    """The user's mask for new files, which can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _counted(items: Iterable[Row], total: int, progress: Progress | None) -> Iterator[Row]:
    for done, item in enumerate(items, 1):
        if progress is not None and (done % 1000 == 0 or done == total):
            progress(done, total)
        yield item


def signed_note(log: Log, size: int, signer: Signer | None) -> str:
    """A signed checkpoint of `size`: the newest that the log keeps, or one made now; raises LogError."""
    kept = next((note for note in reversed(log.checkpoints()) if read_checkpoint(note).size == size), None)
    if kept is not None:
        return kept
    if signer is None:
        raise LogError(f"no checkpoint of {size} entries is kept: sign one first (comity checkpoint), or give a key")
    if size == len(log):
        return log.checkpoint(signer)
    return sign_checkpoint(Checkpoint(origin=log.origin, size=size, root=log.root(size)), signer)


# The notation


def _write_notation(layer: LogLayer, folder: Path, progress: Progress | None) -> None:
    files = list(_files(layer))
    for done, (path, kind, name) in enumerate(files, 1):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(_text(layer, kind, name), encoding="utf-8", newline="")
        if progress is not None:
            progress(done, len(files))


def _files(layer: LogLayer) -> Iterator[tuple[str, str, str]]:
    """The files of a register, and of what kind and id each is."""
    yield from ((file, kind, file) for kind, file in FILES.items() if layer.tables(kind))
    for kind in KINDS:
        place, ending = PLACES[kind]
        yield from ((f"{place}/{name}{ending}", kind, name) for name in layer.ids(kind))
    yield from ((f"instruments/{name}.csv", ACTS, name) for name in layer.acts_ids())


def _text(layer: LogLayer, kind: str, name: str) -> str:
    if kind == ACTS:
        return print_acts(as_rows(*layer.held(name)[:2]))
    if kind in FILES:
        return joined(filter(None, (layer.text(PREFACE, name), *layer.tables(kind).values())))
    return layer.text(kind, name) or ""


def as_rows(held: Sequence[Held], corrections: Iterable[Correction]) -> list[Act]:
    """The acts of an instrument as a folder keeps them, in the order of recording.

    A correction that is an act of its own (the depositary's) stays one, beside the act as it was recorded. What a
    person approved inside the register has no row: the act stands as corrected.
    """
    kept = {index for one in held if not one.settled for index in one.corrected_by}
    rows = {one.index: act for one in held if (act := one.stands if one.settled else one.act) is not None}
    acts = dict(rows)
    marks = [msgspec.structs.replace(one, target=None) for one in corrections if one.index in kept]
    rows.update((one.index, one.act) for one in marks)
    # A folder names an act by its date, actor and kind alone: where that would hit another act, no correction is a row.
    again = [Held(index=index, hash=b"", recorded="", act=act, stands=act) for index, act in acts.items()]
    told = {one.index: one.stands for one in apply_corrections(again, marks, "")[0] if one.stands is not None}
    standing = {one.index: one.stands for one in held if one.stands is not None}
    return [rows[index] for index in sorted(rows)] if told == standing else list(standing.values())


# One flat table


def _write_flat(layer: LogLayer, folder: Path, progress: Progress | None) -> None:
    names = layer.acts_ids()
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ("instrument", *ALL_COLUMNS, "entry", "recorded"), restval="", lineterminator="\n")
    writer.writeheader()
    for done, name in enumerate(names, 1):
        for one in layer.held(name)[0]:
            if one.stands is not None:
                row = act_row(one.stands)
                writer.writerow({"instrument": name, **row, "entry": one.index, "recorded": one.recorded})
        if progress is not None:
            progress(done, len(names))
    (folder / "acts.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
