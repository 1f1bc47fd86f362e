"""How reasons name what they rest on: an act by its date, actor and kind; a clause by its article."""

import re

from comity.acts import Act

# A number in digits or Roman numerals, as against “preamble” or “resolution 2, paragraph 3”.
_NUMBER = re.compile(r"(\d|[IVXLC]+\b)")

__all__ = ["cite", "cite_clause"]


def cite(act: Act) -> str:
    """`paris-agreement: 2016-10-05 FRA approval`, with the depositary's notification or source where one is named."""
    named = f"{act.instrument}: {act.date} {act.actor} {act.kind}"
    return f"{named} ({act.source})" if act.source else named


def cite_clause(instrument: str, article: str) -> tuple[str, ...]:
    """The clause of an instrument, or nothing where its article is not known."""
    if not article:
        return ()
    return (f"{instrument} Art. {article}" if _NUMBER.match(article) else f"{instrument} {article}",)
