"""Acts of the municipality that the azienda recorded on its behalf: the list, the record, and what each side answers.

The pages of a notice and of a penalty show theirs with ``marks_of``, and their diaries tell of the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import db, principal
from admin.web import formats
from admin.web.acts import Passages, Step, WhyForm, doing
from admin.web.base_view import BaseView
from admin.web.searching import named
from admin.web.together import Ticked
from admin.web.words import said
from core.documents.model import Document
from core.ground.access import Role
from core.parties.model import Municipality
from core.penalties import behalf
from core.penalties.model import DamageClaim, OnBehalf
from core.penalties.states import BEHALF_LIFE, BehalfState

TITLE = lazy_gettext("Atti registrati per conto del Comune")
STEPS: dict[str, Step] = {
    "accept": Step(
        lazy_gettext("Prendi atto"), lazy_gettext("Il Comune ha preso atto."), doing(behalf.accept),
        happens=lambda _row: (_("L'atto vale come del Comune."), _("Ci si può ancora opporre in seguito.")),
        tint="primary"),
    "object": Step(
        lazy_gettext("Opponiti"), lazy_gettext("L'opposizione è registrata: l'atto è fermo."),
        doing(behalf.object_to, "why"), WhyForm,
        happens=lambda _row: (
            _("L'atto si ferma subito e tutto sta come prima, finché il Comune non decide se confermarlo o "
              "annullarlo."),
            _("L'azienda ne è avvisata per e-mail.")), tint="danger"),
    "confirm": Step(
        lazy_gettext("Conferma l'atto"), lazy_gettext("L'atto è confermato."), doing(behalf.confirm),
        happens=lambda _row: (_("L'atto si compie di nuovo, come atto del Comune, con lo stesso documento."),),
        tint="primary"),
    "take_back": Step(
        lazy_gettext("Annulla l'atto"), lazy_gettext("L'atto è annullato."), doing(behalf.take_back, "why"), WhyForm,
        happens=lambda _row: (_("L'atto non vale: tutto resta com'era prima che fosse registrato."),), tint="danger"),
    "correct": Step(
        lazy_gettext("Correggi: registrato per errore"), lazy_gettext("La registrazione è corretta."),
        doing(behalf.correct, "why"), WhyForm,
        happens=lambda _row: (
            _("Tutto torna com'era prima della registrazione, e il Comune ne è avvisato per e-mail."),
            _("Nulla si cancella: nel diario restano l'atto, la correzione e il suo motivo.")), rare=True),
}


def act_words(row: OnBehalf) -> str:
    """What an act is called at the head of a sentence."""
    name = said(behalf.name_of(row))
    return name[0].upper() + name[1:]


def case_url(row: OnBehalf) -> str:
    """The page of what an act is about; a damage stands on the page of its notice."""
    if row.subject == "damage_claim":
        return url_for("default_notice.details_view", id=db().require(DamageClaim, row.subject_id).notice_id)
    return url_for(f"{row.subject}.details_view", id=row.subject_id)


@dataclass(frozen=True)
class BehalfMark:
    """How an act stands on the page of its case."""

    row: OnBehalf
    what: str
    day: str
    file: str
    file_url: str | None
    url: str
    waits: bool


def marks_of(subject: str, ids: Collection[int]) -> list[BehalfMark]:
    """What was recorded on behalf of the municipality on these cases, for their page; corrected ones are in the diary.
    """
    rows = [row for row in behalf.acts_on(db(), subject, tuple(ids)) if row.state != BehalfState.CORRECTED]
    papers = {row.passage.document_id for row in rows}
    names: dict[int, str] = dict(
        row for row in db().execute(select(Document.id, Document.file_name).where(Document.id.in_(papers))))
    return [BehalfMark(row, act_words(row), formats.day(row.passage.on), names.get(row.passage.document_id or 0, ""),
                       diary.file_url(row.passage.document_id), url_for("on_behalf.details_view", id=row.id),
                       row.state in behalf.WAITING) for row in rows]


def answers_of(marks: Collection[BehalfMark]) -> Iterator[diary.Event]:
    """What the sides answered, for the diary of the case."""
    for mark in marks:
        yield from diary.events(db(), "on_behalf", mark.row.id)


class ActsOnBehalf(Ticked, Passages, BaseView):
    """The municipality takes note or objects, then decides; the azienda corrects what it recorded in error."""

    may_read = policy.MONEY_READERS
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "disputes"
    title = TITLE
    lead = lazy_gettext("Le decisioni su diffide, penali e danni sono del Comune. Quando le registra l'azienda, per "
                        "suo conto e con il suo documento, il Comune lo sa e può opporsi.")
    empty = lazy_gettext("L'azienda non ha registrato nulla per conto del Comune.")
    details_template = "penalties/on_behalf.html"
    newest_first = True
    searched = (named(OnBehalf.municipality_id, Municipality.id),)
    column_list = ("municipality", "act", "case", "on", "state")
    column_labels = {"municipality": lazy_gettext("Comune"), "act": lazy_gettext("Atto"),
                     "case": lazy_gettext("Su che cosa"), "on": lazy_gettext("Giorno"), "state": lazy_gettext("Stato")}
    shown = {
        "act": act_words,
        "case": lambda row: str(behalf.case_of(db(), row)),
        "on": lambda row: formats.day(row.passage.on),
    }
    load = (joinedload(OnBehalf.municipality), joinedload(OnBehalf.passage))
    life = BEHALF_LIFE
    steps = STEPS
    each = ("accept", "confirm")

    def name_of(self, row: OnBehalf) -> str:
        """The act and its case."""
        return _("%(act)s – %(case)s", act=act_words(row), case=behalf.case_of(db(), row))

    def where_it_stands(self, row: OnBehalf) -> str:
        """Where it stands, and what may follow."""
        return {
            BehalfState.TOLD: _("Registrato dall'azienda per conto del Comune: il Comune non ha ancora risposto."),
            BehalfState.ACCEPTED: _("Il Comune ne ha preso atto."),
            BehalfState.OBJECTED: _("Il Comune si è opposto: l'atto è fermo finché il Comune non lo conferma o lo "
                                    "annulla."),
            BehalfState.CONFIRMED: _("Il Comune si era opposto e poi l'ha confermato: vale come suo."),
            BehalfState.TAKEN_BACK: _("Il Comune l'ha annullato: tutto sta come prima."),
            BehalfState.CORRECTED: _("L'azienda l'aveva registrato per errore: tutto sta come prima."),
        }[BehalfState(row.state)]

    def timely(self, row: OnBehalf, action: str) -> bool:
        """On what was recorded for the municipality it answers itself, and nobody who also works for the azienda."""
        return principal().has(Role.MANAGEMENT) if action == "correct" else behalf.may_answer(db())

    def context(self, row: OnBehalf) -> dict[str, Any]:
        """The case, the document, the reason, and what was answered."""
        [name] = db().scalars(select(Document.file_name).where(Document.id == row.passage.document_id)).all() or [""]
        return {"case": behalf.case_of(db(), row), "case_url": case_url(row), "file": name,
                "file_url": diary.file_url(row.passage.document_id),
                "events": diary.events(db(), "on_behalf", row.id), "diary_acts": []}


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [ActsOnBehalf(OnBehalf, TITLE, endpoint="on_behalf", url="atti-per-conto")]
