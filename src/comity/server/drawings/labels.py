"""What a screen reader says of a drawing."""

import msgspec

__all__ = ["Labels"]


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """The title and description of a drawing, in the words of the page; `name` begins its ids, once a page."""

    title: str
    description: str
    name: str
