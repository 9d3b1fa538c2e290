"""The steps of a penalty as a person does them: the request, its receipt, the payment, and what ends it otherwise."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import Length

from admin.guard.session import db, today
from admin.penalties.default_notices.forms import NoticeReceiptForm, RequestForm
from admin.web import formats
from admin.web.acts import ActForm, OthersWhyForm, Step, WhyForm, doing, doing_others
from admin.web.fields import IN_THE_DIARY, KEPT, day_field, file_field, why_field
from admin.web.forms import SHORT, EuroField, OneField, Sentence, clean, picks
from admin.wording import labels
from core.ground.errors import RuleBroken
from core.instalments.interest import Interest
from core.penalties import penalties
from core.penalties.model import Penalty


class PayForm(ActForm):
    """What was paid, and how."""

    on = day_field(lazy_gettext("Pagato il"))
    amount = EuroField(lazy_gettext("Importo pagato"), [Sentence()], render_kw={"inputmode": "decimal"})
    method = OneField(lazy_gettext("Modo di pagamento"), [Sentence()], description=lazy_gettext(
        "Solo modi tracciabili, come per ogni pagamento del contratto (L. 136/2010)."),
        choices=picks(labels.CHOICES["penalty_payment.method"].items()))
    reference = StringField(lazy_gettext("Causale"), [Length(max=SHORT)], filters=[clean])


class ContestPenaltyForm(WhyForm):
    """Where and why the azienda contests."""

    kind = OneField(lazy_gettext("Sede"), [Sentence()],
                    choices=picks([("", "–"), *labels.CHOICES["penalty.contest"].items()]))
    on = day_field(lazy_gettext("Contestata il"))


class ConfirmForm(WhyForm):
    """How a contest ended that left the penalty as it was."""

    on = day_field(lazy_gettext("Giorno della decisione"))
    file = file_field(lazy_gettext("Decisione o accordo"), KEPT)


class ReduceForm(ConfirmForm):
    """To how much, by whom and why."""

    to = EuroField(lazy_gettext("Importo ridotto"), [Sentence()], render_kw={"inputmode": "decimal"})
    by = OneField(lazy_gettext("Ridotta da"), [Sentence()],
                  choices=picks([("", "–"), *labels.CHOICES["penalty.reduced_by"].items()]))
    why = why_field(help_text=IN_THE_DIARY)


def interest_account(row: Penalty) -> tuple[Interest, RuleBroken | None]:
    """The interest on delay up to today, or what it lacks."""
    try:
        return penalties.interest_of(db(), row, today=today()), None
    except RuleBroken as error:
        return Interest(), error


def _all_that_is_due(row: Penalty) -> dict[str, Any]:
    """What closes the account today: what is left, and the interest on its delay."""
    return {"on": today(), "amount": row.left + interest_account(row)[0].due}


def _earned_words(row: Penalty) -> tuple[str, ...]:
    due = interest_account(row)[0].due
    return (_("Gli interessi di ritardo maturati a oggi, %(amount)s, sono già nell'importo proposto.",
              amount=formats.euro(due)),
            _("Un pagamento copre prima gli interessi maturati fino al suo giorno, poi la penale (art. 1194 c.c.): li "
              "conta il programma, da quel giorno.")) if due else ()


STEPS: dict[str, Step] = {
    "request": Step(
        lazy_gettext("Registra l'invio della richiesta"),
        lazy_gettext("L'invio è registrato: ora si attende la ricevuta."),
        doing(penalties.request, "channel", "sent_on", "protocol_number", paper="file"), RequestForm,
        happens=lambda row: (
            _("L'azienda ha %(days)s giorni per pagare, da quando riceve la richiesta (art. 24, c. 6).",
              days=row.payment_days),
            _("Il programma non spedisce nulla: la lettera parte con la PEC o la posta dell'ente, e qui si registra."),
            _("La penale non si compensa da sola con quanto il Comune deve versare.")),
        proposed=lambda _row: {"sent_on": today()}, tint="primary"),
    "receive": Step(
        lazy_gettext("Registra il ricevimento"), lazy_gettext("Il ricevimento è registrato: il termine corre."),
        doing(penalties.receive, "received_on", paper="file"), NoticeReceiptForm,
        happens=lambda row: (
            _("Da questo giorno corrono i %(days)s giorni per pagare; dopo, gli interessi legali.",
              days=row.payment_days),),
        proposed=lambda _row: {"received_on": today()}, tint="primary"),
    "pay": Step(
        lazy_gettext("Registra un pagamento"), lazy_gettext("Il pagamento è registrato."),
        doing(penalties.pay, "on", "amount", "method", "reference"), PayForm,
        happens=lambda row: (
            _("Della penale restano da pagare %(left)s.", left=formats.euro(row.left)), *_earned_words(row),
            *((_("La penale è contestata: il pagamento si registra con riserva."),) if row.contest else ()),
            _("Un pagamento sbagliato si storna: restano scritte tutte e due le righe.")),
        proposed=_all_that_is_due, tint="primary"),
    "contest": Step(
        lazy_gettext("Registra la contestazione"), lazy_gettext("La contestazione è registrata."),
        doing(penalties.contest, "kind", "on", "why"), ContestPenaltyForm,
        happens=lambda _row: (
            _("L'azienda contesta la penale davanti agli arbitri o al tribunale."),
            _("La contestazione non ferma da sola il termine per pagare, né gli interessi se poi la penale è dovuta.")),
        proposed=lambda _row: {"on": today()}),
    "confirm": Step(
        lazy_gettext("Registra che è confermata"), lazy_gettext("La penale è confermata."),
        doing(penalties.confirm, "on", "why", paper="file"), ConfirmForm,
        happens=lambda _row: (_("La contestazione finisce e la penale resta dovuta, con il termine che aveva."),),
        proposed=lambda _row: {"on": today()}),
    "reduce": Step(
        lazy_gettext("Registra una riduzione"), lazy_gettext("La penale è ridotta."),
        doing(penalties.reduce, "to", "by", "on", "why", paper="file"), ReduceForm,
        happens=lambda row: (
            _("Oggi sono dovuti %(owed)s: dopo, l'importo ridotto.", owed=formats.euro(row.owed)),
            _("Il giudice può ridurre una penale manifestamente eccessiva (art. 1384 c.c.); le parti si possono "
              "accordare."),
            *((_("La contestazione finisce."),) if row.contest else ())),
        proposed=lambda row: {"on": today(), "by": row.contest}),
    "cancel": Step(
        lazy_gettext("Annulla la penale"), lazy_gettext("La penale è annullata."),
        doing_others(penalties.cancel, "why"), OthersWhyForm,
        happens=lambda row: (
            _("Nulla è più dovuto; il numero %(code)s resta assegnato.", code=row.code),
            _("Per la stessa inadempienza si può applicare una nuova penale.")), tint="danger", rare=True),
}
