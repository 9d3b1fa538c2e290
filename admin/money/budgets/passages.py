"""The passages of a budget as a person does them: the assembly's approval, and its undoing."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard.session import today
from admin.money.budgets import record
from admin.money.budgets.forms import ApprovalForm
from admin.web.acts import Step, WhyForm, common
from core.funding import operations

IN_THE_HISTORY = lazy_gettext("Resta nella storia, accanto al passaggio che si corregge.")

STEPS: dict[str, Step] = {
    "approve": Step(
        lazy_gettext("Registra l'approvazione"), lazy_gettext("Il bilancio è approvato."),
        lambda session, row, form: operations.approve(session, row.id, form.approval(), **common(form)), ApprovalForm,
        happens=lambda _row: (
            _("Le voci non si modificano più."), _("I Comuni soci possono leggere il bilancio."),
            _("Si può approvare il piano di riparto che ne dipende."), _("Non parte alcuna lettera.")),
        tint="primary", template="money/budgets/approve.html", shows=lambda row: {"remarks": record.remarks(row)}),
    "undo": Step(
        lazy_gettext("Riapri"), lazy_gettext("Il bilancio è di nuovo in bozza."),
        lambda session, row, form: operations.reopen(session, row.id, why=form.why.data or "", today=today()), WhyForm,
        happens=lambda _row: (
            _("L'approvazione registrata per errore viene corretta: torna una bozza, e i due passaggi restano nella "
              "storia."),
            _("I Comuni non la leggono più, finché non è approvata di nuovo.")), tint="danger"),
}
