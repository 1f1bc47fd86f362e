"""The memory: an append-only log of records, hashed into one tree and signed (spec/log.md)."""
