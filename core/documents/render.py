"""The one function that makes a Word document: a template, plain frozen data, bytes.

docxtpl is the template language behind it; everything it does silently is made to speak here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from jinja2 import TemplateError
from jinja2.exceptions import SecurityError, UndefinedError

from core.documents.plain import require_plain
from core.documents.wordfile import Properties
from core.ground.errors import RuleBroken, said_later
from core.ground.files import sha256


def render(template: Path, context: object, properties: Properties | None = None) -> bytes:
    """Pour ``context`` (a frozen dataclass or a mapping of plain data) into a Word template.

    The same template, data and properties give the same bytes. Raises RuleBroken, naming the field, for a
    missing value, an unknown field, data that is not plain, or a template that is not there or cannot be read.
    """
    from docx.opc.exceptions import PackageNotFoundError  # docx and docxtpl cost 0.3 s, and few processes render

    from core.documents.template import WordTemplate

    names = _names(context)
    require_plain(names)
    require_there(template)
    try:
        document = WordTemplate(template)
        document.render(names, document.environment())
    except (RuleBroken, TemplateError, TypeError, PackageNotFoundError, BadZipFile) as error:
        raise _explained(template, error) from error
    return document.to_bytes(properties or Properties())


def fingerprint(template: Path) -> str:
    """The SHA-256 of a template. RuleBroken if it is not there."""
    require_there(template)
    return sha256(template.read_bytes())


def require_there(template: Path) -> None:
    """RuleBroken, saying what to do, if somebody took the template away."""
    if not template.is_file():
        raise RuleBroken("Manca il modello «%(template)s», e il documento non si può scrivere: fa parte del programma. "
                         "Rimetterlo nella cartella %(folder)s, o rifarlo con «python -m templates_docs.build».",
                         template=template.name, folder=template.parent.name)


def _names(context: Any) -> dict[str, Any]:
    """The top-level names of a template: the items of a mapping, or the fields and properties of a dataclass."""
    if isinstance(context, Mapping):
        return dict(context)
    if not is_dataclass(context) or isinstance(context, type):
        raise RuleBroken("Un documento si genera da dati congelati: ricevuto %(kind)s.", kind=type(context).__name__)
    computed = [name for name in dir(type(context)) if isinstance(getattr(type(context), name), property)]
    return {name: getattr(context, name) for name in [*(entry.name for entry in fields(context)), *computed]}


def _explained(template: Path, error: Exception) -> RuleBroken:
    """The failure of a rendering as a sentence for whoever edits the template."""
    if isinstance(error, RuleBroken):
        return RuleBroken("%(refusal)s Modello: %(template)s.", field=error.field, refusal=str(error),
                          template=template.name)
    if isinstance(error, SecurityError):
        why = said_later("Il modello «%(template)s» usa un'istruzione non ammessa: %(reason)s.")
    elif isinstance(error, UndefinedError):
        why = said_later("Il modello «%(template)s» usa un dato che non esiste: %(reason)s.")
    else:  # bad Jinja, a loop over a number, a date compared with text, no Word file at all
        why = said_later("Il modello «%(template)s» non si può leggere: %(reason)s.")
    return RuleBroken(why, template=template.name, reason=str(error))
