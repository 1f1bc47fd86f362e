"""Legal dates against published facts and against what must hold for every date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.dates import EARLIEST, LATEST, Delay, LegalDate, Window, parse_date, parse_legal_date

NINETIETH_DAY = Delay(days=90)
ILO_DENUNCIATION = Window(every=Delay(years=10), open=Delay(years=1))

days = st.dates(EARLIEST, LATEST)
delays = st.builds(
    Delay,
    years=st.integers(0, 50),
    months=st.integers(0, 60),
    days=st.integers(0, 1000),
    then=st.sampled_from([None, "first-of-month", "end-of-year"]),
    inclusive=st.booleans(),
)


def at(text: str) -> date:
    return date.fromisoformat(text)


# The deposit that met the clause, the clause, and the date of effect that the depositary states.
PUBLISHED = [
    pytest.param("1950-10-14", NINETIETH_DAY, "1951-01-12", id="Genocide Convention XIII, 20th instrument"),
    pytest.param("1979-12-28", Delay(days=30), "1980-01-27", id="VCLT 84(1), 35th instrument"),
    pytest.param("1993-11-16", Delay(months=12), "1994-11-16", id="UNCLOS 308(1), 60th instrument"),
    pytest.param("1996-10-31", Delay(days=180), "1997-04-29", id="CWC XXI(1), 65th instrument"),
    pytest.param(
        "1998-09-16", Delay(months=5, then="first-of-month"), "1999-03-01", id="Ottawa 17(1), sixth month after"
    ),
    pytest.param(
        "2002-04-11", Delay(days=60, then="first-of-month"), "2002-07-01", id="Rome Statute 126(1), 60th instrument"
    ),
    pytest.param("2004-11-18", NINETIETH_DAY, "2005-02-16", id="Kyoto 25(1)"),
    pytest.param("2005-09-15", NINETIETH_DAY, "2005-12-14", id="UNCAC 68(1), 30th instrument"),
    pytest.param("2008-04-03", Delay(days=30), "2008-05-03", id="CRPD 45(1), 20th instrument"),
    pytest.param(
        "2010-02-16", Delay(months=5, then="first-of-month"), "2010-08-01", id="Oslo 17(1), sixth month after"
    ),
    pytest.param("2011-12-15", Delay(years=1), "2012-12-15", id="Kyoto 27(2), Canada's notice"),
    pytest.param("2016-10-05", Delay(days=30), "2016-11-04", id="Paris 21(1)"),
    pytest.param("2017-10-12", Delay(years=1, then="end-of-year"), "2018-12-31", id="UNESCO II(6), US notice"),
    pytest.param("2019-11-04", Delay(years=1), "2020-11-04", id="Paris 28(2), US notice"),
    pytest.param("2020-10-24", NINETIETH_DAY, "2021-01-22", id="TPNW 15(1), 50th instrument"),
    pytest.param("2021-01-20", Delay(days=30), "2021-02-19", id="Paris 21(3), US acceptance"),
]

# Article 34 of the BEPS Convention: three calendar months that begin on the day of deposit, then the first of a month.
BEPS = Delay(months=3, then="first-of-month", inclusive=True)
BEPS_EFFECTS = [
    ("2018-03-22", "2018-07-01"),  # Slovenia, the fifth instrument: the Convention enters into force
    ("2018-06-29", "2018-10-01"),  # United Kingdom
    ("2018-09-26", "2019-01-01"),  # France, Japan
    ("2019-06-25", "2019-10-01"),  # India
]


@pytest.mark.parametrize(("deposit", "delay", "effect"), PUBLISHED)
def test_a_delay_gives_the_date_that_the_depositary_published(deposit: str, delay: Delay, effect: str) -> None:
    assert delay.after(at(deposit)) == at(effect)


@pytest.mark.parametrize(("deposit", "effect"), BEPS_EFFECTS)
def test_months_that_begin_on_the_day_of_deposit(deposit: str, effect: str) -> None:
    assert BEPS.after(at(deposit)) == at(effect)


@pytest.mark.parametrize(
    ("start", "delay", "end"),
    [
        ("2021-03-01", Delay(days=90), "2021-05-30"),
        ("2023-01-31", Delay(months=1), "2023-02-28"),
        ("2024-01-31", Delay(months=1), "2024-02-29"),
        ("2024-02-29", Delay(years=1), "2025-02-28"),
        ("2024-02-29", Delay(years=4), "2028-02-29"),
        ("1900-01-31", Delay(months=1), "1900-02-28"),  # 1900 is no leap year, 2000 is
        ("2000-01-31", Delay(months=1), "2000-02-29"),
        ("2023-10-31", Delay(months=18), "2025-04-30"),
        # Largest first: the year is clipped to 28 February before the month and the days are added.
        ("2024-02-29", Delay(years=1, months=1, days=1), "2025-03-29"),
        ("2023-01-30", Delay(months=1, days=2), "2023-03-02"),  # days first would give 1 March
        ("2023-05-01", Delay(then="first-of-month"), "2023-06-01"),  # also from a first
        ("2023-12-15", Delay(then="first-of-month"), "2024-01-01"),
        ("2023-12-31", Delay(then="end-of-year"), "2023-12-31"),
        ("2018-04-01", BEPS, "2018-07-01"),  # April, May and June; without `inclusive` it would be 1 August
        ("2018-04-01", Delay(months=3, then="first-of-month"), "2018-08-01"),
        ("2020-01-01", Delay(), "2020-01-01"),
    ],
)
def test_delays_are_added_as_the_notation_says(start: str, delay: Delay, end: str) -> None:
    assert delay.after(at(start)) == at(end)


@given(days, st.integers(0, 5000))
def test_days_are_counted_one_by_one(day: date, count: int) -> None:
    assert (Delay(days=count).after(day) - day).days == count


@given(days, st.integers(0, 600))
def test_months_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    end = Delay(months=months).after(day)
    assert (end.year - day.year) * 12 + end.month - day.month == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 100))
def test_a_year_is_twelve_months(day: date, years: int) -> None:
    assert Delay(years=years).after(day) == Delay(months=12 * years).after(day)


@given(days, days, delays)
def test_whoever_deposits_first_is_never_bound_later(one: date, other: date, delay: Delay) -> None:
    first, second = sorted((one, other))
    assert delay.after(first) <= delay.after(second)


@given(days, delays)
def test_what_is_moved_on_lands_where_it_says(day: date, delay: Delay) -> None:
    end = delay.after(day)
    if delay.then == "first-of-month":
        assert end.day == 1
    if delay.then == "end-of-year":
        assert (end.month, end.day) == (12, 31)


@given(days, delays)
def test_inclusive_takes_one_day_less(day: date, delay: Delay) -> None:
    plain = Delay(years=delay.years, months=delay.months, days=delay.days)
    inclusive = Delay(years=delay.years, months=delay.months, days=delay.days, inclusive=True)
    assert plain.after(day) - inclusive.after(day) == timedelta(days=1)


@pytest.mark.parametrize(
    "delay",
    [Delay(years=9999), Delay(months=10**7), Delay(days=10**7), Delay(days=10**12), Delay(years=10**30)],
)
def test_a_delay_past_the_calendar_overflows(delay: Delay) -> None:
    with pytest.raises(OverflowError):
        delay.after(at("2020-01-01"))


def test_a_delay_moved_past_the_calendar_overflows() -> None:
    with pytest.raises(OverflowError, match="past the calendar"):
        Delay(then="first-of-month").after(date.max)


# Conventions of the International Labour Organization, the day each first came into force, and the year of
# denunciation that the Organization's own list (NORMLEX) gives for it.
@pytest.mark.parametrize(
    ("in_force", "opens", "closes"),
    [
        pytest.param("2000-11-19", "2010-11-19", "2011-11-19", id="C182, first window"),
        pytest.param("2000-11-19", "2020-11-19", "2021-11-19", id="C182, second window"),
        pytest.param("1976-06-19", "2026-06-19", "2027-06-19", id="C138, fifth window"),
        pytest.param("1950-07-04", "2030-07-04", "2031-07-04", id="C087, eighth window"),
    ],
)
def test_ilo_windows(in_force: str, opens: str, closes: str) -> None:
    start, first, end = at(in_force), at(opens), at(closes)
    one_day = timedelta(days=1)
    assert not ILO_DENUNCIATION.contains(start, first - one_day)
    assert ILO_DENUNCIATION.contains(start, first)
    assert ILO_DENUNCIATION.contains(start, end - one_day)
    assert not ILO_DENUNCIATION.contains(start, end)


def test_openings_are_listed_up_to_the_day_asked() -> None:
    windows = list(ILO_DENUNCIATION.openings(at("2000-11-19"), at("2020-11-19")))
    assert windows == [(at("2010-11-19"), at("2011-11-19")), (at("2020-11-19"), at("2021-11-19"))]


def test_a_window_never_opens_before_the_first_full_period() -> None:
    start = at("2000-11-19")
    assert not ILO_DENUNCIATION.contains(start, start)
    assert not list(ILO_DENUNCIATION.openings(start, start - timedelta(days=1)))


def test_windows_are_counted_from_the_start_so_a_leap_day_comes_back() -> None:
    yearly = Window(every=Delay(years=1), open=Delay(days=1))
    opens = [first.isoformat() for first, _ in yearly.openings(at("2020-02-29"), at("2024-12-31"))]
    assert opens == ["2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29"]


def test_an_empty_period_opens_nothing() -> None:
    assert not list(Window(every=Delay(), open=Delay(days=1)).openings(at("2020-01-01"), LATEST))


@given(days, days, st.integers(1, 20), st.integers(1, 3))
def test_contains_agrees_with_the_openings(start: date, day: date, every: int, months: int) -> None:
    window = Window(every=Delay(years=every), open=Delay(months=months))
    listed = [(first, end) for first, end in window.openings(start, day) if first <= day < end]
    assert window.contains(start, day) == bool(listed)
    if listed:
        assert (listed[0][0].year - start.year) % every == 0


@given(days)
def test_whole_dates_read_and_print_alike(day: date) -> None:
    text = day.isoformat()
    assert parse_date(text) == day
    assert parse_legal_date(text) == LegalDate.of(day)
    assert str(parse_legal_date(text)) == text
    assert parse_legal_date(text).exact


@given(days, st.sampled_from([4, 7]))
def test_partial_dates_stay_partial(day: date, length: int) -> None:
    text = day.isoformat()[:length]
    legal = parse_legal_date(text)
    assert str(legal) == text
    assert not legal.exact
    assert legal.first <= day <= legal.last
    # The period is whole: one day more at either end belongs to another.
    assert (legal.first - timedelta(days=1)).isoformat()[:length] != text
    assert (legal.last + timedelta(days=1)).isoformat()[:length] != text


def test_a_partial_date_counts_from_its_last_day_and_says_so_inside_the_period() -> None:
    legal = parse_legal_date("1951-07")
    assert (legal.first, legal.last) == (date(1951, 7, 1), date(1951, 7, 31))
    assert not legal.leaves_open(date(1951, 6, 30))
    assert legal.leaves_open(date(1951, 7, 1))
    assert legal.leaves_open(date(1951, 7, 30))
    assert not legal.leaves_open(date(1951, 7, 31))
    assert not parse_legal_date("1951-07-14").leaves_open(date(1951, 7, 14))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a date"),
        ("yesterday", "is not a date"),
        ("2016-1-5", "is not a date"),
        ("05/10/2016", "is not a date"),
        ("2016-10-05T00:00:00", "is not a date"),
        (" 2016-10-05", "is not a date"),
        ("2016-10-05\n", "is not a date"),
        ("٢٠١٦-١٠-٠٥", "is not a date"),  # digits of another script are not ISO 8601
        ("-2016", "is not a date"),
        ("2023-02-29", "is not a day of the calendar"),
        ("1900-02-29", "is not a day of the calendar"),
        ("2016-13", "is not a day of the calendar"),
        ("2016-00", "is not a day of the calendar"),
        ("2016-00-10", "is not a day of the calendar"),
        ("2016-01-00", "is not a day of the calendar"),
        ("2016-04-31", "is not a day of the calendar"),
        ("9999-12-31", "looks like a placeholder"),
        ("2899-01-01", "looks like a placeholder"),
        ("1000", "looks like a placeholder"),
        ("0000", "looks like a placeholder"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_legal_date(text)


@pytest.mark.parametrize("text", ["1951", "1951-07"])
def test_a_whole_day_is_asked_for_where_one_is_needed(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole date"):
        parse_date(text)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        legal = parse_legal_date(text)
    except ValueError:
        return
    assert str(legal) == text
