"""The passages of an edition as a person does them: the Assembly's approval, its undoing, giving a draft up."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard.session import today
from admin.web.acts import ActForm, Step, WhyForm, common, doing, file_of
from admin.web.fields import day_field, file_field, line_field
from core.catalogue import editions
from core.catalogue.editions import SheetApproval
from core.ground.access import ScopedSession

IN_THE_HISTORY = lazy_gettext("Resta nella storia della scheda.")


class SheetApprovalForm(ActForm):
    """The Assembly's act (R76)."""

    number = line_field(lazy_gettext("Numero della deliberazione"))
    on = day_field(lazy_gettext("Data della deliberazione"))
    file = file_field(lazy_gettext("Copia della deliberazione"), needed=False)
    sections = ((lazy_gettext("Deliberazione dell'Assemblea Consortile"), ("number", "on", "file")),)

    def approval(self) -> SheetApproval:
        """What the core asks for."""
        if self.file.data:
            self.file.data.seek(0)  # one act approves several sheets, and each keeps its copy
        return SheetApproval(self.number.data or "", self.on.data or today(), file_of(self.file))


def _approve(session: ScopedSession, row: Any, form: SheetApprovalForm) -> object:
    return editions.approve(session, row.id, form.approval(), **common(form))


STEPS: dict[str, Step] = {
    "approve": Step(
        lazy_gettext("Registra l'approvazione"), lazy_gettext("La scheda è approvata."), _approve, SheetApprovalForm,
        happens=lambda row: (
            _("Testi e dati della scheda non si modificano più: si aggiungono solo le quantità svolte."),
            _("I contratti dal %(year)s in poi la portano in allegato con l'atto che la approva, e si possono firmare.",
              year=row.edition),
            _("L'edizione di prima è superata: resta l'allegato dei contratti dei suoi anni.")), tint="primary"),
    "cancel": Step(
        lazy_gettext("Annulla la bozza"), lazy_gettext("La bozza è annullata."), doing(editions.cancel, "why"), WhyForm,
        happens=lambda row: (
            _("Serve per un'edizione cominciata per errore: resta nell'elenco, annullata, con il motivo."),
            _("I contratti tornano a portare in allegato l'edizione di prima, se c'è."),
            _("Se ne può cominciare un'altra del %(year)s.", year=row.edition)), tint="danger", rare=True),
    "undo": Step(
        lazy_gettext("Riapri"), lazy_gettext("La scheda è di nuovo una bozza."), doing(editions.take_back, "why"),
        WhyForm,
        happens=lambda _row: (
            _("L'approvazione registrata per errore viene corretta: torna una bozza, e i due passaggi restano nella "
              "storia."),
            _("L'edizione che aveva superato vale di nuovo."),
            _("Si può fare finché nessun contratto firmato la porta in allegato.")), tint="danger", rare=True),
}
