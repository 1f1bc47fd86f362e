"""Ratification as event history, and when a rule will be met."""
