"""Comity: who is bound by what, on any date, as far as is known, and why."""
