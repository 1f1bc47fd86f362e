"""Who acts at the desk, and what they are told where something is not done."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from comity.access import Thing
from comity.findings import Finding
from comity.server.faults import Fault
from comity.server.identity import door
from comity.server.identity.models import Person
from comity.server.words import Words

__all__ = ["Acting", "Refused", "fault_of"]


class Refused(Exception):  # noqa: N818  # not an error of ours: what was asked for is not done, and why
    """What was asked for is not done, and why: a string of the catalogue with its parameters; findings, if any."""

    def __init__(
        self,
        key: str,
        findings: Iterable[Finding] = (),
        *,
        status: int = 409,
        **params: Any,  # noqa: ANN401  # whatever the string takes
    ) -> None:
        super().__init__(key)
        self.key, self.findings, self.status, self.params = key, tuple(findings), status, params


class Acting:
    """Whoever sends a request. Every use case of the desk asks `allow` first: the verdict is of `comity.access`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def allow(self, action: str, *, actor: str = "", owner: int | None = None, name: str = "") -> None:
        """Raise `Fault` where this may not do the action to what concerns `actor` and that person `owner` made."""
        door.require(self._request, action, _thing(actor, owner, name))

    def may(self, action: str, *, actor: str = "", owner: int | None = None) -> bool:
        """Whether to offer the action at all."""
        return door.may(self._request, action, _thing(actor, owner))

    @cached_property
    def known(self) -> Person | None:
        """Who it is, if they logged in."""
        return door.person_of(self._request)

    @property
    def person(self) -> Person:
        """Who it is; only after something was allowed for which one must log in."""
        if self.known is None:
            raise LookupError("nobody is logged in")
        return self.known


def _thing(actor: str, owner: int | None, name: str = "") -> Thing:
    return Thing(actor=actor, owner="" if owner is None else str(owner), name=name)


def fault_of(words: Words, refused: Refused, *back: tuple[str, object]) -> Fault:
    """A refusal as a page: why, what was found, and the way back."""
    lines = [words.text(refused.key, **refused.params)]
    lines += [words.english(f"{one.says}{f' ({one.do})' if one.do else ''}") for one in refused.findings]
    return Fault(refused.status, *lines, nearest=back)
