"""Package deals over several issues: what could be agreed, what is best by which idea of fairness, and with what proof.

Parties value options issue by issue; a package picks one option an issue, and a party's utility is the sum, and what
options are worth together (`offers`). It is acceptable when no party falls below its disagreement point. `solutions`
has the best package by each idea of fairness, found by branch and bound (`branching`) over lotteries (`relaxed`) and,
for sums, by HiGHS (`programs`); `fronts` all packages that no other betters; `conflicts` who cannot be satisfied
together.
"""

from comity.analysis.packages.fronts import Front, front, frontier
from comity.analysis.packages.offers import Deal, Link, Offer, Package, TooLargeError, UnsettledError
from comity.analysis.packages.solutions import SOLUTIONS, Solution, solve

__all__ = [
    "SOLUTIONS",
    "Deal",
    "Front",
    "Link",
    "Offer",
    "Package",
    "Solution",
    "TooLargeError",
    "UnsettledError",
    "front",
    "frontier",
    "solve",
]
