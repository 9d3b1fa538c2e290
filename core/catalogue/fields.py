"""One value of a sheet, by field type: how it is kept (JSON), read (Python) and said (Italian).

Decimals are kept as text and days as ISO text, so that JSON loses nothing. A form and a file may both bring
values, so people's writing (``12,5``, ``31/07/2026``, ``sì``) and the machine's (``12.5``, ``2026-07-31``) are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from core.documents import words
from core.ground.errors import RuleBroken
from core.plugins.schema import FieldType, SheetField

WHOLE = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(\.\d{3}){1,4})")
NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+,\d+|\d{1,15}(,\d+)?|\d{1,15}\.\d+)")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+")
ITALIAN_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
YES_NO = {"sì": True, "si": True, "true": True, "on": True, "1": True, "no": False, "false": False, "0": False}
PERIOD = ("valid_from", "valid_to")  # the columns of a row that holds from a day to a day
EMPTY: tuple[object, ...] = (None, "", [], (), {})


@dataclass(frozen=True)
class FieldPlace:
    """Where a value stands: the name of its form field, its label in words, and the municipalities that exist."""

    name: str
    label: str
    municipalities: Collection[str] | None = None

    def refuse(self, message: str, **values: object) -> RuleBroken:
        """The refusal of the value at this place; ``message`` may use ``%(label)s``."""
        return RuleBroken(message, field=self.name, label=self.label, **values)


@dataclass(frozen=True)
class FieldKind:
    """What can be done with the values of one field type."""

    keep: Callable[[SheetField, Any, FieldPlace], Any]
    read: Callable[[SheetField, Any, Mapping[str, str]], Any]
    say: Callable[[SheetField, Any], str]


def is_empty(value: object) -> bool:
    """True for what a form leaves blank; ``no`` and zero are answers."""
    return any(value is empty or (type(value) is type(empty) and value == empty) for empty in EMPTY) or (
        isinstance(value, str) and not value.strip()
    )


def keep_fields(fields: Sequence[SheetField], data: Mapping[str, Any], place: Callable[[SheetField], FieldPlace],
                refuse: Callable[[str], RuleBroken]) -> dict[str, Any]:
    """The values of ``fields`` as they are kept; RuleBroken for an unknown name, a missing or a wrong value."""
    known = {field.name for field in fields}
    if strangers := [str(name) for name in data if name not in known]:
        raise refuse(strangers[0])
    kept: dict[str, Any] = {}
    for field in fields:
        value, at = data.get(field.name), place(field)
        if not is_empty(value):
            kept[field.name] = KINDS[field.type].keep(field, value, at)
        elif field.required:
            raise at.refuse("Manca «%(label)s»: va compilato.")
    return kept


def read_fields(fields: Sequence[SheetField], data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Every field of ``fields`` in Python: a missing value is None, a missing list is empty."""
    return {field.name: _read(field, data.get(field.name), names) for field in fields}


def say(field: SheetField, value: object) -> str:
    """A value, as read, in Italian; a dash where there is none."""
    return "-" if is_empty(value) else KINDS[field.type].say(field, value)


def _read(field: SheetField, value: object, names: Mapping[str, str]) -> object:
    if value is None:
        return () if field.type in (FieldType.LINES, FieldType.ROWS) else None
    return KINDS[field.type].read(field, value, names)


# --- keeping ----------------------------------------------------------------------------------------------


def _text(value: object, at: FieldPlace) -> str:
    if not isinstance(value, str):
        raise at.refuse("«%(label)s» deve essere un testo.")
    if any(ord(char) < 32 and char not in "\t\n\r" for char in value):
        raise at.refuse("«%(label)s» contiene caratteri che non si possono stampare: riscrivere il testo.")
    return value.strip()


def _keep_text(_field: SheetField, value: object, at: FieldPlace) -> str:
    return " ".join(_text(value, at).split())


def _keep_long_text(_field: SheetField, value: object, at: FieldPlace) -> str:
    return "\n".join(line.rstrip() for line in _text(value, at).splitlines())


def _keep_lines(_field: SheetField, value: object, at: FieldPlace) -> list[str]:
    lines = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, list | tuple):
        raise at.refuse("«%(label)s» deve essere un elenco di testi, uno per riga.")
    return [text for line in lines if (text := " ".join(_text(line, at).split()))]


def _keep_integer(field: SheetField, value: object, at: FieldPlace) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not isinstance(value, int | str) or not WHOLE.fullmatch(text):
        raise at.refuse("«%(label)s» deve essere un numero intero: «%(value)s» non lo è.", value=value)
    return int(_within(field, Decimal(text.replace(".", "")), at))


def _keep_decimal(field: SheetField, value: object, at: FieldPlace, *, places: int, fixed: bool = False) -> str:
    text = str(value).replace("€", "").strip()
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal) or not NUMBER.fullmatch(text):
        raise at.refuse("«%(label)s» deve essere un numero, per esempio 1.234,5: «%(value)s» non lo è.", value=value)
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    # «12.000» is twelve thousand to one reader and twelve to another
    if "," not in text and THOUSANDS.fullmatch(text) and places < 3:
        raise at.refuse("«%(label)s» vale «%(value)s», che si legge in due modi: scrivere %(plain)s, senza punti, "
                        "oppure i decimali dopo la virgola.", value=value, plain=text.replace(".", ""))
    if len(plain.partition(".")[2]) > places:
        raise at.refuse("«%(label)s» vale «%(value)s»: sono ammessi al più %(places)s decimali, dopo la virgola.",
                        value=value, places=places)
    number = _within(field, Decimal(plain), at)
    return f"{number:.{places}f}" if fixed else f"{number.normalize():f}"


def _within(field: SheetField, number: Decimal, at: FieldPlace) -> Decimal:
    if field.minimum is not None and number < field.minimum:
        raise at.refuse("«%(label)s» non può essere minore di %(limit)s.", limit=field.minimum)
    if field.maximum is not None and number > field.maximum:
        raise at.refuse("«%(label)s» non può essere maggiore di %(limit)s.", limit=field.maximum)
    return number


def _keep_date(_field: SheetField, value: object, at: FieldPlace) -> str:
    text = value.isoformat() if type(value) is date else str(value).strip()
    if match := ITALIAN_DAY.fullmatch(text):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise at.refuse("«%(label)s» deve essere una data come 31/07/2026: «%(value)s» non lo è.",
                        value=value) from error


def _keep_yes_no(_field: SheetField, value: object, at: FieldPlace) -> bool:
    answer = value if isinstance(value, bool) else YES_NO.get(str(value).strip().lower())
    if answer is None:
        raise at.refuse("«%(label)s» deve essere sì oppure no: «%(value)s» non lo è.", value=value)
    return answer


def _keep_choice(field: SheetField, value: object, at: FieldPlace) -> str:
    codes = dict(field.choices)
    if not isinstance(value, str) or value not in codes:
        raise at.refuse("«%(label)s» vale «%(value)s», che non è fra le scelte: %(choices)s.",
                        value=value, choices=", ".join(codes.values()))
    return value


def _keep_municipality(_field: SheetField, value: object, at: FieldPlace) -> str:
    if not isinstance(value, str) or (at.municipalities is not None and value not in at.municipalities):
        raise at.refuse("«%(label)s» vale «%(value)s», che non è un Comune conosciuto: sceglierlo dall'elenco.",
                        value=value)
    return value


def _keep_rows(field: SheetField, value: object, at: FieldPlace) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise at.refuse("«%(label)s» deve essere una tabella: un elenco di righe con le sue colonne.")
    return [_keep_row(field, number, row, at) for number, row in enumerate(value, start=1)
            if not all(is_empty(cell) for cell in row.values())]


def _keep_row(field: SheetField, number: int, row: Mapping[str, Any], at: FieldPlace) -> dict[str, Any]:
    def place(column: SheetField) -> FieldPlace:
        # the name that a form gives to a field in a list of rows
        return FieldPlace(f"{at.name}-{number - 1}-{column.name}", f"{at.label}, riga {number}: {column.label}",
                          at.municipalities)

    def refuse(name: str) -> RuleBroken:
        return at.refuse("«%(label)s», riga %(row)s: la colonna «%(column)s» non esiste.", row=number, column=name)

    kept = keep_fields(field.columns, row, place, refuse)
    days = [column for column in field.columns if column.name in PERIOD and column.type is FieldType.DATE
            and column.name in kept]
    if len(days) == len(PERIOD) and kept["valid_to"] < kept["valid_from"]:
        [last] = [column for column in days if column.name == "valid_to"]
        raise place(last).refuse("«%(label)s» viene prima del giorno da cui la riga vale: correggere una delle due "
                                 "date.")
    return kept


# --- reading ----------------------------------------------------------------------------------------------


def _as_it_is(_field: SheetField, value: Any, _names: Mapping[str, str]) -> Any:
    return value


def _read_lines(_field: SheetField, value: Any, _names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value)


def _read_decimal(_field: SheetField, value: Any, _names: Mapping[str, str]) -> Decimal:
    return Decimal(value)


def _read_date(_field: SheetField, value: Any, _names: Mapping[str, str]) -> date:
    return date.fromisoformat(value)


def _read_municipality(_field: SheetField, value: Any, names: Mapping[str, str]) -> str:
    return names.get(value, value)


def _read_rows(field: SheetField, value: Any, names: Mapping[str, str]) -> tuple[dict[str, Any], ...]:
    return tuple(read_fields(field.columns, row, names) for row in value)


# --- saying -----------------------------------------------------------------------------------------------


def _say_plain(_field: SheetField, value: Any) -> str:
    return str(value)


def _say_number(_field: SheetField, value: Any) -> str:
    return words.number(value)


def _say_euro(_field: SheetField, value: Any) -> str:
    return words.euro(value)


def _say_percent(_field: SheetField, value: Any) -> str:
    return words.percent(value)


def _say_date(_field: SheetField, value: Any) -> str:
    return words.date_short(value)


def _say_yes_no(_field: SheetField, value: Any) -> str:
    return "sì" if value else "no"


def _say_choice(field: SheetField, value: Any) -> str:
    return dict(field.choices).get(value, str(value))


def _say_lines(_field: SheetField, value: Any) -> str:
    return "; ".join(value)


def _say_rows(field: SheetField, value: Any) -> str:
    return "; ".join(", ".join(say(column, row[column.name]) for column in field.columns) for row in value)


_decimal = partial(_keep_decimal, places=2)
_euro = partial(_keep_decimal, places=2, fixed=True)
_percent = partial(_keep_decimal, places=3)

KINDS: Mapping[FieldType, FieldKind] = {
    FieldType.TEXT: FieldKind(_keep_text, _as_it_is, _say_plain),
    FieldType.LONG_TEXT: FieldKind(_keep_long_text, _as_it_is, _say_plain),
    FieldType.LINES: FieldKind(_keep_lines, _read_lines, _say_lines),
    FieldType.INTEGER: FieldKind(_keep_integer, _as_it_is, _say_number),
    FieldType.DECIMAL: FieldKind(_decimal, _read_decimal, _say_number),
    FieldType.EURO: FieldKind(_euro, _read_decimal, _say_euro),
    FieldType.PERCENT: FieldKind(_percent, _read_decimal, _say_percent),
    FieldType.DATE: FieldKind(_keep_date, _read_date, _say_date),
    FieldType.YES_NO: FieldKind(_keep_yes_no, _as_it_is, _say_yes_no),
    FieldType.CHOICE: FieldKind(_keep_choice, _as_it_is, _say_choice),
    FieldType.MUNICIPALITY: FieldKind(_keep_municipality, _read_municipality, _say_plain),
    FieldType.ROWS: FieldKind(_keep_rows, _read_rows, _say_rows),
}
