"""What every test may ask for."""

from pathlib import Path

import pytest
from hypothesis import settings

from comity.service import Register, open_register

# A machine that has other things to do is no fault of the code: no example is timed.
settings.register_profile("untimed", deadline=None, print_blob=True)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the checkout, which no release carries; skips where it is absent."""
    if not DEVELOPMENT_DATA.is_dir():
        pytest.skip("the development data (../shared/data) is not beside this checkout")
    return DEVELOPMENT_DATA


@pytest.fixture(scope="session")
def shipped() -> Register:
    """The register that ships, read once: it never changes."""
    return open_register()


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch, shipped: Register) -> None:
    """Let every command that asks the register that ships ask the same one."""

    def opened(address: str | Path | None = None, known: str | int | None = None) -> Register:
        return shipped if address is None and known is None else open_register(address, known)

    monkeypatch.setattr("comity.cli.options.open_register", opened)
