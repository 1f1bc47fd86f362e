"""Lists that a treaty office brings: its spreadsheet read, its names settled, its acts held against the register.

Nothing of a list enters a log. It lies over the register for those who brought it, and leaves with them.
"""

from comity.register.importers.names import SKIP, Decision
from comity.service.lists.brought import NEW, Brought, Columns, Held, ListReading, TreatyName, read_list
from comity.service.lists.differing import Difference, differences, overlay
from comity.service.lists.guessing import Guess, guess, is_date_form
from comity.service.lists.leaving import bundle
from comity.service.lists.sheet import Sheet, read_sheet

__all__ = [
    "NEW",
    "SKIP",
    "Brought",
    "Columns",
    "Decision",
    "Difference",
    "Guess",
    "Held",
    "ListReading",
    "Sheet",
    "TreatyName",
    "bundle",
    "differences",
    "guess",
    "is_date_form",
    "overlay",
    "read_list",
    "read_sheet",
]
