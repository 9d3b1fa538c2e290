"""An edition of a sheet as it is printed: the line that says how it stands, in an annex and in its own document."""

from __future__ import annotations

from core.catalogue.model import OperationalSheet
from core.documents import words
from core.documents.controls import Late

DRAFT = "Edizione %s, bozza: l'Assemblea non l'ha ancora approvata"


def standing(sheet: OperationalSheet, code: str) -> Late:
    """How an edition stands: a draft says so (R1), until the act that approves it comes (R76).

    ``code`` is that of the service whose annex it is: it may serve several.
    """
    return Late(f"annex/{code}/standing", f"Approvazione della scheda – {sheet.title}", DRAFT % sheet.edition,
                _approved(sheet))


def _approved(sheet: OperationalSheet) -> str:
    if sheet.approved_on is None:
        return ""
    act = f" con deliberazione n. {sheet.act.number}" if sheet.act is not None and sheet.act.number else ""
    return f"Edizione {sheet.edition}, approvata dall'Assemblea{act} {words.of_day(words.date_long(sheet.approved_on))}"
