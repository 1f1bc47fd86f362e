"""Tables of openclimatedata: who signed and ratified the Paris Agreement, the Doha and the Kigali Amendment.

(spec/import.md)
"""

from typing import Final

from comity.register.importers.common import ISO_FORMS, Collector, Imported, Options, header_of, rows_of

__all__ = ["read_openclimatedata"]

_KINDS: Final = {
    "Ratification": "ratification",
    "Acceptance": "acceptance",
    "Approval": "approval",
    "Accession": "accession",
    "Succession": "succession",
    "": "consent",
}
_SOURCE = "openclimatedata (CC0)"


def read_openclimatedata(text: str, options: Options) -> Imported:
    """A table with `Code`, `Name` and dates: `Signature`, `Ratification-Acceptance-Approval` with `Kind`, or one date.

    A table of one date calls it by the act (`Acceptance`, the Doha Amendment) or does not say which (`Date`, Kigali).
    """
    collector = Collector(options, options.file or _SOURCE)
    header = header_of(text)
    dated = next((n for n in ("Ratification-Acceptance-Approval", *_KINDS, "Date") if n and n in header), "")
    if "Code" not in header or not (dated or "Signature" in header):
        says = "the columns Code and Signature, Acceptance or Date are not there"
        collector.fault("csv-column-missing", 1, says, "is this a table of openclimatedata?")
        return collector.done()
    if not options.instrument:
        collector.fault("instrument-unstated", 0, "does not say which instrument it is of", "name it")
        return collector.done()
    collector.about(options.instrument)
    for line, row in rows_of(text, collector):
        code = row["Code"].strip()
        signed = collector.date(row.get("Signature", ""), ISO_FORMS, line, "Signature")
        if signed is not None:
            collector.add(options.instrument, code, "iso3", "signature", signed, line, source=_SOURCE)
        bound = collector.date(row.get(dated, ""), ISO_FORMS, line, dated)
        if bound is None:
            continue
        word = row.get("Kind", dated).strip()
        kind = options.acts.get(word) or _KINDS.get(word if word != "Date" else "")
        if kind is None:
            collector.fault("act-unknown", line, f"“{word}” is no kind of act that the table names", "map it")
            continue
        effect = collector.date(row.get("Date-Of-Effect", ""), ISO_FORMS, line, "Date-Of-Effect")
        effective = "" if effect is None else str(effect)
        collector.add(options.instrument, code, "iso3", kind, bound, line, effective=effective, source=_SOURCE)
    return collector.done()
