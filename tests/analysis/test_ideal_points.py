"""Ideal points: what made the votes is found again; the General Assembly as published; bad tables."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.special import expit

from comity.analysis.positions.ideal_points import RollCalls, ideal_points
from comity.cli.main import main


def made(seed: int = 3, members: int = 40, sessions: int = 6, questions: int = 60) -> tuple[RollCalls, np.ndarray]:
    """Votes of a world whose points are known: they drift from session to session."""
    rng = np.random.default_rng(seed)
    point = rng.normal(size=(members, 1)) + np.cumsum(rng.normal(0, 0.15, (members, sessions)), axis=1)
    rows = []
    for session in range(sessions):
        for question in range(questions):
            slope, middle = rng.normal(0, 1.5), rng.normal(0, 1)
            low, high = middle - 0.4, middle + 0.4
            for member in range(members):
                if rng.random() < 0.1:  # absent
                    continue
                drawn = rng.random()
                top, above = (expit(slope * point[member, session] - cut) for cut in (high, low))
                rows.append((member, session, session * questions + question, 2 if drawn < top else int(drawn < above)))
    columns = np.array(rows).T
    votes = RollCalls(
        actors=tuple(f"M{at:02}" for at in range(members)),
        sessions=tuple(range(1, sessions + 1)),
        actor=columns[0],
        session=columns[1],
        question=columns[2],
        vote=columns[3],
    )
    return votes, point


def test_what_made_the_votes_is_found_again() -> None:
    votes, point = made()
    found = ideal_points(votes, "M00")
    true = point[found.actor, found.session]
    assert abs(np.corrcoef(found.point, true)[0, 1]) > 0.95
    assert found.point[found.actor == 0].mean() > 0
    assert found.point.mean() == pytest.approx(0, abs=1e-9)
    assert found.point.std() == pytest.approx(1, abs=1e-9)
    # Most true points, brought to the scale of those found, lie within two errors or so.
    scaled = (true - true.mean()) / true.std() * np.sign(np.corrcoef(found.point, true)[0, 1])
    assert (np.abs(found.point - scaled) < 3 * found.error).mean() > 0.9


@pytest.mark.parametrize("shape", [(40, 6, 60), (20, 1, 30)])
def test_bands_hold_about_what_they_promise(shape: tuple[int, int, int]) -> None:
    # A parametric bootstrap: chambers made from known points, and how many of those lie within 1.96 errors.
    held = []
    for seed in range(6):
        votes, point = made(seed, *shape)
        found = ideal_points(votes, "M00")
        true = point[found.actor, found.session]
        true = (true - true.mean()) / true.std()
        true *= np.sign(np.corrcoef(found.point, true)[0, 1])
        held.append((np.abs(found.point - true) < 1.96 * found.error).mean())
    assert 0.91 < np.mean(held) < 0.985


def test_very_many_members_are_placed() -> None:
    number = 100_000
    votes = RollCalls(
        actors=tuple(map(str, range(number))),
        sessions=(1,),
        actor=np.repeat(np.arange(number), 2),
        session=np.zeros(2 * number, np.intp),
        question=np.tile([0, 1], number),
        vote=np.random.default_rng(0).integers(0, 3, 2 * number),
    )
    assert len(ideal_points(votes, "0").point) == number


def test_questions_on_which_all_agree_say_nothing() -> None:
    votes, _ = made(members=6, sessions=1, questions=3)
    same = RollCalls(
        actors=votes.actors,
        sessions=votes.sessions,
        actor=votes.actor,
        session=votes.session,
        question=votes.question,
        vote=np.full_like(votes.vote, 2),
    )
    with pytest.raises(ValueError, match="nobody is parted"):
        ideal_points(same, "M00")
    with pytest.raises(ValueError, match="did not vote"):
        ideal_points(votes, "Nobody")


def asked(file: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["ideal-points", str(file), *more])
    return result.exit_code, result.stdout


def test_the_command_answers_as_said(tmp_path: Path) -> None:
    votes, _ = made(members=8, sessions=2, questions=20)
    file = tmp_path / "votes.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("rcid", "session", "actor", "vote"))
        for who, when, question, vote in zip(votes.actor, votes.session, votes.question, votes.vote, strict=True):
            writer.writerow((question, when + 1, votes.actors[who], ("no", "abstain", "yes")[vote]))
        writer.writerow((0, 1, "M01", "yes"))
    code, text = asked(file, "--format", "json", "--positive", "M02")
    answer = json.loads(text)
    assert code == 0
    assert {one["session"] for one in answer["points"]} == {1, 2}
    assert set(answer["points"][0]) == {"actor", "session", "point", "error", "votes"}
    assert answer["positive"] == "M02"
    assert [one["code"] for one in answer["findings"]] in ([], ["vote-twice"])
    code, text = asked(file, "--format", "csv")
    assert text.splitlines()[0] == "actor,session,point,error,votes"
    assert len(text.splitlines()) == len(answer["points"]) + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rcid,session,actor\n1,1,A\n", "csv-column-missing"),
        ("rcid,session,actor,vote\n1,1,A,maybe\n", "vote-unknown"),
        ("rcid,session,actor,vote\n1,one,A,yes\n", "number-wrong"),
        ("rcid,session,actor,vote\n1,1,A\n", "csv-row-length"),
        ("rcid,session,actor,vote\n", "csv-empty"),
        ("rcid,session,actor,vote\n1,1,A,yes\n1,1,B,yes\n", "votes-untold"),
    ],
)
def test_a_faulty_table_is_refused_with_its_faults(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "votes.csv"
    file.write_text(text, encoding="utf-8")
    exit_code, said = asked(file, "--format", "json")
    assert exit_code == 2
    assert code in {finding["code"] for finding in json.loads(said)["findings"]}


@pytest.mark.shared
def test_the_general_assembly_as_published(shared: Path) -> None:
    # A third of the sessions, so that the suite stays quick; docs/reference/commands.md says what all of them give.
    folder = shared / "votes"
    with gzip.open(folder / "un_roll_calls.csv.gz", "rt", encoding="utf-8") as lines:
        session = {row["rcid"]: int(float(row["session"])) for row in csv.DictReader(lines)}
    with gzip.open(folder / "ideal_points_all_2020.csv.gz", "rt", encoding="latin-1") as lines:
        published = {(r["Countryname"], int(r["session"])): float(r["IdealPoint"]) for r in csv.DictReader(lines)}
    rows = []
    with gzip.open(folder / "un_votes.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            question = str(int(float(row["rcid"])))
            if session.get(question, 0) > 50:
                way = {"no": 0, "abstain": 1, "yes": 2}[row["vote"]]
                rows.append((row["country"], session[question], int(question), way))
    actors, actor = np.unique([row[0] for row in rows], return_inverse=True)
    sessions, when = np.unique([row[1] for row in rows], return_inverse=True)
    question = np.unique([row[2] for row in rows], return_inverse=True)[1]
    votes = RollCalls(
        actors=tuple(actors.tolist()),
        sessions=tuple(sessions.tolist()),
        actor=actor,
        session=when,
        question=question,
        vote=np.array([row[3] for row in rows]),
    )
    found = ideal_points(votes, "United States")
    pairs = {
        at: [
            (point, published[key])
            for who, place, point in zip(found.actor, found.session, found.point, strict=True)
            if place == at and (key := (votes.actors[who], votes.sessions[at])) in published
        ]
        for at in range(len(votes.sessions))
    }
    by_session = [np.corrcoef(*zip(*one, strict=True))[0, 1] for one in pairs.values() if len(one) > 20]
    assert np.median(by_session) > 0.985
    assert min(by_session) > 0.95
