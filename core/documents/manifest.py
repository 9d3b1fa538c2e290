"""What a template may say: every field of a document's data, with its type, meaning and an example.

The dataclasses of a document describe their own fields with :class:`Told`; the manifest beside each
Word template is written from them, for the person who edits the template.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

_TYPES = {str: "testo", int: "numero", Decimal: "importo o percentuale", date: "data", bool: "sì/no"}


@dataclass(frozen=True)
class Told:
    """Meaning and example of one field, in Italian: template editors read them."""

    meaning: str
    example: str = ""


@dataclass(frozen=True)
class FieldEntry:
    """One line of a manifest; ``path`` is what a template writes, ``[]`` marks the items of a list."""

    path: str
    type: str
    description: str
    example: str = ""


@dataclass(frozen=True)
class Manifest:
    """All fields that one template may use."""

    title: str
    fields: tuple[FieldEntry, ...]

    @property
    def paths(self) -> frozenset[str]:
        """The paths alone."""
        return frozenset(entry.path for entry in self.fields)


def manifest_of(title: str, data: type) -> Manifest:
    """The manifest of a document whose context is the dataclass ``data``."""
    return Manifest(title, tuple(_entries(data, "")))


def _entries(data: Any, prefix: str) -> Iterator[FieldEntry]:
    for name, hint in _hints(data).items():
        told = next((extra for extra in get_args(hint)[1:] if isinstance(extra, Told)), Told(""))
        base, optional, many = _shape(hint)
        path = f"{prefix}{name}{'[]' if many else ''}"
        yield FieldEntry(path, _type_name(base, optional, many), told.meaning, told.example)
        if is_dataclass(base):
            yield from _entries(base, f"{path}.")


def _hints(data: Any) -> dict[str, Any]:
    """Type hints of the fields, then of the properties, that carry a :class:`Told`."""
    own = get_type_hints(data, include_extras=True)
    hints = {field.name: own[field.name] for field in fields(data)}
    for name in dir(data):
        getter = getattr(data, name)
        if isinstance(getter, property):
            hints[name] = get_type_hints(getter.fget, include_extras=True)["return"]
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


def _shape(hint: Any) -> tuple[Any, bool, bool]:
    """The type inside Annotated, Optional and tuple[...]; whether it may be missing; whether there are many."""
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    optional = many = False
    if get_origin(inner) in (Union, UnionType):
        kept = [part for part in get_args(inner) if part is not NoneType]
        optional = len(kept) < len(get_args(inner))
        inner = kept[0] if len(kept) == 1 else object
    if get_origin(inner) is tuple:
        inner, many = get_args(inner)[0], True
    return inner, optional, many


def _type_name(base: Any, optional: bool, many: bool) -> str:
    name = "gruppo di campi" if is_dataclass(base) else _TYPES.get(base, "blocchi")
    return ("elenco di " if many else "") + name + (" (può mancare)" if optional else "")


def to_toml(manifest: Manifest) -> str:
    """The manifest as a readable TOML file."""
    lines = [
        "# Campi che il modello può usare. File generato: python -m templates_docs.build",
        f"title = {_quoted(manifest.title)}",
    ]
    for entry in manifest.fields:
        lines += ["", "[[fields]]", *(f"{key} = {_quoted(getattr(entry, key))}" for key in FieldEntry.__match_args__)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def load_manifest(path: Path) -> Manifest:
    """Read the manifest that lies beside a template."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Manifest(data["title"], tuple(FieldEntry(**entry) for entry in data["fields"]))
