"""The glossary of the reference, made from the words of the pages: `python tests/server/glossary.py` writes it anew."""

from pathlib import Path

from comity.server.words import LANGUAGES
from comity.service.catalogue import catalogue

__all__ = ["ARTICLES", "PAGE", "glossary"]

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/reference/glossary.md"

# The id of a string, and where the law of treaties defines the term or rests on it. Articles without a name are those
# of the Vienna Convention on the Law of Treaties (1969).
ARTICLES = {
    "kind.treaty": "2(1)(a)",
    "act.consent": "2(1)(b), 11",
    "act.signature": "11, 12",
    "act.definitive-signature": "12",
    "act.ratification": "2(1)(b), 14",
    "act.acceptance": "2(1)(b), 14(2)",
    "act.approval": "2(1)(b), 14(2)",
    "act.accession": "2(1)(b), 15",
    "act.formal-confirmation": "2(1)(b bis) of the Convention of 1986",
    "act.succession": "2(1)(b) of the Convention of 1978",
    "act.intention-not-to-ratify": "18(a)",
    "status.signatory": "79(1)",
    "status.contracting": "2(1)(f)",
    "status.party": "2(1)(g)",
    "act.reservation": "2(1)(d), 19",
    "act.acceptance-of-reservation": "20",
    "act.objection": "20, 21",
    "act.reservation-withdrawal": "22(1)",
    "act.objection-withdrawal": "22(2)",
    "instrument.entry": "24",
    "act.provisional-application": "25(1)",
    "act.provisional-application-end": "25(2)",
    "act.territorial-application": "29",
    "kind.amendment": "39 to 41",
    "act.withdrawal": "54, 56",
    "act.termination": "54 to 62",
    "act.suspension": "57, 58",
    "act.withdrawal-revocation": "68",
    "instrument.depositary": "76, 77",
    "act.correction": "79",
}
_HEAD = """\
# Glossary

The terms of the law of treaties as the pages say them, in the order in which the United Nations lists its languages.
They are those of the authentic texts of the Vienna Convention on the Law of Treaties (1969), to which the articles
belong. In Arabic that Convention has no authentic text: the terms are those in use at the United Nations. Formal
confirmation is an act of international organizations (Vienna Convention of 1986), and succession that of the Vienna
Convention on Succession of States in respect of Treaties (1978).

The Chinese text calls a State that is bound 当事国, and one that has consented, bound or not, 缔约国. As organizations
take part too, the pages say 当事方 and 缔约方, and add of the second that the treaty is not in force for it. The
Russian text calls a party участник; whoever takes part in any way is therefore a “State or organization”.

This page is made from the words of the portal; a test holds the two together.
"""


def glossary() -> str:
    """The page."""
    codes = list(LANGUAGES)
    lines = [
        f"| {' | '.join(LANGUAGES[code].name for code in codes)} | Article |",
        f"|{'---|' * (len(codes) + 1)}",
        *(f"| {' | '.join(str(catalogue(code)[key]) for code in codes)} | {of} |" for key, of in ARTICLES.items()),
    ]
    return _HEAD + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(glossary(), encoding="utf-8")
