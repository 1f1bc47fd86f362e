"""The contract of a store, over every kind of store, and the log on top of it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.register import merkle
from comity.register.errors import (
    AlreadyThereError,
    ForkError,
    LeafError,
    LogError,
    MomentError,
    NotALogError,
    OutOfOrderError,
    ReadOnlyError,
    StoreError,
    TooLongError,
)
from comity.register.leaf import Leaf, Record, encode
from comity.register.log import Log
from comity.register.note import Signer
from comity.register.postgres import PostgresStore
from comity.register.sqlite import SQLiteStore
from comity.register.store import ALL, Batch, Head, HeadRow, Row, Watch, pack
from comity.register.verification import verify

ORIGIN = "example.org/register"
FIRST, LATER, LAST = "2026-11-23T05:10:03.123456Z", "2026-11-24T00:00:00.000000Z", "2026-11-25T12:00:00.000000Z"
AnyStore = SQLiteStore | PostgresStore


def record(n: object, kind: str = "treaty") -> Record:
    return Record(kind=kind, body={"n": str(n)})


def leaf(n: int) -> bytes:
    return encode(Leaf(v=1, kind="treaty", recorded=FIRST, body={"n": str(n)}))


@pytest.fixture
def log(address: str) -> Iterator[Log]:
    with Log.create(address, ORIGIN) as log:
        yield log


@pytest.fixture
def store(address: str) -> Iterator[AnyStore]:
    postgres = address.startswith("postgresql:")
    store = PostgresStore.create(address, ORIGIN) if postgres else SQLiteStore.create(Path(address), ORIGIN)
    yield store
    store.close()


def staged(*sizes: int) -> Callable[[Head], Iterator[Batch]]:
    """Batches of leaves that follow the head, each numbered by its index."""

    def stage(head: Head) -> Iterator[Batch]:
        for size in sizes:
            leaves = [leaf(n) for n in range(head.size, head.size + size)]
            hashes = merkle.leaf_hashes(leaves)
            frontier = merkle.extend(head.size, head.frontier, hashes)
            head = Head(size=head.size + size, frontier=frontier, last=leaves[-1])
            yield Batch(leaves, hashes, head)

    return stage


# The contract


def test_a_new_store_is_empty(store: AnyStore) -> None:
    assert store.origin == ORIGIN
    assert store.head() == Head()
    assert list(store.rows(*ALL)) == []
    assert list(store.heads()) == [HeadRow(0, b"")]


def test_what_is_appended_can_be_read(store: AnyStore) -> None:
    for sizes in ((1,), (2, 3), (100,), (70, 5), (5000,)):
        store.append(staged(*sizes))
    head = store.head()
    assert head.size == 5181
    hashes = [merkle.leaf_hash(leaf(n)) for n in range(5181)]
    assert head == Head(size=5181, frontier=merkle.extend(0, (), hashes), last=leaf(5180))
    assert list(store.rows(*ALL)) == [Row(n, hashes[n], leaf(n)) for n in range(5181)]
    assert [row.idx for row in store.rows(4, 7)] == [4, 5, 6]
    assert list(store.rows(7, 7)) == []
    assert list(store.heads()) == [
        HeadRow(size, pack(merkle.extend(0, (), hashes[:size]))) for size in (0, 1, 6, 106, 181, 5181)
    ]


@pytest.mark.parametrize("page", [1, 3, 7])
def test_reading_goes_on_from_page_to_page(store: AnyStore, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    for _ in range(7):
        store.append(staged(1))
    monkeypatch.setattr(f"{type(store).__module__}._PAGE", page)
    assert [row.idx for row in store.rows(*ALL)] == list(range(7))
    assert [row.idx for row in store.rows(2, 6)] == [2, 3, 4, 5]
    assert [head.size for head in store.heads()] == list(range(8))


def test_appending_nothing_publishes_nothing(store: AnyStore) -> None:
    assert store.append(lambda _: ()) == Head()
    assert list(store.heads()) == [HeadRow(0, b"")]


@pytest.mark.parametrize("before", [(), (1,), (100, 100)])
def test_what_stage_raises_is_raised_and_nothing_is_written(store: AnyStore, before: tuple[int, ...]) -> None:
    store.append(staged(3))

    def stage(head: Head) -> Iterator[Batch]:
        yield from staged(*before)(head)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.append(stage)
    assert store.head().size == 3
    assert len(list(store.rows(*ALL))) == 3
    assert store.append(staged(2)).size == 5


def test_readers_see_nothing_before_it_is_published(store: AnyStore) -> None:
    seen: list[tuple[int, int]] = []

    def stage(head: Head) -> Iterator[Batch]:
        yield from staged(100, 1)(head)
        seen.append((store.head().size, len(list(store.rows(*ALL)))))

    store.append(stage)
    assert seen == [(0, 0)]


def test_a_head_that_was_extended_twice_is_refused(store: AnyStore) -> None:
    store.append(staged(3))
    stale = Head()
    with pytest.raises(ForkError):
        store.append(lambda _: staged(1)(stale))  # as if another writer's head had not been seen
    assert store.head().size == 3


def test_another_connection_sees_it_and_extends_it(store: AnyStore, address: str) -> None:
    store.append(staged(3))
    with Log.open(address) as other:
        assert len(other) == 3
        other.append([record(3)], FIRST)
    assert store.head().size == 4


def test_a_watch_sees_what_others_append(store: AnyStore, address: str) -> None:
    watch = store.watch()
    assert watch.size() == 0
    store.append(staged(3))
    wait_for(watch, 3)
    with Log.open(address) as other:
        other.append([record(3)], FIRST)
    wait_for(watch, 4)
    store.keep_note(4, "no entry")
    assert watch.size() == 4
    watch.close()


def wait_for(watch: Watch, size: int) -> None:
    """What is published is seen within a second."""
    end = time.monotonic() + 1
    while watch.size() != size:
        assert time.monotonic() < end, f"the watch says {watch.size()}, not {size}"
        time.sleep(0.01)


def test_nothing_is_appended_behind_a_checkpoint_that_was_signed(store: AnyStore) -> None:
    store.append(staged(3))
    store.keep_note(4, "a note of a fourth entry, which was lost with the last hours of a copy")
    with pytest.raises(StoreError, match=r"checkpoint of 4 was signed.*nothing was written"):
        store.append(staged(1))
    assert store.head().size == 3


def test_nothing_is_appended_where_the_last_entry_is_gone(store: AnyStore) -> None:
    store.append(staged(3))
    if isinstance(store, SQLiteStore):
        store._writer.execute("DROP TRIGGER entry_DELETE")
        store._writer.execute("DELETE FROM entry WHERE idx = 2")
    else:
        store._writer.get().execute("ALTER TABLE comity.entry DISABLE TRIGGER ALL")
        store._writer.get().execute("DELETE FROM comity.entry WHERE idx = 2")
    with pytest.raises(StoreError, match="entry 2 is missing"):
        store.append(staged(1))
    with pytest.raises(StoreError, match="entry 2 is missing"):
        store.head()


def test_a_log_is_created_once(store: AnyStore, address: str) -> None:
    store.append(staged(1))
    with pytest.raises(AlreadyThereError, match="nothing was written"):
        Log.create(address, "example.org/another")
    assert store.head().size == 1


def test_notes_and_proposals_lie_beside(store: AnyStore) -> None:
    store.keep_note(5, "five")
    store.keep_note(3, "three")
    assert store.notes() == ("three", "five")
    first, second = store.propose(b'{"a":"b"}', FIRST), store.propose(b"{}", LATER)
    assert [p.id for p in store.proposals(settled=False)] == [first, second]
    assert store.settle(first, "approved", LAST)
    assert not store.settle(first, "rejected", LAST)
    assert not store.settle(9999, "rejected", LAST)
    (done,) = store.proposals(settled=True)
    assert (done.payload, done.proposed, done.verdict, done.settled) == ({"a": "b"}, FIRST, "approved", LAST)
    assert [p.id for p in store.proposals(settled=False)] == [second]
    assert store.head() == Head()


# The log


def test_append_gives_indexes_and_entries_give_them_back(log: Log) -> None:
    assert log.append([record("a"), record("b", "meeting")], FIRST) == range(2)
    assert log.append([record("c")], LATER) == range(2, 3)
    assert log.append([], FIRST) == range(0)
    entries = list(log.entries())
    assert [(e.index, e.leaf.kind, e.leaf.body["n"], e.leaf.recorded, e.known) for e in entries] == [
        (0, "treaty", "a", FIRST, True),
        (1, "meeting", "b", FIRST, False),
        (2, "treaty", "c", LATER, True),
    ]
    assert [e.hash for e in entries] == [merkle.leaf_hash(encode(e.leaf)) for e in entries]
    assert [e.index for e in log.entries(1, 2)] == [1]


def test_a_large_append_is_one_publication(log: Log) -> None:
    assert log.append((record(n) for n in range(40_000)), FIRST) == range(40_000)
    assert [head.size for head in log.heads()] == [0, 40_000]
    assert [entry.leaf.body["n"] for entry in log.entries()] == [str(n) for n in range(40_000)]
    assert verify(log).ok


def test_a_moment_before_the_last_entry_is_refused_and_says_so(log: Log) -> None:
    log.append([record(1)], LATER)
    with pytest.raises(OutOfOrderError, match=f"recorded {FIRST} would be earlier than the entry before"):
        log.append([record(2)], FIRST)
    log.append([record(3)], LATER)
    assert [entry.leaf.body["n"] for entry in log.entries()] == ["1", "3"]


def test_a_clock_that_lags_a_little_is_held_and_one_that_lags_much_is_refused(log: Log) -> None:
    log.append([record(1)], "2026-11-24T00:00:04.000000Z")
    log.append([record(2)], lambda: LATER)
    assert [entry.leaf.recorded for entry in log.entries()] == ["2026-11-24T00:00:04.000000Z"] * 2
    with pytest.raises(OutOfOrderError):
        log.append([record(3)], lambda: "2026-11-23T23:59:58.000000Z")
    assert log.append([record(4)], lambda: LAST) == range(2, 3)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (Record(kind="treaty", body={"a": None}), LeafError),
        (Record(kind="treaty", body={"a": "x" * 70_000}), TooLongError),
        (Record(kind="No Kind", body={}), LeafError),
    ],
)
def test_one_bad_record_keeps_all_of_its_batch_out(log: Log, bad: Record, error: type[LogError]) -> None:
    with pytest.raises(error):
        log.append([record(1), bad], FIRST)
    with pytest.raises(MomentError):
        log.append([record(1)], "now")
    with pytest.raises(MomentError):
        log.append([record(1)], lambda: "now")
    assert len(log) == 0


def test_callers_in_many_threads_share_flushes_and_each_gets_its_own(log: Log) -> None:
    results: dict[int, range] = {}
    refused: list[int] = []
    together = threading.Barrier(12)

    def call(n: int) -> None:
        together.wait()
        for turn in range(5):
            results[n * 5 + turn] = log.append([record(n * 5 + turn)] * 3, FIRST)
            try:
                log.append([record("early")], "2026-11-01T00:00:00.000000Z")
            except OutOfOrderError:
                refused.append(n)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(60))
    assert len(refused) == 60
    texts = [entry.leaf.body["n"] for entry in log.entries()]
    assert len(texts) == 180
    assert {n: [texts[i] for i in span] for n, span in results.items()} == {n: [str(n)] * 3 for n in range(60)}
    assert len(list(log.heads())) < 61  # at least one flush was shared
    assert verify(log).ok


def test_a_failed_flush_is_told_to_everyone_who_waited_for_it(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> Head:
        raise ReadOnlyError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(log._store, "append", fail)
        with pytest.raises(ReadOnlyError):
            log.append([record(1)], FIRST)
    assert log.append([record(1)], FIRST) == range(1)


@pytest.mark.parametrize(
    ("known", "size"),
    [
        ("2026-11-22", 0),
        ("2026-11-23", 2),
        ("2026-11-23T05:10:03.123455Z", 0),
        (FIRST, 2),
        ("2026-11-24", 5),
        ("2026-11-24T01:00:00+01:00", 5),
        ("2027-01-01", 6),
        (4, 4),
        ("4", 4),
        (0, 0),
        ("6", 6),
    ],
)
def test_the_size_as_known_at_a_moment(log: Log, known: str | int, size: int) -> None:
    log.append([record(1), record(2)], FIRST)
    log.append([record(3), record(4), record(5)], LATER)
    log.append([record(6)], LAST)
    assert log.size_at(known) == size


@pytest.mark.parametrize("known", ["7", -1, "soon", "2026-11-24T01:00:00", ""])
def test_what_is_no_moment_of_the_log(log: Log, known: str | int) -> None:
    with pytest.raises(MomentError):
        log.size_at(known)


def test_checkpoints_and_proofs(log: Log) -> None:
    signer = Signer.generate(ORIGIN)
    log.append([record(n) for n in range(5)], FIRST)
    old = log.checkpoint(signer)
    log.append([record(n) for n in range(5, 13)], FIRST)
    assert log.checkpoints() == (old,)
    hashes = [entry.hash for entry in log.entries()]
    for index, hash_ in enumerate(hashes):
        assert merkle.included(hash_, index, 13, log.inclusion(index), log.root())
    assert merkle.is_consistent(5, 13, log.consistency(5), log.root(5), log.root(13))
    assert log.root() == log.root(13) == log.head().root
    with pytest.raises(ValueError, match="no entries 0 to 13"):
        log.root(14)
    assert verify(log, signer.verifier).says == ("no checkpoint covers the entries from 5 to 12 yet",)


def test_a_log_is_verified_while_others_append_to_it(log: Log) -> None:
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            log.append([record(1)] * 3, FIRST)

    thread = threading.Thread(target=go_on)
    thread.start()
    verdicts = [verify(log)]
    while verdicts[-1].ok and verdicts[-1].size < 300:
        verdicts.append(verify(log))
    stop.set()
    thread.join()
    assert [verdict.says for verdict in verdicts if not verdict.ok] == []


def test_proposals_wait_outside_the_tree_until_they_are_settled(log: Log) -> None:
    proposal = log.propose({"act": "correction", "rows": ["a", "b"]}, FIRST)
    assert [(p.id, p.payload, p.verdict) for p in log.proposals()] == [
        (proposal, {"act": "correction", "rows": ["a", "b"]}, None)
    ]
    log.settle(proposal, "approved", LATER)
    assert log.proposals() == ()
    assert [(p.verdict, p.settled) for p in log.proposals(settled=True)] == [("approved", LATER)]
    assert len(log) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda log: log.settle(7, "approved", LATER),
        lambda log: log.settle(7, "", LATER),
        lambda log: log.propose({"a": None}, LATER),
        lambda log: log.propose({}, "now"),
        lambda log: log.settle(7, "approved", "now"),
    ],
)
def test_what_can_not_be_proposed_or_settled(log: Log, call: Callable[[Log], Any]) -> None:
    with pytest.raises(LogError):
        call(log)


def test_a_log_opened_for_reading_is_not_written(log: Log, address: str) -> None:
    log.append([record(1)], FIRST)
    with Log.open(address, write=False) as reading:
        assert len(reading) == 1
        with pytest.raises(ReadOnlyError):
            reading.append([record(2)], FIRST)
    assert len(log) == 1


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line(address: str, origin: str) -> None:
    with pytest.raises(LogError, match="one line"):
        Log.create(address, origin)


def test_what_is_not_there_cannot_be_opened(address: str) -> None:
    with pytest.raises(NotALogError, match="log"):
        Log.open(address)
