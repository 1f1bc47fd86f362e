"""Comity: who is bound by what, on any date, as far as is known, and why."""

from comity.law.rows import columns_of as columns
from comity.law.rows import rows
from comity.service import Refusal, Register
from comity.service import open_register as open  # noqa: A004  # comity.open is to registers what open is to files

__all__ = ["Refusal", "Register", "columns", "open", "rows"]
