"""The face of the package."""

import subprocess
import sys

import pytest

import comity.register as face


@pytest.mark.parametrize("name", face.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(face, name).__name__ == name


def test_there_are_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = face.nothing


def test_the_face_alone_imports_no_cryptography_and_no_data_base() -> None:
    heavy = "('cryptography', 'psycopg', 'comity.register.log', 'comity.register.sqlite')"
    code = f"import sys, comity.register; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_psycopg_is_asked_for_only_where_it_is_needed() -> None:
    code = "import sys, comity.register as r; r.Log; r.verify; print('psycopg' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_no_public_name_is_hidden_by_a_module_of_the_same_name() -> None:
    for name in face.__all__:
        assert callable(getattr(face, name)), name
        assert callable(getattr(face, name)), name  # again, now that its module is imported
