"""Coalitions and clubs: which are stable, what they are worth, and whether to join."""
