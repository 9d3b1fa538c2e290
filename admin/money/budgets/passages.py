"""The passages of a budget as a person does them: the assembly's approval, and its undoing."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard.session import today
from admin.money.budgets import record
from admin.money.budgets.forms import ApprovalForm
from admin.web.acts import Step, WhyForm, common, doing
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
    "cancel": Step(
        lazy_gettext("Annulla il bilancio"), lazy_gettext("Il bilancio è annullato."),
        doing(operations.cancel, "why"), WhyForm,
        happens=lambda _row: (
            _("Serve per un bilancio aperto per errore: resta nell'elenco, annullato, con il motivo."),
            _("Se ne può aprire un altro dello stesso anno e della stessa fase."),
            _("Si può fare finché nessun piano di riparto si regge su questo bilancio.")), tint="danger", rare=True),
    "undo": Step(
        lazy_gettext("Riapri"), lazy_gettext("Il bilancio è di nuovo in bozza."),
        lambda session, row, form: operations.reopen(session, row.id, why=form.why.data or "", today=today()), WhyForm,
        happens=lambda _row: (
            _("L'approvazione registrata per errore viene corretta: torna una bozza, e i due passaggi restano nella "
              "storia."),
            _("I Comuni non la leggono più, finché non è approvata di nuovo.")), tint="danger", rare=True),
}
