"""Every text and hash of spec/log.md, computed again with the code."""

import re
from pathlib import Path

import pytest

from comity.register import merkle
from comity.register.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from comity.register.leaf import LONGEST, Record, encode, read_leaf, strict_recorded
from comity.register.log import Log
from comity.register.note import Signer, Verifier

PAGE = (Path(__file__).parents[2] / "spec" / "log.md").read_text(encoding="utf-8")
JSON_BLOCK, KEY_BLOCK, NOTE_BLOCK = re.findall(r"^```(?:json|text)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
LEAVES = [line.encode() for line in JSON_BLOCK.splitlines()]
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \| ", line)]


def test_leaves_have_the_hashes_and_lengths_shown() -> None:
    shown = [(int(i), int(size), hash_.strip("`")) for i, size, hash_ in (row for row in ROWS if len(row) == 3)]
    assert len(shown) == 3
    assert shown == [(i, len(leaf), merkle.leaf_hash(leaf).hex()) for i, leaf in enumerate(LEAVES)]


def test_leaves_are_canonical() -> None:
    for leaf in LEAVES:
        assert encode(read_leaf(leaf)) == leaf
        assert strict_recorded(leaf) == read_leaf(leaf).recorded


def test_the_correction_points_at_the_second_leaf() -> None:
    assert read_leaf(LEAVES[2]).body["corrects"] == {"index": 1, "hash": merkle.leaf_hash(LEAVES[1]).hex()}


def test_roots_frontier_and_proofs() -> None:
    hashes = merkle.leaf_hashes(LEAVES)
    roots = {int(size): root.strip("`") for size, root in (row for row in ROWS if len(row) == 2)}
    assert roots == {n: merkle.root_of(merkle.extend(0, (), hashes[:n])).hex() for n in range(4)}

    assert merkle.extend(0, (), hashes) == (bytes.fromhex(roots[2]), hashes[2])

    def node(first: int, last: int) -> bytes:
        return merkle.root_of(merkle.extend(0, (), hashes[first:last]))

    assert merkle.inclusion(2, 3, node) == (bytes.fromhex(roots[2]),)
    assert merkle.consistency(2, 3, node) == (hashes[2],)


def test_key_and_checkpoint() -> None:
    secret, public = KEY_BLOCK.splitlines()
    signer = Signer("example.org/register", bytes(range(32)))
    assert (signer.secret(), str(signer.verifier)) == (secret, public)
    root = merkle.root_of(merkle.extend(0, (), merkle.leaf_hashes(LEAVES)))
    checkpoint = Checkpoint(origin="example.org/register", size=3, root=root)
    assert sign_checkpoint(checkpoint, signer) == NOTE_BLOCK
    assert read_checkpoint(NOTE_BLOCK, Verifier.parse(public)) == checkpoint


def test_the_log_gives_the_same_root_and_the_same_size_as_known(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log.comity", "example.org/register") as log:
        for data in LEAVES:
            leaf = read_leaf(data)
            log.append([Record(kind=leaf.kind, body=leaf.body, v=leaf.v)], leaf.recorded)
        assert log.checkpoint(Signer("example.org/register", bytes(range(32)))) == NOTE_BLOCK
        assert log.size_at("2026-11-23") == 2


@pytest.mark.parametrize(("text", "value"), [("65,535", LONGEST), ("0x434F4D59", int.from_bytes(b"COMY"))])
def test_numbers_of_the_page(text: str, value: int) -> None:
    assert text in PAGE
    assert value == int(text.replace(",", ""), 0)
