"""Positions from votes, blocs, and who had what part."""
