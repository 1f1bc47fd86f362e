"""The tree against the published vectors of RFC 6962's reference implementation, and a second implementation."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import tlog

from comity.register import merkle

# The 8-leaf tree of the Certificate Transparency code (cpp/merkletree/merkle_tree_test.cc), used since by every
# implementation: leaves, roots of the first n, audit paths (leaf, size), consistency proofs (old, new).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): """
        96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4""",
    (5, 8): """
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b
        ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
        d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7""",
    (2, 3): "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    (1, 5): """
        6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b""",
}
CONSISTENCY = {
    (1, 1): "",
    (1, 8): """
        96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4""",
    (6, 8): """
        0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a
        ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0
        d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7""",
    (2, 5): """
        5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e
        bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b""",
}
MOST = 70


def proof(text: str) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, text.split()))


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """The recursive definition of RFC 6962, 2.1, word by word."""
    if not hashes:
        return sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while 2 * k < len(hashes):
        k *= 2
    return sha256(b"\x01" + by_definition(hashes[:k]) + by_definition(hashes[k:])).digest()


HASHES = [merkle.leaf_hash(bytes([n])) for n in range(MOST)]


@cache
def node(first: int, last: int) -> bytes:
    return by_definition(HASHES[first:last])


def test_published_roots() -> None:
    hashes = merkle.leaf_hashes(LEAVES)
    assert [merkle.root_of(merkle.extend(0, (), hashes[:n])).hex() for n in range(9)] == ROOTS
    assert merkle.EMPTY_ROOT.hex() == ROOTS[0]
    assert [merkle.leaf_hash(leaf) for leaf in LEAVES] == hashes


@pytest.mark.parametrize(("leaf", "size"), INCLUSION)
def test_published_inclusion_proofs(leaf: int, size: int) -> None:
    hashes = merkle.leaf_hashes(LEAVES)
    expected, root = proof(INCLUSION[leaf, size]), bytes.fromhex(ROOTS[size])
    assert merkle.inclusion(leaf, size, lambda a, b: by_definition(hashes[a:b])) == expected
    assert merkle.included(hashes[leaf], leaf, size, expected, root)


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_published_consistency_proofs(old: int, new: int) -> None:
    hashes = merkle.leaf_hashes(LEAVES)
    expected = proof(CONSISTENCY[old, new])
    assert merkle.consistency(old, new, lambda a, b: by_definition(hashes[a:b])) == expected
    assert merkle.is_consistent(old, new, expected, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@given(st.lists(st.integers(0, 40), max_size=6))
def test_a_tree_grown_in_any_steps_is_the_same_tree(steps: list[int]) -> None:
    hashes = [merkle.leaf_hash(b"%d" % n) for n in range(sum(steps))]
    size = 0
    frontier: tuple[bytes, ...] = ()
    for step in steps:
        frontier = merkle.extend(size, frontier, hashes[size : size + step])
        size += step
        assert len(frontier) == size.bit_count()
        assert merkle.root_of(frontier) == by_definition(hashes[:size])


def test_a_frontier_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="frontier of 2 nodes, not 1"):
        merkle.extend(3, (HASHES[0],), [])


def test_every_inclusion_proof_up_to_seventy_leaves() -> None:
    for size in range(1, MOST + 1):
        root = node(0, size)
        for index in range(size):
            path = merkle.inclusion(index, size, node)
            assert merkle.included(HASHES[index], index, size, path, root)
            tlog.InclusionProof(index, size, list(path)).check(HASHES[index], root)


def test_every_consistency_proof_up_to_seventy_leaves() -> None:
    for new in range(MOST + 1):
        for old in range(new + 1):
            path = merkle.consistency(old, new, node)
            assert merkle.is_consistent(old, new, path, node(0, old), node(0, new))
            tlog.ConsistencyProof(old, new, list(path)).check(node(0, old), node(0, new))


@given(st.integers(2, MOST), st.data())
def test_no_altered_inclusion_proof_is_accepted(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, root, leaf = merkle.inclusion(index, size, node), node(0, size), HASHES[index]
    other = data.draw(st.integers(-1, size + 1).filter(lambda n: n != index))
    assert not merkle.included(leaf, other, size, path, root)
    assert not merkle.included(HASHES[index - 1], index, size, path, root)
    assert not merkle.included(leaf, index, size, path[:-1], root)
    assert not merkle.included(leaf, index, size, (*path, root), root)
    assert not merkle.included(leaf, index, size, path, leaf)
    at = data.draw(st.integers(0, len(path) - 1))
    assert not merkle.included(leaf, index, size, (*path[:at], root, *path[at + 1 :]), root)


@given(st.integers(2, MOST), st.data())
def test_no_altered_consistency_proof_is_accepted(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    path, before, after = merkle.consistency(old, new, node), node(0, old), node(0, new)
    assert not merkle.is_consistent(old, new, (), before, after)
    assert not merkle.is_consistent(old, new, path[:-1], before, after)
    assert not merkle.is_consistent(old, new, (*path, after), before, after)
    assert not merkle.is_consistent(old, new, path, after, after)
    assert not merkle.is_consistent(old, new, path, before, before)
    assert not merkle.is_consistent(new, old, path, before, after)
    at = data.draw(st.integers(0, len(path) - 1))
    assert not merkle.is_consistent(old, new, (*path[:at], sha256(path[at]).digest(), *path[at + 1 :]), before, after)


def test_trivial_consistency() -> None:
    assert merkle.is_consistent(0, 5, (), merkle.EMPTY_ROOT, node(0, 5))
    assert not merkle.is_consistent(0, 5, (), node(0, 1), node(0, 5))
    assert not merkle.is_consistent(0, 5, (node(0, 1),), merkle.EMPTY_ROOT, node(0, 5))
    assert merkle.is_consistent(4, 4, (), node(0, 4), node(0, 4))
    assert not merkle.is_consistent(4, 4, (), node(0, 4), node(0, 5))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(index, size, node)
    assert not merkle.included(HASHES[0], index, size, (), HASHES[0])


@pytest.mark.parametrize(("old", "new"), [(4, 3), (-1, 3)])
def test_there_is_no_proof_against_time(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no prefix"):
        merkle.consistency(old, new, node)
