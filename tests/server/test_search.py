"""The search box: what people type in six languages, and what they mean by it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from comity.server.search.page import marked
from comity.server.words import LANGUAGES
from comity.service import Register, open_register
from comity.service.finding import sources
from comity.service.finding.folding import stems, words_of
from comity.service.finding.index import Entry, Index
from comity.service.finding.sources import entries_of

# What is typed, and the first find it must lead to. Inflected, abbreviated, misspelt, unfinished, by a nickname.
ASKED = (
    # English
    ("paris", "instrument paris-agreement"),
    ("Paris Agreement", "instrument paris-agreement"),
    ("agreement paris", "instrument paris-agreement"),
    ("law of the sea", "instrument unclos"),
    ("landmines", "instrument ottawa-convention"),
    ("Ottawa treaty", "instrument ottawa-convention"),
    ("CEDAW", "instrument cedaw"),
    ("convention on the rights of the child", "instrument crc"),
    ("child rights convention", "instrument crc"),
    ("nuclear non proliferation", "instrument npt"),
    ("treaty on the non-prolif", "instrument npt"),
    ("ozone layer", "instrument vienna-convention-ozone"),
    ("mercury", "instrument minamata-convention"),
    ("bilogical weapons", "instrument bwc"),
    ("Geneva Convetions", "instrument geneva-conventions"),
    ("kyoto protocl", "instrument kyoto-protocol"),
    ("Holland", "actor NLD"),
    ("vatican", "actor VAT"),
    ("cote d'ivoire", "actor CIV"),
    ("Ivory Coast", "actor CIV"),
    ("turkey", "actor TUR"),
    ("ussr", "actor SUN"),
    ("EEC", "actor EUU"),
    ("FRA", "actor FRA"),
    ("250", "actor FRA"),
    ("germny", "actor DEU"),
    ("BRICS", "group brics"),
    ("least developed countries", "group ldc"),
    ("ratification", "term act.ratification"),
    ("reservations", "term act.reservation"),
    ("diplomatic bag", "provision vcdr 27|provision vcdr 27(3)"),
    ("article 21 paris", "provision paris-agreement 21"),
    ("vclt 20", "provision vclt 20"),
    ("extradition", "provision uncac 44"),
    ("qualified majority", "provision treaty-on-european-union 16(4)"),
    ("european council qualified majority", "rule eu-council-qmv"),
    # French
    ("droits de l’enfant", "instrument crc"),
    ("accord de paris", "instrument paris-agreement"),
    ("traité d'interdiction des armes nucléaires", "instrument tpnw"),
    ("traite interdiction armes nucleaires", "instrument tpnw"),
    ("TNP", "instrument npt"),
    ("cour pénale internationale", "instrument rome-statute"),
    ("genocide", "instrument genocide-convention"),
    ("réfugiés", "instrument refugee-convention"),
    ("Pays-Bas", "actor NLD"),
    ("Etats-Unis", "actor USA"),
    ("adhésion", "term act.accession"),
    # Spanish
    ("derechos del niño", "instrument crc"),
    ("derechos del nino", "instrument crc"),
    ("desertificacion", "instrument unccd"),
    ("minas terrestres", "instrument ottawa-convention"),
    ("España", "actor ESP"),
    ("Estados Unidos de America", "actor USA"),
    ("Corea del Norte", "actor PRK"),
    ("adhesión", "term act.accession"),
    ("valija diplomatica", "provision vcdr 27|provision vcdr 27(3)"),
    # Russian
    ("Парижское соглашение", "instrument paris-agreement"),
    ("парижского соглашения", "instrument paris-agreement"),
    ("о Парижском соглашении", "instrument paris-agreement"),
    ("конвенция о правах ребенка", "instrument crc"),
    ("конвенцию по правам ребёнка", "instrument crc"),
    ("нераспространение ядерного оружия", "instrument npt"),
    ("ДНЯО", "instrument npt"),
    ("морскому праву", "instrument unclos"),
    ("устав оон", "instrument un-charter"),
    ("венская канвенция о праве международных договоров", "instrument vclt"),
    ("Россия", "actor RUS"),
    ("Египта", "actor EGY"),
    ("Соединенные Штаты", "actor USA"),
    ("ратификации", "term act.ratification"),
    ("оговорок", "term act.reservation"),
    # Arabic
    ("اتفاق باريس", "instrument paris-agreement"),
    ("حقوق الطفل", "instrument crc"),
    ("اتفاقيه حقوق الطفل", "instrument crc"),
    ("لحقوق الطفل", "instrument crc"),
    ("اتفاقية سيداو", "instrument cedaw"),
    ("قانون البحار", "instrument unclos"),
    ("حظر الاسلحة النووية", "instrument tpnw"),
    ("مُعاهدة عدم انتشار", "instrument npt"),
    ("مصر", "actor EGY"),
    ("الأردن", "actor JOR"),
    ("اردن", "actor JOR"),
    ("والأردن", "actor JOR"),
    ("تصديق", "term act.ratification"),
    ("التحفظات", "term act.reservation"),
    # Chinese
    ("巴黎协定", "instrument paris-agreement"),
    ("儿童权利公约", "instrument crc"),
    ("儿童公约", "instrument crc"),
    ("气候变化公约", "instrument unfccc"),
    ("海洋法公约", "instrument unclos"),
    ("不扩散核武器", "instrument npt"),
    ("联合国宪章", "instrument un-charter"),
    ("地雷", "instrument ottawa-convention"),
    ("死刑", "instrument iccpr-op2"),
    ("法国", "actor FRA"),
    ("俄罗斯", "actor RUS"),
    ("批准", "term act.ratification"),
    ("保留", "term act.reservation"),
)


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


@pytest.fixture(scope="module")
def index(register: Register) -> Index:
    return Index(entries_of(register.reading))


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def named(entry: Entry) -> str:
    return " ".join(part for part in (entry.kind, entry.id, entry.number) if part)


@pytest.mark.parametrize(("typed", "meant"), ASKED)
def test_what_is_typed_leads_to_what_is_meant(index: Index, typed: str, meant: str) -> None:
    assert named(index.find(typed).hits[0]) in meant.split("|")


def test_every_actor_is_found_by_each_of_its_names(index: Index, register: Register) -> None:
    """Not always first: Guinea is within Guinea-Bissau, and a State may have had the name of another."""
    for actor in register.reading.directory.actors.values():
        for name in actor.names.values():
            assert any(entry.id == actor.id for entry in index.find(name).hits), name


def test_every_instrument_is_the_first_find_for_its_own_title(index: Index, register: Register) -> None:
    for name in register.reading.ids():
        for title in (name, *sources.names_in_all(f"title.{name}")):
            assert named(index.find(title).hits[0]) == f"instrument {name}", title


def test_words_may_be_unfinished(index: Index) -> None:
    assert index.find("biodivers").hits[0].id == "cbd"
    assert index.find("genoc conv").hits[0].id == "genocide-convention"


def test_of_two_words_one_is_not_enough(index: Index) -> None:
    assert not index.find("zebra convention").hits


def test_what_was_meant_is_said(index: Index) -> None:
    found = index.find("genocyde convention")
    assert (found.meant, found.partly) == ("genocide convention", False)
    assert index.find("genocide convention").meant == ""


def test_most_of_the_words_will_do_where_nothing_has_all(index: Index) -> None:
    found = index.find("convention on the rights of the zebra child")
    assert found.partly
    assert found.hits
    assert not index.find("zebra quagga").hits
    assert not index.find("zebra quagga").partly


@given(st.text(max_size=40))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    small = Index([Entry(kind="actor", id="CHE", names=("Switzerland", "Suisse", "瑞士"))])
    found = small.find(typed)
    assert re.sub(r"<.*?>", "", marked(typed, found)).count("<") == 0


@pytest.mark.parametrize(
    "typed", ['"', "NEAR(a b)", "a* OR b", "names:x", "-x", "^x", "{names} : y", "\x00", "a AND", "("]
)
def test_the_language_of_the_index_is_not_that_of_its_readers(index: Index, typed: str) -> None:
    index.find(typed)


def test_threads_share_an_index(index: Index) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: index.find("torture").hits[0].id, range(40)))
    assert set(found) == {"cat"}


@pytest.mark.parametrize(
    "forms",
    [
        ("Convention", "conventions", "CONVENTION"),
        ("treaty", "treaties"),
        ("organisation", "organization", "organisations"),
        ("tratado", "tratados"),
        ("Türkiye", "turkiye"),
        ("São", "sao"),
        ("Łódź", "lodz"),
        ("конвенция", "Конвенции", "конвенцию", "конвенцией", "конвенций"),
        ("ядерного", "ядерный", "ядерное", "ядерных"),
        ("ребёнка", "ребенка"),
        ("الاتفاقية", "اتفاقية", "إتفاقيه", "اتفاقيات", "اتّفاقية", "والاتفاقية"),
        ("أوروبا", "اوروبا"),
        ("١٩٥١", "1951"),
    ],
)
def test_forms_of_one_word_are_one(forms: tuple[str, ...]) -> None:
    assert len({stems(form)[0] for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Niger", "Nigeria"),
        ("Iran", "Iraq"),
        ("мир", "море"),
        ("مصر", "صور"),
        ("Austria", "Australia"),
        ("Mali", "Malawi"),
    ],
)
def test_words_that_differ_stay_apart(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_chinese_is_pairs_of_signs_and_numbers_stay_whole() -> None:
    assert [found for _, _, found in words_of("2030年议程")] == [("2030",), ("年议",), ("议程",)]
    assert [found for _, _, found in words_of("法")] == [("法",)]


def test_what_was_found_is_marked_and_the_rest_escaped(index: Index) -> None:
    assert marked("<b> The Death-Penalty", index.find("death penalties")) == (
        "&lt;b&gt; The <mark>Death</mark>-<mark>Penalty</mark>"
    )
    assert marked("儿童权利公约", index.find("儿童权利")) == "<mark>儿童权利</mark>公约"


def test_by_names_and_topics_are_of_what_the_register_has(register: Register) -> None:
    reading = register.reading
    assert set(sources._also("instrument")) <= set(reading.ids())
    assert set(sources._also("actor")) <= set(reading.directory.actors)
    assert set(sources._also("group")) <= set(reading.directory.groups)
    topics = {
        topic for name in reading.ids() if (it := reading.instrument(name)) for p in it.provisions for topic in p.topics
    }
    named = sources._read("topics.toml")
    assert set(named) - topics <= {"access"}
    assert {topic for topic, said in named.items() if len(sources._topic(topic)) != 5} == set()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_page_shows_finds_of_every_kind_with_links_that_lead_somewhere(client: Client, language: str) -> None:
    page = client.get(f"/{language}/", {"q": "reservations", "on": "2020-01-01"}).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'<li><p><a href="([^"]*)"', page)]
    assert links[0] == f"/{language}/terms?on=2020-01-01#act-reservation"
    assert "<mark>" in page
    for link in (links[0], links[1]):
        assert client.get(link).status_code == 200
    assert 'id="act-reservation"' in client.get(links[0]).content.decode()


def test_one_kind_can_be_looked_at_alone(client: Client) -> None:
    page = client.get("/en/", {"q": "convention", "kind": "group"}).content.decode()
    assert "/en/groups/" in page
    assert 'href="/en/instruments/crc"' not in page
    assert 'aria-current="true">Groups of States' in page


def test_a_slip_is_mended_and_said(client: Client) -> None:
    page = client.get("/en/", {"q": "Genoside"}).content.decode()
    assert "Nothing is called" in page
    assert "/en/instruments/genocide-convention" in page
    assert "Nothing" in client.get("/en/", {"q": "xyzzyxyzzy"}).content.decode()


def test_the_terms_stand_side_by_side_and_can_be_taken_away(client: Client) -> None:
    page = client.get("/fr/terms").content.decode()
    for said in ("ratification", "تصديق", "VCLT 2(1)(b), 14", "ратификация"):
        assert said in page
    found = client.get("/fr/terms?format=json").json()
    assert [table["id"] for table in found["tables"]] == ["terms-act", "terms-status", "terms-kind", "rules"]
    assert all(value for row in found["tables"][0]["rows"] for key, value in row.items() if key != "law")
