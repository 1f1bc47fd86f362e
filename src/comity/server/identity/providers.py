"""Providers of OpenID Connect, by which people of an institution log in with the account they have there.

One TOML file names them, beside the log or where `COMITY_OIDC` says:

    [[provider]]
    id = "ministry"                     # stands in addresses: letters, digits and dashes
    name = "Ministry of Foreign Affairs"
    server = "https://login.example.org/realms/ministry"
    client = "comity"
    secret_file = "ministry.secret"     # beside this file; or: secret = "…"
    pages = "https://id.example.org"    # where people log in there, if not at the address of the server
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli

from comity.findings import Finding
from comity.service import Refusal

__all__ = ["origin_of", "read_providers"]

_NEEDED = ("id", "name", "server", "client")
_KNOWN = {*_NEEDED, "secret", "secret_file", "token_auth", "pages"}
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


def read_providers(file: Path) -> list[dict[str, Any]]:
    """The providers as allauth wants them told; none where there is no file.

    Raises `Refusal` with all that is wrong.
    """
    if not file.is_file():
        return []
    try:
        told = tomli.loads(file.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal((_wrong(file, str(error)),)) from error
    entries = told.get("provider", [])
    if not isinstance(entries, list) or set(told) - {"provider"} or not all(isinstance(e, dict) for e in entries):
        raise Refusal((_wrong(file, "only tables [[provider]] stand in this file"),))
    if found := [_wrong(file, says) for number, entry in enumerate(entries, 1) for says in _faults(number, entry)]:
        raise Refusal(tuple(found))
    return [_app(file, entry) for entry in entries]


def origin_of(app: dict[str, Any]) -> str:
    """Where a provider's pages are: scheme, name and port."""
    parts = urlsplit(app["settings"].get("pages") or app["settings"]["server_url"])
    return f"{parts.scheme}://{parts.netloc}"


def _faults(number: int, entry: dict[str, Any]) -> list[str]:
    name = f"provider {number}"
    found = [f"{name}: “{key}” is missing" for key in _NEEDED if not entry.get(key)]
    found += [f"{name}: “{key}” is not a key of a provider" for key in sorted(set(entry) - _KNOWN)]
    found += [f"{name}: “{key}” is not a text" for key, value in entry.items() if not isinstance(value, str)]
    if ("secret" in entry) == ("secret_file" in entry):
        found.append(f"{name}: either “secret” or “secret_file” is needed")
    if not _ID.fullmatch(str(entry.get("id", "x"))):
        found.append(f"{name}: an id is of small letters, digits and dashes")
    server = urlsplit(str(entry.get("server", "https://x")))
    if server.scheme != "https" and server.hostname not in {"localhost", "127.0.0.1"}:
        found.append(f"{name}: “server” begins with https://")
    return found


def _app(file: Path, entry: dict[str, Any]) -> dict[str, Any]:
    if "secret_file" in entry:
        place = file.parent / entry["secret_file"]
        try:
            secret = place.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Refusal((_wrong(file, f"{place} cannot be read: {error.strerror}"),)) from error
    else:
        secret = entry["secret"]
    called = {"token_auth": "token_auth_method", "pages": "pages"}
    more = {name: entry[key] for key, name in called.items() if key in entry}
    return {
        "provider_id": entry["id"],
        "name": entry["name"],
        "client_id": entry["client"],
        "secret": secret,
        "settings": {"server_url": entry["server"]} | more,
    }


def _wrong(file: Path, says: str) -> Finding:
    return Finding(
        code="provider-invalid",
        level="error",
        file=str(file),
        says=says,
        do="docs/how-to/accounts.md shows what the file holds",
    )
