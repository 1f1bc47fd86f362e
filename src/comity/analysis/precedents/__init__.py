"""Agreements like one, and what could be agreed first."""
