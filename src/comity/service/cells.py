"""What a spreadsheet may be given: text that it shows and never runs."""

__all__ = ["harmless"]

# A cell that begins with one of these may be taken for a formula or moved to another cell (OWASP, CSV injection); the
# wide forms too, where a spreadsheet narrows them.
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """Text with an apostrophe before it where a spreadsheet could run it; anything else as it is.

    The apostrophe is what spreadsheets themselves put before text that looks like a formula. Numbers, dates and truth
    values are no text and stay.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value
