"""Every status of every actor under every treaty on a day, and every change there ever was.

Run: python benchmarks/world.py. Beside it what one would write instead: a script in pandas and a query in DuckDB,
each over its own table of the acts, in memory before the clock starts. Equal answers are asserted first. The
rules of the data are simple (an official entry into force, a day of effect for each consent, ends that take
effect at once), so that all three can know them; Comity's way is the same for every clause that it calls plain.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date

import duckdb
import pandas as pd

import ggo
from comity.law.atlas import Atlas
from comity.law.timeline import changes_of
from figures import best, say

DAYS = (date(1950, 1, 1), date(1990, 7, 1), date(2020, 1, 1))
TIMES = 10
Answer = set[tuple[str, str, str]]


def frame_of(rows: Sequence[ggo.Row]) -> pd.DataFrame:
    """The acts as a table of pandas, dates as dates."""
    frame = pd.DataFrame(rows, columns=ggo.Row._fields)
    for name in ("date", "treaty_eif", "state_eif"):
        frame[name] = pd.to_datetime(frame[name].where(frame[name] != ""))
    return frame


def with_pandas(frame: pd.DataFrame, on: date) -> pd.DataFrame:
    """What one would write in pandas."""
    day = pd.Timestamp(on)
    keys = ["treaty", "iso3"]
    told = frame[frame["date"] <= day]
    signed = told[told["act"] == "signature"].drop_duplicates(keys)[keys].assign(signed=True)
    steps = told[told["act"] != "signature"].sort_values([*keys, "date", "act"], kind="stable")
    # A consent counts where none stands, an end where one does.
    before = steps.groupby(keys)["act"].shift()
    begins = (steps["act"] == "consent") & (before != "consent")
    stops = (steps["act"] == "end") & (before == "consent")
    since = steps["state_eif"].where(steps["state_eif"].notna(), steps["date"])
    since = since.where(since >= steps["treaty_eif"], steps["treaty_eif"]).where(begins)
    steps = steps.assign(since=since, spell=begins.cumsum())[begins | stops]
    steps["since"] = steps.groupby("spell")["since"].transform("first")
    last = steps.drop_duplicates(keys, keep="last")
    whole = last.merge(signed, on=keys, how="outer")
    standing, bound = whole["act"] == "consent", whole["since"] <= day
    was_bound = whole["since"] < whole["date"]
    status = pd.Series("signatory", index=whole.index)
    status[standing & bound] = "party"
    status[standing & ~bound] = "contracting"
    status[(whole["act"] == "end") & (was_bound | whole["signed"].isna())] = "former"
    return whole[keys].assign(status=status)


SQL = """
WITH told AS (SELECT *, rowid AS line FROM acts WHERE date <= $day),
signed AS (SELECT DISTINCT treaty, iso3 FROM told WHERE act = 'signature'),
steps AS (
    SELECT treaty, iso3, act, date, line, greatest(coalesce(state_eif, date), treaty_eif) AS since, treaty_eif,
           lag(act) OVER whole AS before
    FROM told WHERE act <> 'signature'
    WINDOW whole AS (PARTITION BY treaty, iso3 ORDER BY date, act, line)
),
turns AS (
    SELECT treaty, iso3, act, date, line,
           CASE WHEN act = 'consent' THEN CASE WHEN treaty_eif IS NOT NULL THEN since END
                ELSE lag(CASE WHEN treaty_eif IS NOT NULL THEN since END)
                     OVER (PARTITION BY treaty, iso3 ORDER BY date, act, line) END AS since
    FROM steps
    WHERE (act = 'consent' AND before IS DISTINCT FROM 'consent') OR (act = 'end' AND before = 'consent')
),
latest AS (
    SELECT * FROM turns
    QUALIFY row_number() OVER (PARTITION BY treaty, iso3 ORDER BY date DESC, act DESC, line DESC) = 1
)
SELECT coalesce(latest.treaty, signed.treaty) AS treaty, coalesce(latest.iso3, signed.iso3) AS iso3,
       CASE WHEN act IS NULL THEN 'signatory'
            WHEN act = 'consent' THEN CASE WHEN since <= $day THEN 'party' ELSE 'contracting' END
            WHEN since < date OR signed.treaty IS NULL THEN 'former'
            ELSE 'signatory' END AS status
FROM latest FULL JOIN signed ON latest.treaty = signed.treaty AND latest.iso3 = signed.iso3
"""


def with_duckdb(connection: duckdb.DuckDBPyConnection, on: date) -> object:
    """What one would write in SQL, handed over as Arrow, which copies least."""
    return connection.sql(SQL, params={"day": on}).to_arrow_table()


def answer_of(frame: pd.DataFrame) -> Answer:
    """Rows as a set."""
    return set(zip(*(frame[name] for name in ("treaty", "iso3", "status")), strict=True))


def by_atlas(atlas: Atlas, on: date) -> Answer:
    """The atlas's answer as a set."""
    columns = atlas.on(on).columns()
    return set(zip(columns["instrument"], columns["actor"], columns["status"], strict=True))


def on_a_day(rows: Sequence[ggo.Row]) -> Atlas:
    """Status on a date, three ways."""
    frame = frame_of(rows)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE acts AS SELECT * REPLACE (date::DATE AS date, treaty_eif::DATE AS treaty_eif, "
        "state_eif::DATE AS state_eif) FROM frame"
    )
    atlas = Atlas(ggo.law_over(ggo.given(rows)))
    for day in DAYS:
        ours = by_atlas(atlas, day)
        assert ours == answer_of(with_pandas(frame, day)), f"pandas differs on {day}"
        assert ours == answer_of(connection.execute(SQL, {"day": day}).df()), f"DuckDB differs on {day}"
    for day in DAYS:
        whole, seconds = best(lambda day=day: atlas.on(day).columns(), 20)
        _, pandas = best(lambda day=day: with_pandas(frame, day), 3)
        _, duck = best(lambda day=day: with_duckdb(connection, day))
        count = len(whole["status"])
        say(
            f"every status on {day}", f"{seconds * 1000:.2f} ms", "within 5 ms", f"{count:,} rows", met=seconds <= 0.005
        )
        say(
            "  pandas",
            f"{pandas * 1000:.0f} ms",
            "20 times slower",
            f"{pandas / seconds:,.0f} times",
            met=pandas >= 20 * seconds,
        )
        say(
            "  DuckDB",
            f"{duck * 1000:.0f} ms",
            "5 times slower",
            f"{duck / seconds:,.0f} times",
            met=duck >= 5 * seconds,
        )
    laid_out(atlas, connection)
    return atlas


def laid_out(atlas: Atlas, connection: duckdb.DuckDBPyConnection) -> None:
    """For who would lay out the spans beforehand as Comity does: the same selection from a table of them."""
    texts = {"instrument": atlas.instruments[atlas.instrument], "actor": atlas.actors[atlas.actor]}
    spans = pd.DataFrame({**texts, "status": atlas.status, "since": atlas.since, "until": atlas.until})
    connection.execute("CREATE TABLE spans AS SELECT * FROM spans")
    day = DAYS[-1].toordinal()
    query = "SELECT instrument, actor, status FROM main.spans WHERE since <= $day AND $day < until"
    frame, pandas = best(lambda: spans[(spans["since"] <= day) & (day < spans["until"])])
    table, duck = best(lambda: connection.sql(query, params={"day": day}).to_arrow_table())
    assert len(frame) == len(table) == len(atlas.on(DAYS[-1]))
    say("  given Comity's spans as a table: pandas", f"{pandas * 1000:.2f} ms")
    say("  given Comity's spans as a table: DuckDB", f"{duck * 1000:.2f} ms")


def history_and_size(rows: Sequence[ggo.Row]) -> None:
    """Every change ever, from acts in memory; and the same at ten times the acts, each in a process of its own."""
    law = ggo.law_over(ggo.given(rows))
    changes = Atlas(law).history().columns()
    engine = sorted(
        (day, name, code, before, after)
        for name in law.reading.ids()
        if (history := law.history(name)) is not None
        for code, record in history.records.items()
        for day, before, after in changes_of(history, record)
    )
    found = zip(
        (day.item() for day in changes["date"]),
        *(changes[n] for n in ("instrument", "actor", "from", "to")),
        strict=True,
    )
    assert list(found) == engine, "the atlas and the engine differ"
    cost = {}
    for number in (1, TIMES):
        seconds, megabytes, count = json.loads(subprocess.check_output([sys.executable, ggo.__file__, str(number)]))
        acts = number * len(rows)
        cost[number] = seconds / acts
        beside = f"{count:,} changes, {cost[number] * 1e6:.2f} µs an act"
        mark = "within 1 s" if number == 1 else "1.2 × the cost an act"
        met = seconds <= 1 if number == 1 else cost[number] <= 1.2 * cost[1]
        say(f"every change there ever was, {acts:,} acts", f"{seconds:.2f} s", mark, beside, met=met)
        say("  memory of the whole process", f"{megabytes:.0f} MB", "under 500 MB", met=megabytes < 500)


def main() -> None:
    """Print the table."""
    rows, what = ggo.rows()
    print(what)
    on_a_day(rows)
    history_and_size(rows)


if __name__ == "__main__":
    main()
