"""The passages of an allocation plan as a person does them: the assembly's approval, and its undoing."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard.session import db, today
from admin.money.allocation import record
from admin.money.allocation.forms import PlanApprovalForm
from admin.web.acts import Step, WhyForm, common, doing
from admin.web.exercise import of_row
from core.allocation import operations
from core.allocation.model import AllocationPlan
from core.funding.states import Stage


def _approved(row: AllocationPlan) -> Iterator[str]:
    shared = row.budget.stage in (Stage.BUDGET, Stage.ACCOUNTS)
    yield _("Importi, spiegazione e fonti restano fissati come sono ora, anche se i dati cambieranno.")
    if row.budget.stage == Stage.BUDGET:
        yield _("Nascono le quote di previsione del %(year)s: su di esse si calcolano gli acconti.", year=of_row(row))
    elif row.budget.stage == Stage.ACCOUNTS:
        yield _("Nascono le quote definitive del %(year)s: su di esse si calcola il saldo.", year=of_row(row))
        if row.corrects is not None:
            yield _("Prende il posto di «%(plan)s», che resta leggibile.", plan=row.corrects.title)
            yield _("A chi il saldo è già stato chiesto nasce una rettifica, di quanto la sua quota è cambiata: resta "
                    "contato quello che ha pagato.")
    else:
        yield _("Le quote dicono che cosa aspettarsi: su di esse non si può chiedere nulla.")
    yield _("Ogni Comune può leggere la propria quota e come è stata calcolata.")
    if shared:
        yield _("Per ogni Comune si prepara il documento Word con il calcolo; non parte da solo.")


STEPS: dict[str, Step] = {
    "approve": Step(
        lazy_gettext("Registra l'approvazione"), lazy_gettext("Il piano di riparto è approvato."),
        lambda session, row, form: operations.approve(
            session, row.id, form.approval(), reason=form.reason.data or "" if "reason" in form else "",
            **common(form)), PlanApprovalForm,
        happens=lambda row: tuple(_approved(row)), tint="primary", template="money/allocation/approve.html",
        shows=lambda row: {"row": row, **record.sections(db(), row, editable=False)}),
    "cancel": Step(
        lazy_gettext("Annulla il piano"), lazy_gettext("Il piano di riparto è annullato."),
        doing(operations.cancel, "why"), WhyForm,
        happens=lambda _row: (
            _("Serve per un piano aperto per errore: resta nell'elenco, annullato, con il motivo."),
            _("Il bilancio e gli altri piani restano come sono.")), tint="danger", rare=True),
    "undo": Step(
        lazy_gettext("Riapri"), lazy_gettext("Il piano è di nuovo in bozza."),
        lambda session, row, form: operations.reopen(session, row.id, why=form.why.data or "", today=today()), WhyForm,
        happens=lambda _row: (
            _("L'approvazione registrata per errore viene corretta: torna una bozza, e i due passaggi restano nella "
              "storia."),
            _("I Comuni non la leggono più, finché non è approvata di nuovo."),
            _("Le quote nate da questo piano cadono; le rate già chieste su di esse impediscono di riaprirlo.")),
        tint="danger", rare=True),
}
