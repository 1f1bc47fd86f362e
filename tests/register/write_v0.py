"""Write the sample log of record version 0, as the first drafts of the format did. Frozen: never change it.

    python write_v0.py FILE

It uses nothing of Comity, so that it goes on writing what was written then, whatever Comity becomes. Its
output, tests/data/log-v0.sqlite, is what current code must go on reading.
"""

import hashlib
import json
import sqlite3
import sys

RECORDED = "2026-11-01T09:00:00.000000Z"
ACTS = [
    {"instrument": "harbour-protocol", "date": "1985-01-13", "party": "MLT", "act": "signature"},
    {
        "instrument": "harbour-protocol",
        "date": "1986-02-01",
        "party": "MLT",
        "act": "ratification",
        "note": "à vérifier",
    },
    {"instrument": "harbour-protocol", "date": "1986-05-02", "party": "CYP", "act": "accession"},
]
SCHEMA = """
PRAGMA application_id = 1129270617;
PRAGMA user_version = 1;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE head (size INTEGER PRIMARY KEY, frontier BLOB NOT NULL);
CREATE TABLE checkpoint (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE proposal (id INTEGER PRIMARY KEY, payload BLOB NOT NULL, proposed TEXT NOT NULL,
                       verdict TEXT, settled TEXT);
INSERT INTO meta VALUES ('origin', 'example.org/first-draft');
INSERT INTO head VALUES (0, x'');
"""


def main(path: str) -> None:
    """Write the log: an instrument, three acts of version 0, and a record of a kind from a later time."""
    text = 'id = "harbour-protocol"\ntitle = "Protocol on Harbour Dues"\nkind = "protocol"\n'
    leaves = [{"body": {"id": "harbour-protocol", "text": text}, "kind": "instrument", "recorded": RECORDED, "v": 1}]
    leaves += [{"body": act, "kind": "treaty", "recorded": RECORDED, "v": 0} for act in ACTS]
    leaves += [{"body": {"motion": "adjourn"}, "kind": "meeting", "recorded": RECORDED, "v": 3}]
    entries = [json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() for leaf in leaves]
    hashes = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    pairs = [hashlib.sha256(b"\1" + hashes[n] + hashes[n + 1]).digest() for n in (0, 2)]
    four = hashlib.sha256(b"\1" + pairs[0] + pairs[1]).digest()
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA page_size = 1024;" + SCHEMA)
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?)", zip(range(5), hashes, entries, strict=True))
    connection.execute("INSERT INTO head VALUES (5, ?)", (four + hashes[4],))
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
