"""The Merkle tree of RFC 6962, section 2.1: roots, frontiers, proofs and their verification.

Hashes are 32 bytes. Nothing here knows what a leaf means, and nothing holds a whole tree: appending needs
the frontier alone (spec/log.md, 11), a proof asks for the few nodes that it is made of.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

__all__ = [
    "EMPTY_ROOT",
    "Node",
    "consistency",
    "extend",
    "included",
    "inclusion",
    "is_consistent",
    "leaf_hash",
    "leaf_hashes",
    "node_hash",
    "parents",
    "root_of",
    "split",
]

EMPTY_ROOT = sha256(b"").digest()

# The root of the leaves from a first index up to, not including, a last one.
Node = Callable[[int, int], bytes]

_LEAF, _NODE = b"\0", b"\1"


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(_LEAF + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """The hashes of many leaves: one comprehension, for this is the innermost loop of every import and verification."""
    return [sha256(b"\0" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node from those of its children."""
    return sha256(_NODE + left + right).digest()


def parents(level: Sequence[bytes]) -> list[bytes]:
    """The level above: a node for each pair; an odd last hash has no parent yet."""
    return [sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]


def extend(size: int, frontier: Sequence[bytes], hashes: Sequence[bytes]) -> tuple[bytes, ...]:
    """The frontier after `hashes` are added to a tree of `size` leaves with that `frontier`.

    Level by level: what waits for a sibling on a level is the frontier's node there, and it is the left one.
    Costs O(len(hashes) + log size). Raises ValueError where frontier and size do not belong together.
    """
    if len(frontier) != size.bit_count():
        raise ValueError(f"a tree of {size} leaves has a frontier of {size.bit_count()} nodes, not {len(frontier)}")
    waiting = list(frontier)
    level, left, kept = list(hashes), size, []
    while level or left:
        if left & 1:
            level.insert(0, waiting.pop())
        if len(level) & 1:
            kept.append(level[-1])
        level, left = parents(level), left >> 1
    return tuple(reversed(kept))


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree that has this frontier."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for node in reversed(frontier[:-1]):
        root = node_hash(node, root)
    return root


def split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 6962, 2.1), which must be 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """The audit path of the leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1).

    Raises ValueError where there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path, first, last = [], 0, size
    while last - first > 1:
        middle = first + split(last - first)
        if index < middle:
            path.append(node(middle, last))
            last = middle
        else:
            path.append(node(first, middle))
            first = middle
    return tuple(reversed(path))


def consistency(old: int, new: int, node: Node) -> tuple[bytes, ...]:
    """The proof that the tree of `old` leaves is a prefix of that of `new` (RFC 6962, 2.1.2).

    It is empty where that is trivial. Raises ValueError where `old` is larger than `new`.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is no prefix of one of {new}")
    if old in (0, new):
        return ()
    path, first, last = [], 0, new
    while last != old:
        middle = first + split(last - first)
        if old <= middle:
            path.append(node(middle, last))
            last = middle
        else:
            path.append(node(first, middle))
            first = middle
    if first:
        path.append(node(first, last))
    return tuple(reversed(path))


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf hash `leaf` stands at `index` under `root` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `proof` shows that the tree under `old_root` is a prefix of that under `new_root` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    return bool(path) and _fold(old, new, path) == (old_root, new_root)


def _fold(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency path leads to, or None where it is too long or too short."""
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        here, last = here >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None
