"""Precedents: likeness by traits, survival curves, the reading of questions, and what became of agreements."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.analysis.precedents.likeness import Profile, alike, jaccard, overlap, survival
from comity.service import Refusal, Register, open_register, shipped_folder
from comity.service.finding.clauses import read_question
from comity.service.finding.meaning import learn
from comity.service.precedents import precedents
from comity.service.profiles import became_of, profile_of

LANGUAGES = ("en", "ar", "fr", "es", "ru", "zh")
ON = date(2026, 1, 1)
File = Mapping[str, Any]


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


# Likeness


def test_gower_leaves_out_what_both_lack_and_what_is_not_known() -> None:
    one = Profile(id="a", traits={"tacit": False, "provisional": True, "kind": "treaty"})
    other = Profile(id="b", traits={"tacit": False, "provisional": True, "kind": "protocol", "count": 40.0})
    found = alike(one, other)
    assert {each.trait: each.alike for each in found.compared} == {"kind": 0.0, "provisional": 1.0}
    assert found.parts == {"structure": 0.5}
    assert found.score == 0.5


def test_sets_are_compared_by_jaccard_and_numbers_by_their_ratio() -> None:
    assert jaccard(frozenset("ab"), frozenset("bc")) == pytest.approx(1 / 3)
    assert overlap(frozenset("ab"), frozenset("abc")) == 1.0
    near = alike(Profile(id="a", traits={"count": 20.0}), Profile(id="b", traits={"count": 40.0}))
    same = alike(Profile(id="a", traits={"count": 1.0}), Profile(id="b", traits={"count": 2.0}))
    assert near.score == same.score == pytest.approx(2 / 3)


@given(st.dictionaries(st.sampled_from(["count", "notice", "year"]), st.floats(1, 1e4), min_size=1))
def test_an_agreement_is_wholly_like_itself(traits: dict[str, float]) -> None:
    one = Profile(id="a", traits=traits)
    assert alike(one, one).score == pytest.approx(1)


def test_weights_that_say_nothing_are_refused() -> None:
    one = Profile(id="a", traits={})
    with pytest.raises(ValueError, match="above 0"):
        alike(one, one, {"structure": 0.0})


# Survival


def test_remission_times_as_published() -> None:
    """Freireich and others (1963), 6-MP arm, as in Collett, Modelling Survival Data, and many since."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = survival([*ended, *cut], [True] * len(ended) + [False] * len(cut))
    waiting = {step.time: round(step.waiting, 3) for step in found.steps}
    assert waiting == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert found.median == 23
    assert (found.number, found.happened) == (21, 9)


def test_the_curve_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    times, happened = [3, 5, 5, 8, 12, 12, 13, 20], [True, True, False, True, False, True, True, False]
    kept = [time for time, ended in zip(times, happened, strict=True) if ended]
    cut = [time for time, ended in zip(times, happened, strict=True) if not ended]
    other = stats.ecdf(stats.CensoredData(uncensored=kept, right=cut)).sf
    own = survival(times, happened)
    theirs = dict(zip(other.quantiles, other.probabilities, strict=True))
    assert {step.time: step.waiting for step in own.steps} == pytest.approx({t: theirs[t] for t in sorted(set(kept))})
    low = other.confidence_interval(method="log-log").low
    bounds = dict(zip(low.quantiles, low.probabilities, strict=True))
    assert {step.time: step.low for step in own.steps} == pytest.approx({t: bounds[t] for t in sorted(set(kept))})


def test_nothing_ever_happened() -> None:
    found = survival([4, 9], [False, False])
    assert (found.steps, found.median, found.happened) == ((), None, 0)
    assert survival([], []).number == 0
    with pytest.raises(ValueError, match="not negative"):
        survival([-1], [True])


# Reading questions


@pytest.mark.parametrize(
    ("text", "traits"),
    [
        ("sixty ratifications", {"count": 60.0}),
        ("经三十五个国家批准", {"count": 35.0}),
        ("тридцати пяти ратификаций", {"count": 35.0}),
        ("denuncia con preaviso de doce meses", {"notice": 365.2}),
        ("يجوز الانسحاب بعد إشعار مدته سنتان", {"notice": 730.5}),
        ("adopted in 1998", {"year": 1998.0}),
        ("aucune réserve n’est interdite de 2", {"reservations": "none"}),
        ("wetlands of the world", {}),
    ],
)
def test_what_a_question_asks_of_clauses(text: str, traits: dict[str, object]) -> None:
    assert {name: value for one in read_question(text).criteria for name, value in one.traits[:1]} == traits


@given(st.text(max_size=60))
def test_no_question_is_an_error(text: str) -> None:
    read_question(text)


# What agreements are like, and what became of them


def test_the_precedents_of_paris_are_those_of_its_family(register: Register) -> None:
    found = precedents(register, "paris-agreement", ON, limit=5)
    assert found.found[0].instrument == "kyoto-protocol"
    same = {one.trait for one in found.found[0].same}
    assert {"count", "share", "weight", "reservations", "notice", "wait"} <= same
    assert {"kind", "delay"} <= {one.trait for one in found.found[0].differ}
    assert "paris-agreement" not in {one.instrument for one in found.found}


def test_bans_of_weapons_are_like_one_another(register: Register) -> None:
    found = [one.instrument for one in precedents(register, "ottawa-convention", ON, limit=3).found]
    assert found[0] == "cluster-munitions-convention"
    assert set(found) <= {"cluster-munitions-convention", "cwc", "tpnw", "ctbt", "bwc"}


def test_regional_membership_is_told(register: Register) -> None:
    reach = {name: profile_of(register, register.instrument(name), ON).traits.get("reach") for name in ("echr", "crc")}
    assert reach == {"echr": "regional", "crc": "universal"}


def test_what_became_of_agreements_as_published(register: Register) -> None:
    """Opened 2016-04-22, in force 2016-11-04; CTBT never; 198 parties to the Montreal Protocol."""
    paris = became_of(register, register.instrument("paris-agreement"), ON)
    assert (paris.entered, paris.days, paris.parties) == (date(2016, 11, 4), 196, 195)
    ctbt = became_of(register, register.instrument("ctbt"), ON)
    assert ctbt.entered is None
    assert ctbt.opened == date(1996, 9, 24)
    assert ctbt.days == (ctbt.counted - ctbt.opened).days  # type: ignore[operator]  # both are known
    montreal = became_of(register, register.instrument("montreal-protocol"), ON)
    assert montreal.parties == 198
    assert montreal.after[-1][0] == 20


def test_nothing_is_said_past_the_horizon(register: Register) -> None:
    child_labour = became_of(register, register.instrument("ilo-c182"), ON)
    assert child_labour.known == date(1999, 6, 17)
    assert [number for _, number in child_labour.after] == [None, None, None]
    early = became_of(register, register.instrument("paris-agreement"), date(2016, 10, 1))
    assert (early.entered, early.days) == (None, (date(2016, 10, 1) - date(2016, 4, 22)).days)


@pytest.mark.parametrize(
    ("asked", "code"), [("", "nothing-asked"), ("x" * 1001, "parameter-wrong")], ids=["nothing", "too long"]
)
def test_what_cannot_be_searched_for_is_refused(register: Register, asked: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        precedents(register, asked, ON)
    assert refused.value.findings[0].code == code
    with pytest.raises(Refusal, match="no part"):
        precedents(register, "crc", ON, by=("colour",))
    with pytest.raises(Refusal, match="cannot be shown"):
        precedents(register, "crc", ON, limit=0)


# The sixty questions


def questions() -> Mapping[str, File]:
    with (Path(__file__).parent / "precedent_questions.toml").open("rb") as file:
        return tomllib.load(file)


def leaves(rule: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(rule, list):
        for one in rule:
            yield from leaves(one)
    elif isinstance(rule, dict):
        yield rule
        for name in ("all", "any"):
            yield from leaves(rule.get(name))


def when(it: File) -> list[Mapping[str, Any]]:
    return list(leaves(it.get("entry_into_force", {}).get("when")))


def count(number: int) -> Callable[[File], bool]:
    return lambda it: any(one.get("count") == number and "among" not in one for one in when(it))


def clause(table: str, key: str, value: object) -> Callable[[File], bool]:
    return lambda it: it.get(table, {}).get(key) == value


def of_area(area: str, then: Callable[[File], bool]) -> Callable[[File], bool]:
    return lambda it: area in it.get("areas", ()) and then(it)


def weighed(*parts: str) -> Callable[[File], bool]:
    return lambda it: any(part in one.get("of", "") for one in when(it) if "share" in one for part in parts)


def deposited(*parts: str) -> Callable[[File], bool]:
    return lambda it: all(any(part in who for who in it.get("depositary", ())) for part in parts)


def waits(years: int) -> Callable[[File], bool]:
    return lambda it: it.get("withdrawal", {}).get("allowed_after", {}).get("years") == years


def forbids(it: File) -> bool:
    return bool(clause("reservations", "allowed", "none")(it))


# The clause that settles each question of structure, read again from the instruments' files as they are written.
SETTLED: Mapping[str, Callable[[File], bool]] = {
    "q01": count(60),
    "q03": weighed("gross-tonnage"),
    "q05": weighed("ghg", "kyoto-annex-i"),
    "q06": count(22),
    "q08": count(2),
    "q09": deposited("United Kingdom", "Soviet", "United States"),
    "q11": lambda it: "tacit" in it,
    "q12": lambda it: "on" in it.get("entry_into_force", {}),
    "q14": lambda it: "provisional" in it,
    "q15": count(40),
    "q17": clause("entry_into_force", "delay", {"months": 12}),
    "q18": clause("reservations", "allowed", "listed"),
    "q20": of_area("health", forbids),
    "q21": of_area("disarmament", forbids),
    "q23": deposited("International Labour Office"),
    "q24": clause("withdrawal", "delay", {"months": 3}),
    "q25": clause("withdrawal", "delay", {"months": 6}),
    "q28": lambda it: (it["kind"], it.get("of")) == ("amendment", "montreal-protocol"),
    "q29": clause("entry_into_force", "binds", "all"),
    "q31": weighed("schedule-a"),
    "q32": count(35),
    "q34": waits(5),
    "q35": of_area("human-rights", clause("withdrawal", "clause", "none")),
    "q38": deposited("UNESCO"),
    "q40": deposited("International Maritime Organization"),
    "q42": clause("entry_into_force", "reio", "counted"),
    "q43": lambda it: (it["kind"], it.get("of")) == ("protocol", "crc"),
    "q45": waits(3),
    "q48": count(30),
    "q51": clause("withdrawal", "delay", {"years": 2}),
    "q54": clause("entry_into_force", "delay", {"days": 180}),
    "q55": lambda it: getattr(it.get("adopted"), "year", 0) == 1966,
    "q58": of_area("human-rights", count(20)),
}


def test_the_answers_are_what_the_files_of_the_instruments_say() -> None:
    """Read without Comity; the questions of subjects are those that no clause settles."""
    files = {path.stem: path for path in (shipped_folder() / "instruments").glob("*.toml")}
    read = {name: tomllib.loads(path.read_text(encoding="utf-8")) for name, path in files.items()}
    asked = questions()
    assert len(asked) == 60
    assert {name for name, one in asked.items() if "facts" in one} == set(SETTLED)
    for name, one in asked.items():
        assert set(LANGUAGES) <= set(one)
        assert set(one["answers"]) <= set(read)
        assert 1 <= len(one["answers"]) <= 10
        if name in SETTLED:
            assert {each for each, it in read.items() if SETTLED[name](it)} == set(one["answers"]), name


Recall = dict[str, float]


def recalls(register: Register, language: str, *, meaning: bool) -> Recall:
    found = {}
    for name, one in questions().items():
        got = {each.instrument for each in precedents(register, one[language], ON, meaning=meaning).found}
        found[name] = len(got & set(one["answers"])) / len(one["answers"])
    return found


def halves(found: Recall) -> tuple[float, float]:
    """The mean recall of the questions that may be tuned on, which have odd numbers, and of those held out."""
    odd, even = ([value for name, value in found.items() if int(name[1:]) % 2 == half] for half in (1, 0))
    return sum(odd) / len(odd), sum(even) / len(even)


@pytest.fixture(scope="module")
def by_words(register: Register) -> Mapping[str, Recall]:
    return {language: recalls(register, language, meaning=False) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_recall_at_ten_by_words_alone(by_words: Mapping[str, Recall], language: str) -> None:
    assert min(halves(by_words[language])) >= 0.8


def test_meaning_adds_to_words(register: Register, by_words: Mapping[str, Recall]) -> None:
    learn([one[language] for one in questions().values() for language in LANGUAGES])
    both = {language: halves(recalls(register, language, meaning=True)) for language in LANGUAGES}
    assert min(map(min, both.values())) >= 0.8
    held_out = sum(found[1] for found in both.values())
    assert held_out > sum(halves(found)[1] for found in by_words.values())
