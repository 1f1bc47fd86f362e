"""What the columns of a brought table may mean: a proposal for a person to settle.

Dates that could be read in two ways are asked about.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Final

import msgspec

from comity.actors import fold
from comity.dates import parse_legal_date
from comity.register.importers.common import ABSENT, DateForm
from comity.service.lists.brought import Columns
from comity.service.lists.sheet import Sheet

__all__ = ["Guess", "guess", "is_date_form"]

# What columns are called, folded (no case, no accents), in the languages of the United Nations and some others.
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "treaty": (
        *(
            "treaty",
            "title",
            "title of treaty",
            "treaty title",
            "agreement",
            "instrument",
            "name of treaty",
            "convention",
        ),
        *("titre", "traite", "accord", "intitule", "tratado", "titulo", "convenio", "acuerdo", "vertrag", "abkommen"),
        *(
            "договор",
            "название",
            "название договора",
            "соглашение",
            "المعاهدة",
            "الاتفاقية",
            "العنوان",
            "条约",
            "名称",
            "条约名称",
        ),
    ),
    "counterpart": (
        *("counterpart", "other party", "partner", "partner state", "contracting partner", "bilateral partner", "with"),
        *("autre partie", "partenaire", "contraparte", "otra parte", "vertragspartner", "контрагент", "другая сторона"),
        *("الطرف الاخر", "缔约对方", "对方"),
    ),
    "actor": (
        *(
            "country",
            "state",
            "participant",
            "party",
            "actor",
            "pays",
            "etat",
            "partie",
            "pais",
            "estado",
            "parte",
            "staat",
        ),
        *("страна", "государство", "участник", "الدولة", "الطرف", "国家", "缔约方"),
    ),
    "adopted": (
        *("adopted", "adoption", "date of adoption", "concluded", "date of conclusion", "adoption date", "conclusion"),
        *("date d adoption", "date de conclusion", "fecha de adopcion", "дата принятия", "تاريخ الاعتماد", "通过日期"),
    ),
    "in_force": (
        *(
            "entry into force",
            "in force",
            "in force since",
            "date of entry into force",
            "eif",
            "effective",
            "effective date",
        ),
        *(
            "entree en vigueur",
            "en vigueur",
            "entrada en vigor",
            "inkrafttreten",
            "вступление в силу",
            "دخول حيز النفاذ",
            "生效",
            "生效日期",
        ),
    ),
    "act": ("act", "action", "type of act", "acte", "acto", "действие", "الاجراء", "行为"),
    "date": ("date", "date of act", "fecha", "datum", "дата", "التاريخ", "日期"),
    "note": (
        *("note", "notes", "remarks", "comments", "observations", "remarques", "observaciones", "bemerkungen"),
        *("примечания", "примечание", "ملاحظات", "备注"),
    ),
}
_ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "signature": (
        "signature",
        "signed",
        "date of signature",
        "signature date",
        "firma",
        "подписание",
        "التوقيع",
        "签署",
        "unterzeichnung",
    ),
    "ratification": (
        "ratification",
        "ratified",
        "date of ratification",
        "ratificacion",
        "ратификация",
        "التصديق",
        "批准",
        "ratifikation",
    ),
    "acceptance": ("acceptance", "accepted", "acceptation", "aceptacion", "принятие", "القبول", "接受"),
    "approval": ("approval", "approved", "approbation", "aprobacion", "утверждение", "الموافقة", "赞同"),
    "accession": (
        "accession",
        "acceded",
        "date of accession",
        "adhesion",
        "присоединение",
        "الانضمام",
        "加入",
        "beitritt",
    ),
    "succession": ("succession", "succeeded", "sucesion", "правопреемство", "الخلافة", "继承"),
    "withdrawal": (
        "withdrawal",
        "withdrawn",
        "denunciation",
        "denounced",
        "termination",
        "terminated",
        "retrait",
        "denonciation",
        "denuncia",
        "retiro",
        "денонсация",
        "выход",
        "الانسحاب",
        "退出",
        "退约",
        "kundigung",
    ),
    # Which act it was the table does not say.
    "consent": (
        "deposit",
        "date of deposit",
        "consent",
        "deposit of instrument",
        "ratification accession",
        "ratification or accession",
        "depot",
        "deposito",
    ),
}
# “date” stands in many names of columns that mean something else.
_EXACT: Final = ("act", "date")
_FORMS: Final = (
    "YYYY-MM-DD",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "DD.MM.YYYY",
    "DD-MM-YYYY",
    "D/M/YYYY",
    "M/D/YYYY",
    "D.M.YYYY",
    "D Mon YYYY",
    "Mon D, YYYY",
    "YYYY/MM/DD",
    "D-Mon-YYYY",
    "YYYY-MM",
    "YYYY",
)
_LOOKED_AT: Final = 3_000  # cells: what follows them is read by the forms that they show, or reported
_LEAST: Final = 0.5  # of the cells of a column that must be dates, for a column of dates


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal: what the columns mean, the forms of the dates, and what a person must say.

    `rivals` are forms that read the same cells as other days (31/12 or 12/31): not empty means that one must be chosen.
    """

    columns: Columns
    dates: tuple[str, ...]
    rivals: tuple[tuple[str, str], ...] = ()


def guess(sheet: Sheet) -> Guess:
    """What the columns of a table may mean, by their names and by what stands in them."""
    named = {column: fold(column) for column in sheet.columns}
    own: dict[str, str] = {}
    wide: dict[str, str] = {}
    for part, aliases in _ALIASES.items():
        if part not in _EXACT and (found := _first(named, aliases, taken=own.values())):
            own[part] = found
    for kind, aliases in _ACTS.items():
        found = _first(named, aliases, taken=(*own.values(), *wide))
        if found and _holds_dates(sheet.cells(found)):
            wide[found] = kind
    for part in _EXACT:
        found = next((column for column, name in named.items() if name in _ALIASES[part]), "")
        if found not in {*own.values(), *wide}:
            own[part] = found
    if wide:  # a table with a column an act needs none that names the act, and its bare “date” is no act's
        own.pop("act", None)
        own.pop("date", None)
    elif own.get("date") and not own.get("act"):
        wide[own.pop("date")] = "consent"
    columns = Columns(**own, wide=wide)
    forms, rivals = _forms(_dates(sheet, columns))
    return Guess(columns=columns, dates=forms, rivals=rivals)


def is_date_form(text: str) -> bool:
    """Whether a text is a form of dates that a table may be read by (spec/import.md, 26)."""
    try:
        DateForm(text)
    except ValueError:
        return False
    return True


def _first(named: Mapping[str, str], aliases: tuple[str, ...], taken: Iterable[str]) -> str:
    """The column called so; else one whose name has such words in it."""
    free = {column: name for column, name in named.items() if column not in set(taken)}
    whole = (column for alias in aliases for column, name in free.items() if name == alias)
    inside = (
        column for alias in aliases for column, name in free.items() if re.search(rf"\b{re.escape(alias)}\b", name)
    )
    return next(whole, "") or next(inside, "")


@cache
def _form(text: str) -> DateForm:
    return DateForm(text)


def _holds_dates(cells: Iterable[str]) -> bool:
    said = list(islice((cell for cell in cells if cell not in ABSENT), _LOOKED_AT))
    dates = sum(any(_day(_form(text), cell) for text in _FORMS) for cell in said)
    return bool(said) and dates >= _LEAST * len(said)


def _dates(sheet: Sheet, columns: Columns) -> list[str]:
    names = [*columns.wide, *(name for name in (columns.date, columns.adopted, columns.in_force) if name)]
    return [cell for name in names for cell in sheet.cells(name) if cell not in ABSENT]


def _day(form: DateForm, cell: str) -> str | None:
    """The date that a cell is in a form, or None where it is none that exists."""
    found = form.read(cell)
    try:
        return None if found is None else str(parse_legal_date(found))
    except ValueError:
        return None


def _forms(cells: list[str]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The forms by which most cells are read, until none is left over; and pairs that only a person can choose from."""
    left = list(dict.fromkeys(cells))[:_LOOKED_AT]
    chosen: list[str] = []
    rivals: list[tuple[str, str]] = []
    while left:
        readings = {text: [_day(_form(text), cell) for cell in left] for text in _FORMS if text not in chosen}
        best = max(readings, key=lambda text: sum(day is not None for day in readings[text]))
        read = readings[best]
        if not any(read):
            break
        for text, other in readings.items():
            both = [(one, two) for one, two in zip(read, other, strict=True) if one is not None]
            if text != best and all(two is not None for _, two in both) and any(one != two for one, two in both):
                rivals.append((best, text))
        chosen.append(best)
        left = [cell for cell, day in zip(left, read, strict=True) if day is None]
    return tuple(chosen), tuple(rivals)
