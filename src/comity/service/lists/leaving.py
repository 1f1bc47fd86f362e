"""Leaving with everything: the table as read, what was said about it, the differences, and the list in the notation."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from comity.notation.acts_file import print_acts
from comity.service.cells import harmless
from comity.service.lists.brought import Brought, ListReading
from comity.service.lists.differing import Difference

__all__ = ["bundle"]

_README = """\
Everything that Comity kept of this list.

original/       the file as it was brought
list.json       what its office said about it: columns, forms of dates, names and titles settled
notation/       the list as a folder in Comity's notation: `comity status NAME --register notation`
differences.csv how it differs from the register, act by act
notes.csv       private notes
"""


def bundle(
    brought: Brought,
    found: ListReading,
    told: Sequence[Difference],
    original: bytes,
    notes: Iterable[Mapping[str, str]],
) -> bytes:
    """All of it as one ZIP file. `notes` are rows with any columns."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in _files(brought, found, told, original, notes):
            # A moment of its own would make two bundles of one list differ.
            packed.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(
    brought: Brought,
    found: ListReading,
    told: Sequence[Difference],
    original: bytes,
    notes: Iterable[Mapping[str, str]],
) -> Iterable[tuple[str, bytes]]:
    yield "README.txt", _README.encode()
    yield f"original/{_plain(brought.file)}", original
    yield "list.json", msgspec.json.format(msgspec.json.encode(brought), indent=1)
    for name, text in sorted(found.layer.definitions.items()):
        yield f"notation/instruments/{name}.toml", text.encode()
    for name, acts in sorted(found.layer.by_instrument.items()):
        yield f"notation/instruments/{name}.csv", print_acts(acts).encode()
    yield "differences.csv", _csv([msgspec.to_builtins(one) for one in told], Difference.__struct_fields__)
    rows = list(notes)
    yield "notes.csv", _csv(rows, tuple(dict.fromkeys(name for row in rows for name in row)))


def _plain(name: str) -> str:
    """A file name that leads nowhere else."""
    return name.replace("\\", "/").rpartition("/")[2].lstrip(".") or "list"


def _csv(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode()
