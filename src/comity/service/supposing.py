"""Acts that have not happened, as lines: `2026-12-01 USA ratification`, for whoever asks what they would change."""

import re
from collections.abc import Iterable, Iterator, Sequence

from comity.acts import CONSENT, Act
from comity.dates import parse_legal_date
from comity.findings import Finding
from comity.notation.acts_file import COLUMNS, act_row, read_act
from comity.service.queries import Refusal, Register

__all__ = ["act_line", "read_lines"]

_WORDS = 3
# The columns that may follow: a value runs up to the next one, so that it may have spaces in it.
_MORE = tuple(name for name in COLUMNS if name not in {"date", "actor", "act"})
_NEXT = re.compile(rf"\s+(?=(?:{'|'.join(_MORE)})=)")
_OF = re.compile(r"([a-z0-9-]+):\s+(.*)", re.DOTALL)
# Only who is bound, or about to be, can take these back.
_UNDOING = frozenset({"withdrawal", "consent-withdrawal"})


def read_lines(register: Register, instrument: str, lines: Sequence[str]) -> tuple[Act, ...]:
    """Acts from lines such as `2027-01-01 FRA reservation ref=9`; empty lines are passed over.

    A line is of `instrument` unless it begins with another and a colon: `kyoto-protocol: 2027-01-01 FRA withdrawal`. A
    group in the place of an actor stands for its members on that day: for a consent those who have not consented, for
    a withdrawal those who have. Codes may be written small. Raises `Refusal` with all that is wrong, by line.
    """
    acts: list[Act] = []
    findings: list[Finding] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        named = _OF.fullmatch(line.strip())
        name, text = (named[1], named[2]) if named else (instrument, line.strip())
        try:
            acts += _read(register, name, text, number)
        except Refusal as refusal:
            findings += (
                Finding(level=f.level, code=f.code, line=number, says=f.says, do=f.do) for f in refusal.findings
            )
    if findings:
        raise Refusal(findings)
    return tuple(acts)


def act_line(act: Act, *, whole: bool = False) -> str:
    """The line of an act, `whole` with its instrument: `read_lines` gives the act again."""
    row = act_row(act)
    head = f"{act.instrument}: " * whole + " ".join(row.pop(name) for name in ("date", "actor", "act"))
    return " ".join([head, *(f"{name}={value}" for name, value in row.items())])


def _read(register: Register, name: str, text: str, number: int) -> Iterator[Act]:
    it = register.instrument(name)
    first, *more = _NEXT.split(text)
    words = first.split()
    if len(words) != _WORDS:
        says = f"“{text}” is no act: write its date, actor and kind, as in “2026-12-01 USA ratification”"
        raise Refusal([Finding(level="error", code="line-wrong", says=says, do="more columns follow as ref=…")])
    fields = dict(zip(("date", "actor", "act"), words, strict=True))
    fields |= {part.partition("=")[0]: part.partition("=")[2].strip() for part in more}
    for actor in _actors(register, it.id, fields):
        act, faults = read_act({**fields, "actor": actor}, it.id, "", number)
        if act is None:
            raise Refusal(faults)
        yield act


def _actors(register: Register, instrument: str, fields: dict[str, str]) -> Iterable[str]:
    code, kind = fields["actor"], fields["act"]
    directory = register.reading.directory
    if code not in directory.groups:
        return (register.actor_code(code),)
    try:
        day = parse_legal_date(fields["date"]).last
    except ValueError:  # which reading the act says
        return (code,)
    members = directory.members(code, day)
    standing = register.law.consenting(instrument, day)
    if kind in CONSENT:
        members -= standing
    elif kind in _UNDOING:
        members &= standing
    return sorted(members)
