"""Reading old records: one named upcaster for each step from a version of a kind to the next (spec/log.md, 8 and 9).

The log keeps its bytes for ever, so a change of a record's form never rewrites an entry. Add a step here,
raise the version in `CURRENT`, and keep a sample written before the change in the tests.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from comity.register.leaf import Leaf

__all__ = ["CURRENT", "STEPS", "Step", "known", "upcast"]

Body = dict[str, Any]
Step = Callable[[Body], Body]

# The version of each kind that this reader understands.
CURRENT: Final[Mapping[str, int]] = MappingProxyType(
    {"actor": 1, "group": 1, "instrument": 1, "rectification": 1, "rule": 1, "treaty": 1, "weights": 1}
)


def treaty_0_party_becomes_actor(body: Body) -> Body:
    """Version 0 of `treaty` said `party`, which in law is only who is bound (VCLT 2(1)(g)): who acts is the `actor`."""
    return {("actor" if key == "party" else key): value for key, value in body.items()}


# (kind, v): what leads from v to v + 1.
STEPS: Final[Mapping[tuple[str, int], Step]] = MappingProxyType({("treaty", 0): treaty_0_party_becomes_actor})


def known(leaf: Leaf) -> bool:
    """Whether this reader understands the kind and, after upcasting, the version of a leaf."""
    return CURRENT.get(leaf.kind) == leaf.v


def upcast(leaf: Leaf) -> Leaf:
    """The leaf in the newest version that a chain of steps leads to; itself where there is none."""
    v, body = leaf.v, leaf.body
    while (step := STEPS.get((leaf.kind, v))) is not None:
        v, body = v + 1, step(body)
    return leaf if v == leaf.v else Leaf(v=v, kind=leaf.kind, recorded=leaf.recorded, body=body)
