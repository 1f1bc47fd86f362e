"""Lists that treaty offices bring: private to who brought them, and never in the log."""
