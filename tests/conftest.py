"""What every test may ask for."""

from pathlib import Path

import pytest

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
