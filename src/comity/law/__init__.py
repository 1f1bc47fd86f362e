"""The law: who is bound by what on any date, toward whom, and why, computed from the acts."""
