"""Reading a TOML table field by field, with every fault kept: what it must be, where it stands, what to do."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar, cast

from comity.dates import EARLIEST, LATEST, Delay, Then, Window
from comity.findings import Finding, Level
from comity.notation.toml import line_of
from comity.rules.forms import Members, Rule, Selector
from comity.rules.parse import RuleFault, parse_rule

__all__ = ["Faults", "Table"]

Word = TypeVar("Word", bound=str)

# Delays longer than these are slips of the pen; the bounds also keep every sum inside the calendar.
_MOST = {"years": 500, "months": 6_000, "days": 180_000}


class Faults:
    """Collects the findings of one file; `text` lets it name lines."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file, self.text = file, text
        self.findings: list[Finding] = []

    def add(self, code: str, path: Sequence[str | int], says: str, do: str = "", level: Level = "error") -> None:
        """Add a finding at `path`, the keys that lead to the value."""
        line = line_of(self.text, path)
        self.findings.append(Finding(level=level, code=code, file=self.file, line=line, says=says, do=do))


class Table:
    """A cursor over one TOML table: each getter takes a key out, `done` reports what is left."""

    def __init__(self, data: dict[str, object], faults: Faults, path: tuple[str | int, ...] = ()) -> None:
        self._data, self.faults, self.path = dict(data), faults, path

    def fault(self, name: str, says: str, do: str = "", code: str = "value-wrong") -> None:
        """Report what is wrong with the value under `name`."""
        where = ".".join(str(step) for step in (*self.path, name))
        self.faults.add(code, (*self.path, name), f"{where}: {says}", do)

    def take(self, name: str) -> object | None:
        """The raw value, or None where there is none."""
        return self._data.pop(name, None)

    def peek(self, name: str) -> object | None:
        """The raw value, left where it is, or None where there is none."""
        return self._data.get(name)

    def has(self, name: str) -> bool:
        """Whether the key is (still) there."""
        return name in self._data

    def keys(self) -> tuple[str, ...]:
        """The keys not yet taken."""
        return tuple(self._data)

    def _of(self, name: str, kind: type, what: str) -> object | None:
        value = self.take(name)
        if value is None:
            return None
        if type(value) is not kind:
            self.fault(name, f"this is to be {what}", f"write {what}")
            return None
        return value

    def text(self, name: str, *, required: bool = False) -> str:
        """A text, empty where it is absent."""
        if required and not self.has(name):
            self.fault(name, "is missing", f"add a line “{name} = …”", code="key-missing")
        return cast("str", self._of(name, str, "a text in double quotes") or "")

    def flag(self, name: str) -> bool:
        """True or false, false where absent."""
        return bool(self._of(name, bool, "true or false"))

    def day(self, name: str) -> date | None:
        """A whole date, or None."""
        value = self._of(name, date, "a date, YYYY-MM-DD without quotes")
        if isinstance(value, date) and not EARLIEST <= value <= LATEST:
            self.fault(name, f"{value} looks like a placeholder", "leave the key out where the date is open")
            return None
        return cast("date | None", value)

    def choice(self, name: str, words: Iterable[Word]) -> Word | None:
        """One of these words, or None."""
        allowed = tuple(words)
        value = self._of(name, str, "a word in double quotes")
        if value is None or value in allowed:
            return value
        self.fault(name, f"“{value}” is none of {', '.join(allowed)}", _nearest(cast("str", value), allowed))
        return None

    def texts(self, name: str, words: Iterable[str] | None = None) -> tuple[str, ...]:
        """A list of texts (each one of `words`, where given), empty where absent."""
        value = self._of(name, list, "a list of texts")
        if value is None:
            return ()
        items = cast("list[object]", value)
        allowed = None if words is None else tuple(words)
        for item in items:
            if not isinstance(item, str):
                self.fault(name, "each item is to be a text in double quotes", "put it in double quotes")
                return ()
            if allowed is not None and item not in allowed:
                self.fault(name, f"“{item}” is none of {', '.join(allowed)}", _nearest(item, allowed))
        return tuple(item for item in items if isinstance(item, str))

    def sub(self, name: str) -> "Table | None":
        """The table under `name`, or None."""
        value = self._of(name, dict, "a table")
        return None if value is None else Table(cast("dict[str, object]", value), self.faults, (*self.path, name))

    def subs(self, name: str) -> list["Table"]:
        """The tables of an array of tables, in order."""
        value = self._of(name, list, f"tables, each under [[{name}]]")
        tables = cast("list[object]", value or [])
        if not all(isinstance(item, dict) for item in tables):
            self.fault(name, "each item is to be a table", f"write each under [[{name}]]")
            return []
        return [
            Table(cast("dict[str, object]", item), self.faults, (*self.path, name, index))
            for index, item in enumerate(tables)
        ]

    def rule(self, name: str, *, in_instrument: bool = True) -> Rule | None:
        """A rule of the rule language, or None."""
        value = self.take(name)
        return None if value is None else self._rule(name, value, in_instrument=in_instrument)

    def selector(self, name: str) -> Selector | None:
        """Whom a clause is about, written as a rule's `members` is, or None."""
        value = self.take(name)
        rule = None if value is None else self._rule(name, {"members": value}, in_instrument=True)
        return rule.who if isinstance(rule, Members) else None

    def _rule(self, name: str, plain: object, *, in_instrument: bool) -> Rule | None:
        try:
            return parse_rule(plain, path=name, in_instrument=in_instrument)
        except RuleFault as wrong:
            for fault in wrong.faults:
                self.faults.add(fault.code, (*self.path, name), f"{fault.path}: {fault.says}", fault.do)
            return None

    def delay(self, name: str, extra: tuple[str, ...] = ()) -> tuple[Delay, "Table"] | None:
        """A delay and the table it stood in, from which the keys named in `extra` may still be taken."""
        table = self.sub(name)
        if table is None:
            return None
        parts = {unit: table.whole(unit, most) for unit, most in _MOST.items()}
        then = table.choice("then", cast("tuple[Then, ...]", ("first-of-month", "end-of-year")))
        found = Delay(**parts, then=then, inclusive=table.flag("inclusive"))
        if not extra:
            table.done()
        return found, table

    def just_delay(self, name: str) -> Delay | None:
        """A delay and nothing beside it, or None."""
        found = self.delay(name)
        return None if found is None else found[0]

    def whole(self, name: str, most: int) -> int:
        """A whole number from 0 to `most`, 0 where absent."""
        value = self._of(name, int, "a whole number")
        number = cast("int", value or 0)
        if not 0 <= number <= most:
            self.fault(name, f"{number} is not between 0 and {most}", "check the number")
            return 0
        return number

    def window(self, name: str) -> Window | None:
        """Recurring windows, or None."""
        table = self.sub(name)
        if table is None:
            return None
        every, open_for = table.just_delay("every"), table.just_delay("open")
        table.done()
        if every is None or open_for is None or every == Delay() or open_for == Delay():
            self.fault(name, "a window has “every” and “open”, each a period", "add the one that is missing")
            return None
        return Window(every=every, open=open_for)

    def done(self, known: tuple[str, ...] = ()) -> None:
        """Report every key that nobody took."""
        for name in sorted(self._data):
            self.fault(
                name,
                "no such key here",
                _nearest(name, known) or "remove it, or see spec/notation.md",
                code="key-unknown",
            )


def _nearest(word: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(words), n=3)
    return f"did you mean {', '.join(close)}?" if close else ""
