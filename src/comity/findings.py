"""What is wrong with user data, as values.

A fault in what a user wrote never raises: it becomes a `Finding` that says what is wrong, where, and
what to do, and a command shows all of them at once. Only a broken invariant of Comity itself raises.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = ["Finding", "Level", "has_errors", "in_order", "shortened"]

Level = Literal["error", "warning", "note"]

_LONGEST = 1_000  # characters of what a finding says
_RANK: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """One fault in user data: `code` is stable and meant for programs, `says` and `do` for people.

    `file` is the path as the user gave it, relative to the register where there is one; `line` counts
    from 1, and 0 means the file as a whole.
    """

    level: Level
    code: str
    file: str = ""
    line: int = 0
    says: str
    do: str = ""


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is of level error, which makes a command exit 2 and change nothing."""
    return any(finding.level == "error" for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by file, line and code, so that the same data always gives the same list."""
    return tuple(sorted(set(findings), key=lambda f: (_RANK[f.level], f.file, f.line, f.code, f.says)))


def shortened(finding: Finding) -> Finding:
    """A finding that repeats no more of what somebody wrote than can be read."""
    if len(finding.says) <= _LONGEST and len(finding.do) <= _LONGEST:
        return finding
    says, do = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …" for text in (finding.says, finding.do))
    return msgspec.structs.replace(finding, says=says, do=do)
