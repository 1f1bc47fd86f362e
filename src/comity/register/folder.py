"""A folder of files in the notation as a source: read only, one clock, every fault of every file a finding."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from comity.actors import Group
from comity.acts import Act
from comity.findings import Finding
from comity.notation import acts_file, toml
from comity.notation.acts_file import parse_acts
from comity.notation.directory_file import parse_groups
from comity.register.layers import Definition, DefinitionKind, is_id

__all__ = ["FolderLayer", "read_text"]

_PLACES: dict[DefinitionKind, tuple[str, str]] = {
    "instrument": ("instruments", ".toml"),
    "weights": ("weights", ".csv"),
    "rule": ("rules", ".toml"),
}
_TOPS = ("actors.toml", "groups.toml")
_ENDINGS: dict[str, tuple[str, ...]] = {"instruments": (".toml", ".csv"), "weights": (".csv",), "rules": (".toml",)}
_MEBI = 1_000_000


def read_text(path: Path, file: str, most: int) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file, or an empty text and why it is none; faults of form that do no harm are warnings."""

    def fault(code: str, says: str, do: str) -> tuple[str, tuple[Finding, ...]]:
        return "", (Finding(level="error", code=code, file=file, says=says, do=do),)

    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would wait for a writer, a device never ends
            says = "is a folder" if stat.S_ISDIR(found.st_mode) else "is no file but a pipe or a device"
            return fault("file-unreadable", f"{says}, where a file is expected", "put a file there, or remove it")
        if (size := found.st_size) > most:
            says = f"{size / _MEBI:.0f} MB, where {most / _MEBI:.0f} MB are the most for such a file"
            return fault("file-too-large", says, "is this the right file? split it if it is")
        data = path.read_bytes()
    except OSError as error:
        return fault("file-unreadable", f"cannot be read: {error.strerror or error}", "check the file and its rights")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        says = f"is not UTF-8 text (byte {error.start}, line {line})"
        return fault("file-not-text", says, "save it as UTF-8; a spreadsheet or PDF must be exported first")
    if "\0" in text:
        return fault("file-not-text", "holds bytes that no text has", "is this the right file?")
    return _normal(text, file)


def _normal(text: str, file: str) -> tuple[str, tuple[Finding, ...]]:
    """The text with LF, NFC and no byte-order mark, and a warning for each that it lacked."""
    warnings = []

    def warn(code: str, says: str, do: str) -> None:
        warnings.append(Finding(level="warning", code=code, file=file, says=says, do=do))

    if text.startswith("\ufeff"):
        text = text.removeprefix("\ufeff")
        warn("file-bom", "begins with a byte-order mark", "save it as UTF-8 without BOM")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        warn("file-line-ends", "has line ends other than LF", "save it with LF line ends")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        warn("file-not-nfc", "has letters and accents apart", "save it in the composed form, NFC")
    return text, tuple(warnings)


class FolderLayer:
    """One folder in the notation. Nothing is read before it is asked for, and each file once."""

    has_two_clocks = False

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = str(root)

    def ids(self, kind: DefinitionKind) -> tuple[str, ...]:
        """The ids that the folder defines, sorted."""
        return self._named(*_PLACES[kind])

    def acts_ids(self) -> tuple[str, ...]:
        """The ids of the instruments that the folder has acts of, sorted."""
        return self._named("instruments", ".csv")

    def _named(self, place: str, ending: str) -> tuple[str, ...]:
        stems = (path.stem for path in (self.root / place).glob(f"*{ending}"))
        return tuple(sorted(stem for stem in stems if is_id(stem)))

    def definition(self, kind: DefinitionKind, name: str) -> Definition | None:
        """The text that defines `name`, or None where the folder does not."""
        place, ending = _PLACES[kind]
        file = f"{place}/{name}{ending}"
        path = self.root / file
        if not is_id(name) or not _is_there(path):
            return None
        text, findings = read_text(path, file, toml.MAX_BYTES)
        return Definition(text=text, file=file, findings=findings)

    def acts(self, name: str) -> tuple[tuple[Act, ...], tuple[Finding, ...]] | None:
        """The acts of an instrument in file order, or None where the folder has no file of them."""
        file = f"instruments/{name}.csv"
        path = self.root / file
        if not is_id(name) or not _is_there(path):
            return None
        text, findings = read_text(path, file, acts_file.MAX_BYTES)
        if any(finding.level == "error" for finding in findings):
            return (), findings
        acts, faults = parse_acts(text, file, name)
        return acts, (*findings, *faults)

    def actors(self) -> tuple[dict[str, object], str, tuple[Finding, ...]]:
        """The plain actor tables, the text they stand in, and what is wrong with the file as a whole."""
        text, findings = self._top("actors.toml")
        findings = (*self._unreadable(), *findings)
        if not text:
            return {}, "", findings
        data, faults = toml.load(text, "actors.toml")
        return data, text, (*findings, *faults)

    def groups(self) -> tuple[tuple[Group, ...], tuple[Finding, ...]]:
        """The groups that the folder defines."""
        text, findings = self._top("groups.toml")
        if not text:
            return (), findings
        groups, faults = parse_groups(text, "groups.toml")
        return groups, (*findings, *faults)

    def _top(self, file: str) -> tuple[str, tuple[Finding, ...]]:
        path = self.root / file
        return read_text(path, file, toml.MAX_BYTES) if _is_there(path) else ("", ())

    def _unreadable(self) -> Iterator[Finding]:
        """An error for each place that cannot be looked into: its files would seem not to be there."""
        for place in ("", *_ENDINGS):
            try:
                with os.scandir(self.root / place):
                    pass
            except FileNotFoundError:
                continue
            except OSError as error:
                says = f"cannot be looked into: {error.strerror or error}"
                do = "this is to be a folder that you may read"
                yield Finding(level="error", code="file-unreadable", file=place or self.name, says=says, do=do)

    def strays(self) -> Iterator[Finding]:
        """What the folder holds and no question will ever find, and a warning where it holds nothing else."""
        if not any(_is_there(self.root / name) for name in (*_TOPS, *_ENDINGS)):
            says = f"{self.name} holds nothing of a register"
            do = f"check the path: a register is a folder with {', '.join(_ENDINGS)}, {' or '.join(_TOPS)} in it"
            yield Finding(level="warning", code="register-empty", says=says, do=do)
            return
        for path in sorted(self.root.rglob("*")):
            relative = path.relative_to(self.root)
            hidden = any(part.startswith((".", "_")) for part in relative.parts)
            if hidden or path.suffix.lower() not in {".toml", ".csv"} or str(relative) in _TOPS:
                continue
            two = 2
            if len(relative.parts) != two or path.suffix not in _ENDINGS.get(relative.parts[0], ()):
                says = "is in no place where the notation looks"
                do = "put it under instruments, weights or rules, or remove it"
                yield Finding(level="note", code="file-ignored", file=str(relative), says=says, do=do)
            elif not is_id(path.stem):
                says = f"“{path.stem}” is no id, and the file is left aside"
                do = "ids are lower-case words with hyphens: rename it"
                yield Finding(level="error", code="id-wrong", file=str(relative), says=says, do=do)


def _is_there(path: Path) -> bool:
    """Whether something stands there, readable or not: what cannot be read is to be told, not passed over."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except OSError:  # also a name too long to be one
        return False
    return True
