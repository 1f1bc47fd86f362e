"""Named importers: what users have, turned into acts, findings, and names for a person to decide (spec/import.md)."""

from comity.register.importers.common import Imported, Options
from comity.register.importers.manytreaties import read_manytreaties
from comity.register.importers.names import Decision, Unresolved, print_unresolved, read_decisions
from comity.register.importers.openclimatedata import read_openclimatedata
from comity.register.importers.sources import FORMATS, Request, read_source
from comity.register.importers.table import Mapped, mapping_of, read_mapping, read_table
from comity.register.importers.untc import read_untc_csv, read_untc_xml

__all__ = [
    "FORMATS",
    "Decision",
    "Imported",
    "Mapped",
    "Options",
    "Request",
    "Unresolved",
    "mapping_of",
    "print_unresolved",
    "read_decisions",
    "read_manytreaties",
    "read_mapping",
    "read_openclimatedata",
    "read_source",
    "read_table",
    "read_untc_csv",
    "read_untc_xml",
]
