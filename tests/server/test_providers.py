"""The file that names providers of OpenID Connect: what it may say, and all that can be wrong with it."""

from pathlib import Path

import pytest

from comity.server.identity.providers import origin_of, read_providers
from comity.service import Refusal

GOOD = """\
[[provider]]
id = "ministry"
name = "The Ministry"
server = "https://login.example.org:8443/realms/ministry"
client = "comity"
secret_file = "ministry.secret"
token_auth = "client_secret_basic"
"""


def test_a_provider(tmp_path: Path) -> None:
    (tmp_path / "oidc.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "ministry.secret").write_text("between us\n", encoding="utf-8")
    (found,) = read_providers(tmp_path / "oidc.toml")
    assert (found["provider_id"], found["client_id"], found["secret"]) == ("ministry", "comity", "between us")
    assert found["settings"].items() >= {("token_auth_method", "client_secret_basic")}
    assert origin_of(found) == "https://login.example.org:8443"
    (tmp_path / "oidc.toml").write_text(GOOD + 'pages = "https://id.example.org/in"\n', encoding="utf-8")
    assert origin_of(read_providers(tmp_path / "oidc.toml")[0]) == "https://id.example.org"


def test_none_without_a_file(tmp_path: Path) -> None:
    assert read_providers(tmp_path / "oidc.toml") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[provider]\n", ["oidc.toml"]),
        ("provider = 1\n", ["only tables [[provider]]"]),
        ("[other]\n", ["only tables [[provider]]"]),
        ("[[provider]]\n", ["“id” is missing", "“server” is missing", "either “secret” or “secret_file”"]),
        (GOOD + 'secret = "x"\n', ["either “secret” or “secret_file”"]),
        (GOOD + 'colour = "red"\n', ["“colour” is not a key"]),
        (GOOD.replace('"ministry"', '"The Ministry!"'), ["small letters"]),
        (GOOD.replace("https:", "http:"), ["begins with https://"]),
        (GOOD.replace('"comity"', "1"), ["“client” is not a text"]),
        (GOOD, ["ministry.secret cannot be read"]),
    ],
)
def test_all_that_is_wrong_is_said(tmp_path: Path, text: str, says: list[str]) -> None:
    (tmp_path / "oidc.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_providers(tmp_path / "oidc.toml")
    told = " ".join(f"{finding.file}: {finding.says}" for finding in refused.value.findings)
    assert [text for text in says if text not in told] == []
    assert {finding.code for finding in refused.value.findings} == {"provider-invalid"}
