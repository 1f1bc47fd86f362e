"""Voting power under decision rules."""
