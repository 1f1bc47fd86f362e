"""Every benchmark in one run: `make bench`, or python benchmarks [--write] [NAME ...].

Each asserts equal answers before it measures, and prints its figures with their marks. A missed mark is said and
fails nothing; a benchmark whose answers differ, or that breaks, makes the run exit 1. `--write` keeps what was
printed in RESULTS.md.
"""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from figures import busy, machine

HERE = Path(__file__).resolve().parent
NAMES = ("world", "start", "rules", "power", "clubs", "coalitions", "packages", "positions", "memory", "serving")
HEAD = """# What was measured

Written by `make bench ARGS=--write`. Each figure is the shortest of several runs; another machine, or a busier one,
gives others. Equal answers were asserted before anything was measured.
"""


def run(name: str) -> tuple[str, bool]:
    """What a benchmark prints, shown as it comes, and whether its answers were equal."""
    printed = []
    with subprocess.Popen([sys.executable, HERE / f"{name}.py"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    return "".join(printed), process.returncode == 0


def main(arguments: list[str]) -> int:
    """Run those named, or all that there are; 0 where every answer was equal."""
    there = [name for name in NAMES if (HERE / f"{name}.py").exists()]
    names = [name for name in arguments if not name.startswith("-")] or there
    title = f"{datetime.now(UTC).date()}, {machine()}"
    print(title)
    sections, failed = [], []
    for name in names:
        heading = f"{name}{busy()}"
        print(f"\n== {heading}", flush=True)
        printed, equal = run(name)
        sections.append(f"## {heading}\n\n```\n{printed}```\n")
        if not equal:
            failed.append(name)
    if "--write" in arguments and not failed:
        (HERE / "RESULTS.md").write_text("\n".join([HEAD, f"{title}\n", *sections]), encoding="utf-8")
    missed = sum(section.count("MISSED") for section in sections)
    print(f"\n{missed} marks missed" if missed else "\nevery mark met")
    if failed:
        print(f"answers differ, or it broke: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
