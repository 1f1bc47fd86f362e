"""The time to an answer from a cold start, and to load the whole public register.

Run: python benchmarks/start.py. A cold start is a process of its own, with byte code as an install leaves it.
Loaded means read, parsed, checked for form, and put into legal order; beside it what one would write to read the
same files with the standard library, checking nothing.
"""

import csv
import json
import statistics
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from compileall import compile_dir
from datetime import date
from pathlib import Path

import comity
from comity.findings import Finding
from comity.law.results import plain
from comity.register.reading import Reading
from comity.service import open_register, shipped_folder
from figures import best, megabytes, say

ROUNDS = 15
DAY = "2024-01-01"
COMMAND = [str(Path(sys.executable).with_name("comity"))]


def seconds_of(command: Sequence[str]) -> tuple[str, float, str]:
    """What a command prints, the shortest time of several runs, in seconds, and how the others were."""
    spent, printed = [], ""
    for _ in range(ROUNDS):
        start = time.perf_counter()
        printed = subprocess.check_output(command, text=True)
        spent.append(time.perf_counter() - start)
    return printed, min(spent), f"median {statistics.median(spent):.3f} s, longest {max(spent):.3f} s"


def cold_start() -> None:
    """One question, from the command to the end of its process."""
    assert compile_dir(Path(comity.__file__).parent, quiet=1)
    printed, seconds, beside = seconds_of([*COMMAND, "status", "paris-agreement", "--on", DAY, "--format", "json"])
    assert json.loads(printed) == plain(open_register().status("paris-agreement", date.fromisoformat(DAY)))
    say("comity status paris-agreement, cold start", f"{seconds:.3f} s", "within 0.25 s", beside, met=seconds <= 0.25)
    for question in ("actor FRA", "changes --from 2023-01-01 --to 2024-01-01", "timeline FRA", "check"):
        _, seconds, beside = seconds_of([*COMMAND, *question.split(), "--format", "json"])
        say(f"  comity {question}", f"{seconds:.3f} s", "", beside)
    _, seconds, beside = seconds_of([sys.executable, "-c", "import pandas"])
    say("  a script that does nothing but import pandas", f"{seconds:.3f} s", "", beside)


def load() -> tuple[Reading, tuple[Finding, ...]]:
    """The whole public register."""
    reading = open_register().reading
    found = list(reading.directory_findings())
    for name in reading.ids("weights"):
        found.extend(reading.findings_of_weights(name))
    for name in reading.ids("rule"):
        found.extend(reading.findings_of_rule(name))
    for name in reading.instrument_ids():
        found.extend(reading.findings_of(name))
    return reading, tuple(found)


def by_hand() -> tuple[int, Counter[tuple[str, str, str, str]]]:
    """What one would write: the same files, read with the standard library, dates made dates."""
    folder, definitions, acts = shipped_folder(), 0, Counter[tuple[str, str, str, str]]()
    for path in sorted(folder.rglob("*.toml")):
        tomllib.loads(path.read_text(encoding="utf-8"))
        definitions += path.parent.name == "instruments"
    for path in sorted(folder.glob("instruments/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in ("date", "effective", "notified"):
                    if len(row[name] or "") == len("2000-01-01"):
                        date.fromisoformat(row[name])
                acts[path.stem, row["date"], row["actor"], row["act"]] += 1
    for path in sorted(folder.glob("weights/*.csv")):
        list(csv.reader(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")))
    return definitions, acts


def loading() -> None:
    """The register as a whole."""
    (reading, findings), seconds = best(load)
    (definitions, rows), plainly = best(by_hand)
    acts = [(name, str(a.date), a.actor, a.kind) for name in reading.instrument_ids() for a in reading.acts(name)]
    assert len(reading.ids()) == definitions
    corrected = any(
        "correction" in path.read_text(encoding="utf-8") for path in shipped_folder().glob("instruments/*.csv")
    )
    assert corrected or Counter(acts) == rows
    assert not [finding for finding in findings if finding.level == "error"]
    beside = f"{definitions} instruments, {len(acts):,} acts"
    say("the public register loaded", f"{seconds:.3f} s", "within 0.2 s", beside, met=seconds <= 0.2)
    say("  by the standard library, nothing checked", f"{plainly:.3f} s")
    say("  memory of the whole process", f"{megabytes():.0f} MB", "under 500 MB", met=megabytes() < 500)


def main() -> None:
    """Print the table."""
    cold_start()
    loading()


if __name__ == "__main__":
    main()
