"""Saved analyses: started, looked on at, cancelled, cited, shared, done again, and seen by nobody else before."""

import html
import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client
from pyarrow import parquet

from comity.cli.main import main
from comity.server.identity import people
from comity.server.runs import views, working
from comity.server.runs.models import SavedRun
from comity.server.studio import (
    clubs,
    coalitions,
    inclusion,
    package_studies,
    packages,
    positions,
    shares,
)
from comity.server.studio.urls import urlpatterns
from comity.service import open_register
from comity.service.apart import StoppedError, Task
from comity.service.form import answered, read_inputs
from comity.service.methods import METHODS
from comity.service.runs import read_run

pytestmark = pytest.mark.usefixtures("private")

POWER = json.dumps(METHODS["power"].example)


def logged_in(name: str = "reader") -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(people.add(email=f"{name}@example.org", role="public"))
    return client


@pytest.fixture
def client() -> Client:
    return logged_in()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Computed before the answer comes, for a thread would not see what a test has not committed."""
    monkeypatch.setattr(working, "start", lambda run: working.work(run.pk))


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is computed."""
    monkeypatch.setattr(working, "start", lambda _run: None)


def start(client: Client, inputs: str = POWER, method: str = "power") -> HttpResponse:
    return client.post("/en/analysis/runs", {"method": method, "inputs": inputs})


def test_a_run_is_kept_cited_and_done_again_by_command(client: Client, tmp_path: Path) -> None:
    answer = start(client)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    text = page.content.decode()
    run = SavedRun.objects.get()
    assert (run.state, run.shared) == ("done", False)
    file = client.get(f"/en/analysis/runs/{run.key}/run.json").content
    told = read_run(file)
    assert told.sha256 in text
    assert f"http://localhost/en/analysis/runs/{run.key}" in text
    assert told.register[0].kind == "log"
    assert (told.register[0].size, told.register[0].root) == (run.size, told.register[0].root)
    assert "Penrose" in text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Refresh" not in page.headers
    # The register that ships and the log over it say the same of the Council.
    (tmp_path / "run.json").write_bytes(file)
    from click.testing import CliRunner  # noqa: PLC0415  # this test alone

    again = CliRunner().invoke(main, ["rerun", str(tmp_path / "run.json"), "--format", "json"])
    assert json.loads(again.output)["outcome"] == "same"
    assert json.loads(again.output)["notes"]
    listed = client.get("/en/analysis/runs").content.decode()
    assert f"/en/analysis/runs/{run.key}" in listed


def test_tables_leave_in_every_form(client: Client) -> None:
    where = start(client).headers["Location"]
    rows = client.get(f"{where}?format=csv&table=members").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 16
    assert rows[0].startswith("actor,weight,swings")
    assert client.get(f"{where}?format=xlsx").content[:2] == b"PK"


def test_nobody_else_reads_it_before_it_is_shared(client: Client) -> None:
    where = start(client).headers["Location"]
    others = (logged_in("other"), Client(headers={"host": "localhost"}))
    assert [one.get(where).status_code for one in others] == [404, 404]
    assert [one.get(f"{where}/run.json").status_code for one in others] == [404, 404]
    assert others[0].post(f"{where}/share").status_code == 404
    client.post(f"{where}/share")
    assert [one.get(where).status_code for one in others] == [200, 200]
    assert others[0].post(f"{where}/remove").status_code == 404
    assert "Delete this analysis" not in others[0].get(where).content.decode()
    client.post(f"{where}/remove")
    assert client.get(where).status_code == 404


@pytest.mark.usefixtures("waiting")
def test_a_run_that_goes_on_shows_how_far_it_is_and_can_be_cancelled(client: Client) -> None:
    where = start(client).headers["Location"]
    SavedRun.objects.update(state=SavedRun.RUNNING, done=3, total=7)
    page = client.get(where)
    assert page.headers["Refresh"] == "5"
    assert '<progress max="7" value="3"' in page.content.decode()
    assert "Refresh" not in client.get(f"{where}?still=1").headers
    client.post(f"{where}/cancel")
    run = SavedRun.objects.get()
    assert run.wanted is False
    working.work(run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert client.get(f"{where}/run.json").status_code == 404


@pytest.mark.usefixtures("waiting")
def test_a_run_whose_server_has_gone_has_ended(client: Client) -> None:
    where = start(client).headers["Location"]
    SavedRun.objects.update(beat=datetime.now(UTC) - timedelta(minutes=5))
    assert "Ended before it was done" in client.get(where).content.decode()
    assert SavedRun.objects.get().state == "ended"


def test_whoever_cancels_is_heard_by_the_process_that_follows(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def followed(_task: Task, _progress: object, wanted: object) -> None:
        assert callable(wanted)
        assert wanted()
        SavedRun.objects.update(wanted=False)
        monkeypatch.setattr(working, "_BEAT", -1.0)
        assert not wanted()
        raise StoppedError

    monkeypatch.setattr(working, "compute", followed)
    start(client)
    assert SavedRun.objects.get().state == "cancelled"


def test_what_is_refused_and_what_breaks_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    where = start(client, json.dumps({"rule": "no-such-rule", "on": "2020-01-01"})).headers["Location"]
    assert "no rule is called" in client.get(where).content.decode()
    assert SavedRun.objects.get().state == "refused"
    monkeypatch.setattr(working, "LARGEST", 10)
    start(client)
    assert msgspec.json.decode(bytes(SavedRun.objects.first().told))[0]["code"] == "run-too-large"  # type: ignore[union-attr]  # it is there

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(working, "compute", broken)
    where = start(client).headers["Location"]
    assert "Ended before it was done" in client.get(where).content.decode()
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("inputs", "method"), [("{", "power"), ("{}", "power"), (POWER, "none"), ("[" * 99_999, "power"), ("", "club")]
)
def test_faulty_inputs_start_nothing(client: Client, inputs: str, method: str) -> None:
    answer = start(client, inputs, method)
    assert answer.status_code == 400
    assert "This cannot be answered as it stands" in answer.content.decode()
    assert not SavedRun.objects.exists()


@pytest.mark.usefixtures("waiting")
def test_one_person_has_so_many_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    start(client)
    start(client)
    assert "Two of your analyses" in start(client).content.decode()
    assert start(logged_in("other")).status_code == 302
    SavedRun.objects.update(state=SavedRun.DONE)
    monkeypatch.setattr(views, "MOST", 2)
    assert "Remove one first" in start(client).content.decode()


def test_every_method_has_an_example_to_start_from(client: Client) -> None:
    for name in METHODS:
        page = client.get("/ar/analysis/runs", {"method": name})
        assert page.status_code == 200
        assert f'<option value="{name}" selected>' in page.content.decode()
    assert Client(headers={"host": "localhost"}).get("/en/analysis/runs").status_code == 302


def test_what_a_page_of_the_studio_answered_can_be_saved(client: Client) -> None:
    where = "/en/analysis/power?rule=unsc-substantive&on=2022-06-01"
    assert "Save this analysis" not in Client(headers={"host": "localhost"}).get(where).content.decode()
    page = client.get(where).content.decode()
    assert 'name="method" value="power"' in page
    found = re.search(r'name="inputs" value="([^"]+)"', page)
    assert found is not None
    assert start(client, html.unescape(found[1])).status_code == 302
    assert SavedRun.objects.get().state == "done"


# A question to each page of the studio that computes, and the method whose answer it offers to keep.
EXAMPLES = {
    "power": ({"rule": "unsc-substantive", "on": "2022-06-01", "then": "1965-01-01"}, "power-study"),
    "quota": ({"rule": "unsc-substantive", "on": "2022-06-01"}, "power-quota"),
    "design": ({"weights": "eu-population", "on": "2014-11-01"}, "power-design"),
    "club": ({"example": "1"}, "club"),
    "coalitions": ({"example": "1"}, "coalitions"),
    "package": ({"example": "1"}, "package"),
    "positions": ({"example": "1"}, "blocs"),
    "inclusion": ({"example": "1"}, "inclusion"),
    "shares": ({"example": "1"}, "shares"),
    "precedents": ({"instrument": "paris-agreement", "on": "2025-01-01"}, "precedents"),
    "next-step": ({"example": "1"}, "next-step"),
}


def test_every_page_of_the_studio_is_asked_below() -> None:
    pages = {str(one.pattern).rpartition("/analysis/")[2] for one in urlpatterns if "/analysis/" in str(one.pattern)}
    # Forecasts take a while to learn, and are asked where that is tried.
    assert pages == {*EXAMPLES, "forecast"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_any_page_of_the_studio_answered_can_be_saved(
    client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this process, which has what the method needs already: what is looked at is what the page would have kept.
    for module in (clubs, coalitions, inclusion, package_studies, packages, positions, shares):
        if hasattr(module, "apart"):
            monkeypatch.setattr(module, "apart", _here)
    query, method = EXAMPLES[name]
    page = client.get(f"/ar/analysis/{name}", query).content.decode()
    action, kept, inputs = re.findall(
        r'<form method="post" action="(/ar/analysis/runs)">.*?name="method" value="([^"]+)"'
        r'.*?name="inputs" value="([^"]+)"',
        page,
        re.DOTALL,
    )[0]
    assert kept == method
    monkeypatch.setattr(working, "start", lambda _run: None)
    assert client.post(action, {"method": kept, "inputs": html.unescape(inputs)}).status_code == 302
    run = SavedRun.objects.get()
    # As the page asked it, and nothing is lost on the way.
    assert msgspec.json.decode(html.unescape(inputs)).items() <= msgspec.json.decode(bytes(run.inputs)).items()


def _here(what: str, asked: dict[str, object], where: object = None, **_more: object) -> object:
    del where
    method = METHODS[what]
    return msgspec.json.decode(msgspec.json.encode(answered(method, open_register(), read_inputs(method, asked), None)))


def test_what_is_kept_of_the_past_asks_the_past(client: Client) -> None:
    where = "/en/analysis/power?rule=unsc-substantive&on=2022-06-01"
    size = re.search(r"known=(\d+)", client.get(where).content.decode())
    assert size is not None
    page = client.get(f"{where}&known={size[1]}").content.decode()
    assert f'action="/en/analysis/runs?known={size[1]}"' in page


def test_the_index_has_every_method_and_a_way_to_each(client: Client) -> None:
    page = client.get("/en/analysis").content.decode()
    for method in METHODS.values():
        own = f'href="/en/analysis/{method.page or method.id}"'
        assert own in page or f'href="/en/analysis/runs?method={method.id}"' in page
    for address in re.findall(r'<p class="kind"><a href="([^"]+)"', page):
        assert client.get(html.unescape(address)).status_code == 200


def test_drawings_and_columns_leave_the_studio() -> None:
    client = Client(headers={"host": "localhost"})
    where = "/ar/analysis/power?rule=unsc-substantive&on=2022-06-01"
    picture = client.get(f"{where}&format=svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    tree = ET.fromstring(picture.content)  # noqa: S314  # our own
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert b"var(" not in picture.content
    assert len(tree.findall(".//{http://www.w3.org/2000/svg}rect[@class='m0']")) == 15
    table = parquet.read_table(io.BytesIO(client.get(f"{where}&format=parquet").content))
    assert table.num_rows == 15
    assert int(table.schema.metadata[b"comity.size"]) > 0
    assert client.get("/en/groups?format=parquet").status_code == 404
