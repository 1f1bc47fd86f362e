"""Flat rows as Parquet, with what they rest on among its metadata."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from comity.service.queries import refuse

__all__ = ["parquet_of"]


def parquet_of(rows: Sequence[Mapping[str, object]], metadata: Mapping[str, str]) -> bytes:
    """A table as Parquet; a column of more than one kind of value is text. Raises `Refusal` without the extra."""
    try:
        import pyarrow as pa  # noqa: PLC0415  # of the extra `analysis`
        from pyarrow import parquet  # noqa: PLC0415  # as above
    except ModuleNotFoundError as error:
        raise refuse("extra-missing", f"this needs {error.name}, not installed", "install comity[analysis]") from error
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    table = pa.table(columns).replace_schema_metadata(dict(metadata))
    out = BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _column(values: list[object]) -> list[object]:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(str(value)) for value in values]
    if len(kinds) > 1 or not kinds <= {int, float, str, bool} or (kinds == {int} and not _fits(values)):
        return [None if value is None else str(value) for value in values]
    return values


def _fits(values: list[object]) -> bool:
    """Whether whole numbers fit in 64 bits."""
    return all(value is None or (isinstance(value, int) and -(2**63) <= value < 2**63) for value in values)
