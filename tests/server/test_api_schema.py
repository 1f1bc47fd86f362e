"""The API against its own description: requests made from it, right and wrong, and every answer held to it.

`schemathesis` asks with the examples, at the bounds of every parameter, and with what its seed draws. No answer may be
a fault of the program, of a status or a form that the description does not name, or take what it says is wrong.
"""

from collections.abc import Iterator
from datetime import date

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import EngineEvent, FatalError, NonFatalError, ScenarioFinished
from schemathesis.schemas import BaseSchema

from comity.acts import CONSENT
from comity.server.wsgi import application

CONFIG = {
    "seed": 20_161_104,
    "headers": {"Accept-Encoding": "identity"},  # asked in this process, nothing unpacks the answers
    "generation": {"deterministic": True, "max-examples": 4, "database": "none"},
    "operations": [
        {
            # A rule whose members the register does not name is there, and bears no such question (422).
            "include-name": "GET /rules/{rule}/power",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}},
        },
        {
            # No description can say that one day is to lie after another (400).
            "include-name": "GET /instruments/{instrument}/forecast",
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "422"]}},
        },
    ],
    "phases": {"stateful": {"enabled": False}},  # nothing can be changed
}

# The years of the calendar that are no placeholders, as the pattern of the parameter says.
schemathesis.openapi.format("date", st.dates(date(1600, 1, 1), date(2499, 12, 31)).map(date.isoformat))
# An act that can be supposed: the pattern cannot say which days and kinds there are.
_ACTORS = ("FRA", "USA", "none-such")
schemathesis.openapi.format(
    "act",
    st.builds(
        "{} {} {}".format,
        st.dates(date(1990, 1, 1), date(2040, 12, 31)),
        st.sampled_from(_ACTORS),
        st.sampled_from(sorted(CONSENT)),
    ),
)


@pytest.fixture
def described() -> BaseSchema:
    config = SchemathesisConfig.from_dict(CONFIG)
    # Methods are computed in processes of their own, too slow to be drawn at random: tests/server/test_methods.py.
    whole: BaseSchema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)
    return whole.exclude(method="POST")


def failures(event: EngineEvent) -> Iterator[str]:
    if isinstance(event, NonFatalError | FatalError):
        yield str(event)
    elif isinstance(event, ScenarioFinished):
        for number, checks in event.recorder.checks.items():
            label = event.recorder.cases[number].value.operation.label
            failed = (check.failure_info for check in checks if check.failure_info is not None)
            yield from (f"{label}: {info.failure}\n{info.code_sample}" for info in failed)


def test_the_api_keeps_what_its_description_promises(described: BaseSchema) -> None:
    found: list[str] = []
    asked = 0
    for event in from_schema(described).execute():
        found += failures(event)
        asked += len(event.recorder.cases) if isinstance(event, ScenarioFinished) else 0
    assert found == []
    assert asked > 1000
