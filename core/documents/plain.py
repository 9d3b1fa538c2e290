"""The guard at the door of every document: only plain frozen data goes in.

A template may be edited by anybody in the office; what it cannot reach, it cannot change or leak.
ORM rows, functions and mutable objects are refused, and so is text that Word cannot store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.ground.errors import RuleBroken

_SCALARS = (int, Decimal, date, type(None))
_ILLEGAL = re.compile("[^\t\n\r\v\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def require_plain(value: object, path: str = "") -> None:
    """Walk the whole value and raise RuleBroken, naming the field, at the first thing that is not plain data.

    Plain are text, whole numbers, ``Decimal``, dates, yes/no, nothing, tuples and lists, mappings with text keys, and
    frozen dataclasses of these. A float is not: money and percentages are ``Decimal``.
    """
    if isinstance(value, str):
        _require_writable(value, path)
    elif is_dataclass(value) and not isinstance(value, type):
        _require_frozen(value, path)
        for entry in fields(value):
            require_plain(getattr(value, entry.name), _below(path, entry.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            require_plain(item, _below(path, str(key)))
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value, start=1):
            require_plain(item, f"{path}[{index}]")
    elif not isinstance(value, _SCALARS):
        raise RuleBroken(
            "Il dato «%(name)s» non può entrare in un documento (%(kind)s): servono testo, numeri esatti o date.",
            field=path,
            name=path,
            kind=type(value).__name__,
        )


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _require_frozen(value: Any, path: str) -> None:
    if not value.__dataclass_params__.frozen:
        raise RuleBroken(
            "Il dato «%(name)s» può ancora cambiare (%(kind)s): nei documenti entrano solo dati congelati.",
            field=path,
            name=path,
            kind=type(value).__name__,
        )


def _require_writable(text: str, path: str) -> None:
    """XML has no way to write control characters and half characters: a silent loss would change the contract."""
    if hasattr(text, "__html__"):
        raise RuleBroken("Il dato «%(name)s» contiene codice e non testo: passarlo come testo.",
                         field=path, name=path)
    found = _ILLEGAL.search(text)
    if found:
        raise RuleBroken(
            "Il dato «%(name)s» contiene un carattere invisibile che Word non può scrivere (U+%(code)s), "
            "alla posizione %(position)s: toglierlo e riscrivere il testo.",
            field=path,
            name=path,
            code=f"{ord(found.group()):04X}",
            position=found.start() + 1,
        )
