"""Names and codes that sources use beside those of the directory, each for exactly one actor on one day.

Only what is certain stands here. Several candidates are told apart by when they existed; where two did at once, or
where a name is claimed by more than one, a person decides.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["ALIASES", "CODES", "DOUBTFUL", "Doubt"]

_CLDR = "Unicode CLDR, English names of territories"
_UNTC = "UN Treaty Collection, spelling of its status tables"
_COMMON = "common English usage, as in the titles of treaties and statutes"

# Name, then actors, then whence.
_NAMES: tuple[tuple[str, str, str], ...] = (
    ("Antigua & Barbuda", "ATG", _CLDR),
    ("Bolivia", "BOL", _CLDR),
    ("Bosnia & Herzegovina", "BIH", _CLDR),
    ("Bosnia-Herzegovina", "BIH", _COMMON),
    ("Brunei", "BRN", _CLDR),
    ("Cape Verde", "CPV", _CLDR),
    ("Congo - Brazzaville", "COG", _CLDR),
    ("Congo - Kinshasa", "COD", _CLDR),
    ("Czech Republic", "CZE", _UNTC),
    ("DR Congo", "COD", _COMMON),
    ("Democratic Republic of Congo", "COD", _COMMON),
    ("East Germany", "DDR", _COMMON),
    ("East Timor", "TLS", _COMMON),
    ("European Communities", "EUU", _COMMON),
    ("European Union (EU)", "EUU", "WIPO, list of contracting parties"),
    ("Gambia (Republic of The)", "GMB", _UNTC),
    ("Great Britain", "GBR", _COMMON),
    ("Hong Kong SAR China", "HKG", _CLDR),
    ("Iran", "IRN", _CLDR),
    ("Ivory Coast", "CIV", _COMMON),
    ("Kosovo", "XKX", _CLDR),
    ("Kyrgyz Republic", "KGZ", _COMMON),
    ("Lao PDR", "LAO", _COMMON),
    ("Laos", "LAO", _CLDR),
    ("Libyan Arab Jamahiriya", "LBY", _UNTC),
    ("Macao SAR China", "MAC", _CLDR),
    ("Macau", "MAC", _COMMON),
    ("Macedonia", "MKD", _COMMON),
    ("Micronesia", "FSM", _CLDR),
    ("Moldova", "MDA", _CLDR),
    ("Myanmar (Burma)", "MMR", _CLDR),
    ("Netherlands", "NLD", _UNTC),
    ("Netherlands (Kingdom of the)", "NLD", _UNTC),
    ("Niue", "NIU", _UNTC),
    ("North Korea", "PRK", _CLDR),
    ("North Yemen", "YEM", _COMMON),
    ("Palestine", "PSE", _COMMON),
    ("Republic of the Congo", "COG", _COMMON),
    ("Russia", "RUS", _CLDR),
    ("Saint Kitts & Nevis", "KNA", _COMMON),
    ("Sao Tome & Principe", "STP", _CLDR),
    ("Slovak Republic", "SVK", _COMMON),
    ("South Korea", "KOR", _CLDR),
    ("South Vietnam", "VDR", _COMMON),
    ("South Viet-Nam", "VDR", _COMMON),
    ("South Yemen", "YMD", _COMMON),
    ("Soviet Union", "SUN", _COMMON),
    ("St. Kitts & Nevis", "KNA", _CLDR),
    ("St. Kitts and Nevis", "KNA", _UNTC),
    ("St. Lucia", "LCA", _UNTC),
    ("St. Vincent & Grenadines", "VCT", _CLDR),
    ("St. Vincent and the Grenadines", "VCT", _UNTC),
    ("Swaziland", "SWZ", _UNTC),
    ("Syria", "SYR", _CLDR),
    ("Tanzania", "TZA", _CLDR),
    ("The Gambia", "GMB", _COMMON),
    ("The Bahamas", "BHS", _COMMON),
    ("The former Yugoslav Republic of Macedonia", "MKD", _UNTC),
    ("Trinidad & Tobago", "TTO", _CLDR),
    ("Turkey", "TUR", _UNTC),
    ("UK", "GBR", _COMMON),
    ("USA", "USA", _COMMON),
    ("USSR", "SUN", _COMMON),
    ("U.S.S.R.", "SUN", _COMMON),
    ("United Kingdom", "GBR", _CLDR),
    ("United States", "USA", _CLDR),
    ("Vatican City", "VAT", _CLDR),
    ("Venezuela", "VEN", _CLDR),
    ("Vietnam", "VNM", _CLDR),
    ("West Germany", "DEU", _COMMON),
    ("Yugoslavia", "YUG SCG", _UNTC),
)
ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({name: tuple(to.split()) for name, to, _ in _NAMES})

# Codes that look like ISO 3166-1 alpha-3 and are not, or are withdrawn. VDR is missing on purpose: ISO 3166-3 gave it
# to the Democratic Republic of Viet-Nam, and compilations give it to the Republic in the South.
_MANYSTATES = "globalgov/manystates"
_ISO3 = "ISO 3166-3, withdrawn codes"
_CODES: tuple[tuple[str, str, str], ...] = (
    ("ALG", "DZA", _MANYSTATES),
    ("BUR", "MMR", _ISO3),
    ("EC", "EUU", _MANYSTATES),
    ("EU", "EUU", "ISO 3166-1, exceptionally reserved"),
    ("EUE", "EUU", "ICAO Doc 9303"),
    ("EUU", "EUU", "openclimatedata"),
    ("GDR", "DDR", _MANYSTATES),
    ("KOS", "XKX", _MANYSTATES),
    ("ROM", "ROU", "ISO 3166-1 until 2002"),
    ("TMP", "TLS", _ISO3),
    ("XKX", "XKX", "user-assigned code in common use"),
    ("YAR", "YEM", _MANYSTATES),
    ("YPR", "YMD", _MANYSTATES),
    ("ZAR", "COD", _ISO3),
)
CODES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({code: tuple(to.split()) for code, to, _ in _CODES})


class Doubt(NamedTuple):
    """A name that more than one actor bore, until a day (always, where there is none), and whom it may mean."""

    actors: tuple[str, ...]
    until: str
    why: str


DOUBTFUL: Final[Mapping[str, Doubt]] = MappingProxyType(
    {
        "Korea": Doubt(("KOR", "PRK"), "", "two States bear this name"),
        "Congo": Doubt(("COG", "COD"), "1971-10-27", "both Congos bore this name"),
        "Viet Nam": Doubt(("VNM", "VDR"), "1976-07-02", "there were two States"),
        "Vietnam": Doubt(("VNM", "VDR"), "1976-07-02", "there were two States"),
        "Yemen": Doubt(("YEM", "YMD"), "1990-05-22", "there were two States"),
        "TWN": Doubt(("CHN", "TPE"), "2002-01-01", "acts before then may be China's, as it was represented that day"),
        "VNM": Doubt(("VNM", "VDR"), "1976-07-02", "there were two States"),
        "YEM": Doubt(("YEM", "YMD"), "1990-05-22", "there were two States"),
        "VDR": Doubt(("VNM", "VDR"), "", "the withdrawn ISO code meant the North, some compilations mean the South"),
    }
)
