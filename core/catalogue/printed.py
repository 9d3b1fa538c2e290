"""An edition of a sheet as it is printed: the line that says how it stands, and its own Word document.

The document is made when it is asked for and kept nowhere: the same edition gives the same bytes, and what has legal
weight is the annex of a contract, which is kept.
"""

from __future__ import annotations

from core.catalogue import sheets
from core.catalogue.context import SheetDocument
from core.catalogue.model import OperationalSheet
from core.catalogue.operations import municipality_names
from core.catalogue.states import EditionState
from core.documents import words
from core.documents.controls import Late
from core.documents.render import render
from core.documents.wordfile import Properties
from core.ground.access import ScopedSession
from core.ground.files import Upload
from core.ground.paths import TEMPLATES_DOCS
from core.parties.azienda import the_azienda
from core.parties.rules import slug_of
from core.plugins.hookspecs import PluginDescription

TEMPLATE = TEMPLATES_DOCS / "operational_sheet.docx"
DRAFT = "Edizione %s, bozza: l'Assemblea non l'ha ancora approvata"
CANCELLED = "Edizione %s, bozza annullata"


def standing(sheet: OperationalSheet, code: str) -> Late:
    """How an edition stands: a draft says so (R1), until the act that approves it comes (R76).

    ``code`` is that of the service whose annex it is: it may serve several.
    """
    return Late(f"annex/{code}/standing", f"Approvazione della scheda – {sheet.title}", DRAFT % sheet.edition,
                _approved(sheet))


def document(session: ScopedSession, sheet: OperationalSheet, plugin: PluginDescription | None) -> Upload:
    """The sheet alone as a Word file, its state printed (R1). RuleBroken where its plugin cannot say its part."""
    azienda, late = the_azienda(session), standing(sheet, sheet.code)
    told = SheetDocument(
        azienda=azienda.name,
        short_name=azienda.short_name or azienda.name,
        title=sheet.title,
        services=tuple(service.title for service in sheet.services),
        draft=sheet.approved_on is None,
        standing=CANCELLED % sheet.edition if sheet.state == EditionState.CANCELLED else late.text or late.open,
        blocks=sheets.blocks_of(sheet, plugin, municipality_names(session)),
    )
    made = render(TEMPLATE, told, Properties(f"{sheet.title} {sheet.edition}", azienda.name, "Scheda operativa"))
    return Upload(f"scheda-{slug_of(sheet.title)}-{sheet.edition}.docx", made)


def _approved(sheet: OperationalSheet) -> str:
    if sheet.approved_on is None:
        return ""
    act = f" con deliberazione n. {sheet.act.number}" if sheet.act is not None and sheet.act.number else ""
    return f"Edizione {sheet.edition}, approvata dall'Assemblea{act} {words.of_day(words.date_long(sheet.approved_on))}"
