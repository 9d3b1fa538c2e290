"""The pages of the funds: the single budget, the duties of an exercise, the answers of municipalities, what is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    Begin,
    EuroField,
    NumberField,
    OneField,
    Page,
    Sentence,
    act_form,
    bars,
    by_exercise,
    carry_out,
    day_field,
    db,
    exercise,
    line_field,
    named,
    of_year,
    picks,
    policy,
    principal,
    said,
    this_year,
    today,
)
from core.plugin_api import Municipality, Role, ScopedSession, budget_years, date_short, euro
from plugins.fund_monitoring import channels, grants, operations, returns
from plugins.fund_monitoring.channels import SingleBudget
from plugins.fund_monitoring.grants import GrantFacts
from plugins.fund_monitoring.model import Duty, Grant, MunicipalReturn

READERS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.AUDITOR, Role.MUNICIPALITY)
WRITERS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING)
ANNO, COMUNE, ENTRO, STATO = (lazy_gettext("Anno"), lazy_gettext("Comune"), lazy_gettext("Entro il"),
                              lazy_gettext("Stato"))
MOMENTS = {"forecast": lazy_gettext("Preventivo"), "check": lazy_gettext("Verifica intermedia"),
           "final": lazy_gettext("Consuntivo")}
STAGES = {"forecast": lazy_gettext("dalla previsione"), "budget": lazy_gettext("dal bilancio preventivo"),
          "pre_closing": lazy_gettext("dal preconsuntivo"), "accounts": lazy_gettext("dal bilancio d'esercizio")}
TO = {"region": lazy_gettext("Regione"), "metropolitan_city": lazy_gettext("Città Metropolitana"),
      "municipalities": lazy_gettext("Comuni"), "assembly": lazy_gettext("Assemblea e Tavolo Tecnico"),
      "office": lazy_gettext("la fonte non lo dice")}
STATES = {"to_do": lazy_gettext("Da fare"), "asked": lazy_gettext("Chiesto ai Comuni"),
          "received": lazy_gettext("Ricevuto dai Comuni"), "sent": lazy_gettext("Trasmesso"),
          "sent_back": lazy_gettext("Rimandato indietro"), "acknowledged": lazy_gettext("Trasmesso, con ricevuta")}
RETURN_STATES = {"asked": lazy_gettext("Chiesta"), "received": lazy_gettext("Ricevuta"),
                 "sent_back": lazy_gettext("Rimandata al Comune")}
assert MOMENTS.keys() == channels.MOMENTS.keys()


# --- the single budget ------------------------------------------------------------------------------------


class SingleBudgetPage(Page):
    """What pays each action, by source and moment."""

    may_read = READERS
    group = "money"
    aside = True

    @expose("/")
    def index(self) -> str:
        """The single budget of an exercise: the one asked for, else the newest that has one."""
        years = list(budget_years(db()))
        asked = request.args.get("anno", "")
        year = next((one for one in years if str(one) == asked),
                    max((one for one in years if one <= this_year()), default=max(years, default=this_year())))
        budget = channels.single_budget(db(), year)
        remarks = [said(finding) for finding in channels.findings(budget)] if principal().sees_all else []
        return self.render(
            "fund_monitoring/budget.html", years=years[::-1], year=year, budget=budget, remarks=remarks, euro=euro,
            moments={code: MOMENTS[code] for code in MOMENTS if code in budget.stages}, stages=STAGES,
            chart=_chart(budget, year), parts=_parts(budget))


def _chart(budget: SingleBudget, year: int) -> Any:
    """The seven sources side by side, at the moments that have a budget."""
    return bars(
        _("Le sette fonti del budget unico"), [channel.short for channel in channels.channels()],
        [(word, [budget.total(channel, code) for channel in channels.channels()])
         for code, word in MOMENTS.items() if code in budget.stages],
        source=_("voci dei bilanci %(year)s", year=exercise(year)))


def _parts(budget: SingleBudget) -> list[tuple[Any, str, Any]]:
    """Each source with its title and what it pays; those outside the seven at the end, if there are any."""
    titled = [*((channel, channel.title) for channel in channels.channels()), (None, _("Nessuna delle sette fonti"))]
    return [(channel, title, rows) for channel, title in titled if (rows := budget.of(channel)) or channel]


# --- the duties -------------------------------------------------------------------------------------------


class OpenForm(ActForm):
    """Which exercise, and whether three years begin."""

    year = NumberField(ANNO, [Sentence()], description=lazy_gettext("L'anno in cui comincia l'esercizio."))
    three = OneField(lazy_gettext("Comincia un triennio di programmazione?"), [Sentence()], description=lazy_gettext(
        "Se comincia, alla Regione è dovuto anche il budget triennale."))

    def offer(self, _row: Any) -> None:
        """Yes or no."""
        self.three.choices = picks([("", "–"), ("no", _("no")), ("yes", _("sì"))])


class DayForm(ActForm):
    """By when."""

    due = day_field(ENTRO, lazy_gettext("La fonte non dice il giorno: indicare quello che chiede chi riceve i dati."))


class AskForm(ActForm):
    """When it is asked, by when it is answered."""

    asked_on = day_field(lazy_gettext("Chiesto il"))
    by = day_field(lazy_gettext("Rispondere entro il"))


class SendForm(ActForm):
    """When it was sent, how."""

    sent_on = day_field(lazy_gettext("Trasmesso il"))
    reference = line_field(lazy_gettext("Protocollo"), lazy_gettext(
        "Il numero di protocollo, o come è stato trasmesso."))
    why = line_field(lazy_gettext("Perché senza tutti i Comuni"), lazy_gettext("Soltanto se mancano delle risposte."),
                     needed=False)


class BackForm(ActForm):
    """When it came back, and what is to be corrected."""

    on = day_field(lazy_gettext("Rimandato il"))
    why = line_field(lazy_gettext("Che cosa è da correggere"))


class ReceiptForm(ActForm):
    """When the receipt came, which."""

    on = day_field(lazy_gettext("Ricevuta del"))
    receipt = line_field(lazy_gettext("Ricevuta"), lazy_gettext("Il suo numero, o di che cosa si tratta."))


class Duties(BaseView):
    """What is owed to Region, Metropolitan City and municipalities, exercise by exercise."""

    may_read = READERS
    may_write = WRITERS
    writing_pages = BaseView.writing_pages | {"open_view", "days_view", "day_view", "ask_view", "send_view",
                                              "back_view", "receipt_view", "undo_view"}
    group = "money"
    title = lazy_gettext("Debiti informativi")
    lead = lazy_gettext("Che cosa è dovuto a Regione, Città Metropolitana e Comuni sui fondi del distretto: in che "
                        "forma, da quali dati, entro quando. La fonte non dice i giorni: li indica l'ufficio, e da "
                        "allora sono scadenze.")
    empty = lazy_gettext("I debiti informativi non sono ancora aperti.")
    begins = (Begin(lazy_gettext("Apri i debiti di un anno"), ".open_view"),
              Begin(lazy_gettext("Indica i giorni"), ".days_view", tint="secondary"))
    on_records = {"day_view": lazy_gettext("Indica il giorno"), "ask_view": lazy_gettext("Chiedi ai Comuni"),
                  "send_view": lazy_gettext("Registra la trasmissione"), "receipt_view": lazy_gettext("Registra la "
                  "ricevuta"), "back_view": lazy_gettext("È tornato indietro"), "undo_view": lazy_gettext("Annulla "
                  "l'ultimo passo")}
    details_template = "fund_monitoring/duty.html"
    searched = (of_year,)
    filtered = (by_exercise(Duty.year),)
    column_list = ("duty", "to", "year", "due", "state")
    details = ("to", "year", "moment", "rhythm", "due", "form", "rows", "state", "asked_on", "received_on", "sent_on",
               "reference", "receipt_on", "receipt", "sent_back_on", "why")
    column_labels = {
        "duty": lazy_gettext("Debito informativo"), "to": lazy_gettext("A chi"), "year": ANNO,
        "moment": lazy_gettext("Quando"), "rhythm": lazy_gettext("Periodicità"), "due": ENTRO,
        "form": lazy_gettext("Forma"), "rows": lazy_gettext("Da quali dati"), "state": STATO,
        "asked_on": lazy_gettext("Chiesto ai Comuni il"), "received_on": lazy_gettext("Risposte complete il"),
        "sent_on": lazy_gettext("Trasmesso il"), "reference": lazy_gettext("Protocollo"),
        "receipt_on": lazy_gettext("Ricevuta del"), "receipt": lazy_gettext("Ricevuta"),
        "sent_back_on": lazy_gettext("Rimandato il"), "why": lazy_gettext("Nota"),
    }
    shown = {"duty": lambda row: str(row), "to": lambda row: TO[row.kind.to], "year": lambda row: exercise(row.year),
             "rhythm": lambda row: row.kind.rhythm or _("la fonte non lo dice"), "due": "due_words",
             "form": lambda row: row.kind.form, "rows": lambda row: row.kind.rows,
             "state": lambda row: STATES[row.state],
             "moment": lambda row: row.moment}
    sorted_by = {"year": -Duty.year}  # the newest first, and within a year as the file tells them
    unsorted = frozenset(column_list)
    numeric = frozenset[str]()
    load_record = (selectinload(Duty.returns).selectinload(MunicipalReturn.municipality),)

    def state_of(self, row: Duty) -> str:
        """None: its state is one of its lines."""
        return ""

    def due_words(self, row: Duty) -> str:
        """The day, or why there is none."""
        if row.due is not None:
            return date_short(row.due)
        return _("seguito altrove") if row.kind.followed else _("da indicare")

    def acts(self, row: Duty) -> Sequence[Act]:
        """What comes next."""
        if not self.may_change():
            return ()
        pages = []
        if row.waits_for_its_day:
            pages.append("day_view")
        if row.kind.asks and row.state == "to_do":
            pages.append("ask_view")
        elif not row.is_sent:
            pages.append("send_view")
        if row.state == "sent":
            pages += ["receipt_view", "back_view"]
        return [self.button(page, row, tint="secondary" if place else "primary") for place, page in enumerate(pages)]

    def other_acts(self, row: Duty) -> Sequence[Act]:
        """To say another day, and to take the last step back."""
        if not self.may_change():
            return ()
        pages = ["day_view"] if row.due is not None and not row.is_sent else []
        pages += ["undo_view"] if row.state in ("sent", "sent_back", "acknowledged") else []
        return [self.button(page, row) for page in pages]

    def context(self, row: Duty) -> dict[str, Any]:
        """The answers of the municipalities, the table that gives what is sent, where its term is followed."""
        followed = row.kind.followed if policy.may(principal(), row.kind.followed) else ""
        return {"returns": row.returns, "return_states": RETURN_STATES, "day": date_short, "followed": followed}

    @expose("/apri", methods=("GET", "POST"))
    def open_view(self) -> str | Response:
        """Open the duties of an exercise."""
        form: Any = act_form(OpenForm, year=this_year())
        form.offer(None)
        page = ActPage(_("Apri i debiti di un anno"), _("Apri"), self.get_url(".index_view"), str(self.title), effects=(
            _("Ogni debito prende il giorno che aveva l'anno prima, se l'ufficio lo aveva indicato."),))

        def work(session: ScopedSession) -> str:
            made = operations.open_year(session, form.year.data, begins_three_years=form.three.data == "yes",
                                        today=today())
            return str(len(made))

        return carry_out(self, "fund_monitoring.open_year", form, page, work,
                         done=lambda count: _("Debiti informativi aperti: %(count)s.", count=count))

    @expose("/giorni", methods=("GET", "POST"))
    def days_view(self) -> str | Response:
        """Say the days of the oldest exercise that misses some, all on one page."""
        open_ = select(Duty).where(Duty.due.is_(None)).order_by(Duty.year, Duty.id)
        missing = [row for row in db().scalars(open_) if row.waits_for_its_day]
        rows = [row for row in missing if row.year == missing[0].year]
        fields = {f"day-{row.id}": day_field(f"{row} ({TO[row.kind.to]})", needed=False) for row in rows}
        form: Any = act_form(type("DaysForm", (ActForm,), fields))
        year = exercise(rows[0].year) if rows else ""
        page = ActPage(
            _("Indica i giorni"), _("Registra"), self.get_url(".index_view"), str(self.title),
            lead=_("Entro quando sono dovuti i debiti del %(year)s: la fonte non lo dice. Quelli che non si sanno "
                   "ancora si lasciano vuoti.", year=year)
            if rows else _("Tutti i debiti aperti hanno il loro giorno."))

        def work(session: ScopedSession) -> str:
            told = {row.id: form[f"day-{row.id}"].data for row in rows if form[f"day-{row.id}"].data}
            for key, due in told.items():
                operations.say_day(session, key, due, version=None, today=today(), field=f"day-{key}")
            return str(len(told))

        return carry_out(self, "fund_monitoring.say_days", form, page, work,
                         done=lambda count: _("Giorni registrati: %(count)s.", count=count))

    @expose("/<int:id>/giorno", methods=("GET", "POST"))
    def day_view(self, id: int) -> str | Response:
        """Say by when a duty is due."""
        row = self.get_one(str(id))
        form: Any = act_form(DayForm, row.version, row=row)
        return self._do("day_view", row, form, lambda session: operations.say_day(
            session, id, form.due.data, version=form.version.data, today=today()), _("Il giorno è tra le scadenze."))

    @expose("/<int:id>/chiedi", methods=("GET", "POST"))
    def ask_view(self, id: int) -> str | Response:
        """Ask the municipalities."""
        row = self.get_one(str(id))
        form: Any = act_form(AskForm, row.version, asked_on=today())
        names = ", ".join(operations.members(db(), row.year).values())
        return self._do("ask_view", row, form, lambda session: operations.ask(
            session, id, asked_on=form.asked_on.data, by=form.by.data, version=form.version.data, today=today()),
            _("La richiesta ai Comuni è registrata."), _("Si chiede a: %(names)s.", names=names))

    @expose("/<int:id>/trasmetti", methods=("GET", "POST"))
    def send_view(self, id: int) -> str | Response:
        """Record the sending."""
        row = self.get_one(str(id))
        form: Any = act_form(SendForm, row.version, sent_on=today())
        if not row.kind.asks:
            del form.why
        return self._do("send_view", row, form, lambda session: operations.send(
            session, id, sent_on=form.sent_on.data, reference=form.reference.data, why=form.data.get("why") or "",
            version=form.version.data, today=today()), _("La trasmissione è registrata."),
            _("Se ha una scadenza, è rispettata."))

    @expose("/<int:id>/indietro", methods=("GET", "POST"))
    def back_view(self, id: int) -> str | Response:
        """Record that it came back."""
        row = self.get_one(str(id))
        form: Any = act_form(BackForm, row.version, on=today())
        return self._do("back_view", row, form, lambda session: operations.send_back(
            session, id, on=form.on.data, why=form.why.data, version=form.version.data, today=today()),
            _("È registrato che è tornato indietro."), _("La sua scadenza è di nuovo aperta."))

    @expose("/<int:id>/ricevuta", methods=("GET", "POST"))
    def receipt_view(self, id: int) -> str | Response:
        """Record the receipt."""
        row = self.get_one(str(id))
        form: Any = act_form(ReceiptForm, row.version, on=today())
        return self._do("receipt_view", row, form, lambda session: operations.acknowledge(
            session, id, on=form.on.data, receipt=form.receipt.data, version=form.version.data, today=today()),
            _("La ricevuta è registrata."))

    @expose("/<int:id>/annulla", methods=("GET", "POST"))
    def undo_view(self, id: int) -> str | Response:
        """Take the last step of the sending back."""
        row = self.get_one(str(id))
        form: Any = act_form(ActForm, row.version)
        return self._do("undo_view", row, form, lambda session: operations.take_back(
            session, id, version=form.version.data, today=today()), _("L'ultimo passo è annullato."),
            _("Il debito torna com'era prima; la storia ne conserva traccia."))

    def _do(self, page: str, row: Duty, form: Any, work: Any, done: str, *effects: str) -> str | Response:
        """The page of an act on a duty."""
        word = str(self.on_records[page])
        act = ActPage(word, word, self.stands_on(row.id), self.name_of(row), effects=effects)
        return carry_out(self, f"fund_monitoring.{page}", form, act, lambda session: str(work(session).id), done=done)


# --- the answers of the municipalities --------------------------------------------------------------------


class ReceivedForm(ActForm):
    """When it came."""

    on = day_field(lazy_gettext("Ricevuta il"))


class Returns(BaseView):
    """What each municipality was asked, and what it answered."""

    may_read = READERS
    may_write = WRITERS
    writing_pages = BaseView.writing_pages | {"receive_view", "back_view"}
    group = "money"
    aside = True
    title = lazy_gettext("Risposte dei Comuni")
    lead = lazy_gettext("I dati chiesti ai Comuni per i debiti informativi. Ogni Comune compila la cartella di "
                        "lavoro, che si carica da Importa; una risposta da correggere si rimanda con il motivo.")
    empty = lazy_gettext("Ai Comuni non è stato ancora chiesto nulla.")
    on_records = {"receive_view": lazy_gettext("Registra l'arrivo"), "back_view": lazy_gettext("Rimanda al Comune")}
    details_template = "fund_monitoring/return.html"
    searched = (named(MunicipalReturn.municipality_id, Municipality.id),)
    column_list = ("municipality", "duty", "by", "state", "received_on")
    details = ("municipality", "duty", "asked_on", "by", "state", "received_on", "sent_back_on", "why")
    column_labels = {"municipality": COMUNE, "duty": lazy_gettext("Debito informativo"),
                     "asked_on": lazy_gettext("Chiesta il"), "by": lazy_gettext("Rispondere entro il"), "state": STATO,
                     "received_on": lazy_gettext("Ricevuta il"), "sent_back_on": lazy_gettext("Rimandata il"),
                     "why": lazy_gettext("Che cosa è da correggere")}
    shown = {"duty": lambda row: f"{row.duty.kind.title}, {exercise(row.duty.year)}",
             "state": lambda row: RETURN_STATES[row.state]}
    unsorted = frozenset(column_list)
    newest_first = True
    newest_by = ("asked_on",)
    load = (selectinload(MunicipalReturn.municipality), selectinload(MunicipalReturn.duty))
    load_record = (*load, selectinload(MunicipalReturn.figures))

    def state_of(self, row: MunicipalReturn) -> str:
        """None: its state is one of its lines."""
        return ""

    def acts(self, row: MunicipalReturn) -> Sequence[Act]:
        """What comes next, as long as the duty is not sent."""
        if not self.may_change() or row.duty.is_sent:
            return ()
        return (self.button("back_view" if row.state == "received" else "receive_view", row, tint="primary"),)

    def context(self, row: MunicipalReturn) -> dict[str, Any]:
        """Its items."""
        return {"figures": row.figures, "euro": euro}

    @expose("/<int:id>/ricevi", methods=("GET", "POST"))
    def receive_view(self, id: int) -> str | Response:
        """Record an answer that came otherwise than by the workbook."""
        row = self.get_one(str(id))
        form: Any = act_form(ReceivedForm, row.version, on=today())
        page = ActPage(_("Registra l'arrivo"), _("Registra"), self.stands_on(id), self.name_of(row), effects=(
            _("Una cartella di lavoro compilata si carica da Importa: l'arrivo si registra da solo."),))
        return carry_out(self, "fund_monitoring.receive", form, page, lambda session: str(returns.receive(
            session, id, on=form.on.data, version=form.version.data, today=today()).id),
            done=_("L'arrivo è registrato."))

    @expose("/<int:id>/rimanda", methods=("GET", "POST"))
    def back_view(self, id: int) -> str | Response:
        """Send an answer back."""
        row = self.get_one(str(id))
        form: Any = act_form(BackForm, row.version, on=today())
        page = ActPage(_("Rimanda al Comune"), _("Rimanda"), self.stands_on(id), self.name_of(row), effects=(
            _("Il Comune legge qui che cosa è da correggere."),))
        return carry_out(self, "fund_monitoring.return_back", form, page, lambda session: str(returns.send_back(
            session, id, on=form.on.data, why=form.why.data, version=form.version.data, today=today()).id),
            done=_("La risposta è rimandata al Comune."))


# --- what is paid out -------------------------------------------------------------------------------------


class GrantForm(ActForm):
    """Which fund, which act, by which criteria, to whom, how much."""

    year = NumberField(ANNO, [Sentence()])
    channel = OneField(lazy_gettext("Fondo"), [Sentence()])
    act = line_field(lazy_gettext("Atto"), lazy_gettext("Per esempio «Determina 12»."))
    act_on = day_field(lazy_gettext("Del"))
    criteria = line_field(lazy_gettext("Criteri"), lazy_gettext("Con quali criteri la somma è assegnata."))
    body = line_field(lazy_gettext("A chi"), lazy_gettext(
        "Un ente: il nome del Comune com'è in elenco, o il gestore. Mai il nome di una persona."))
    amount = EuroField(lazy_gettext("Importo"), [Sentence()])

    def offer(self, _row: Any) -> None:
        """The seven sources."""
        self.channel.choices = picks([("", "–"), *((one.code, one.title) for one in channels.channels())])


class PayForm(ActForm):
    """When."""

    paid_on = day_field(lazy_gettext("Pagato il"))


class AccountForm(ActForm):
    """When the account came, how much was spent."""

    account_on = day_field(lazy_gettext("Rendiconto del"))
    spent = EuroField(lazy_gettext("Speso"), [Sentence()])
    note = line_field(lazy_gettext("Che cosa accade della differenza"), lazy_gettext(
        "Soltanto se non è stato speso tutto."), needed=False)


class Grants(BaseView):
    """What is paid out of the funds."""

    may_read = READERS
    may_write = WRITERS
    writing_pages = BaseView.writing_pages | {"new_view", "pay_view", "account_view"}
    group = "money"
    aside = True
    title = lazy_gettext("Fondi erogati")
    lead = lazy_gettext("Le somme dei fondi che vanno a Comuni e gestori (Fondo Sociale Regionale, fondi di "
                        "solidarietà, parte del distretto nei voucher): atto, criteri, beneficiario, importo, "
                        "rendiconto.")
    empty = lazy_gettext("Nessuna somma è stata ancora registrata.")
    begins = (Begin(lazy_gettext("Registra una somma"), ".new_view"),)
    on_records = {"pay_view": lazy_gettext("Registra il pagamento"), "account_view": lazy_gettext("Registra il "
                  "rendiconto")}
    searched = (of_year, named(Grant.municipality_id, Municipality.id))
    filtered = (by_exercise(Grant.year),)
    column_list = ("body", "year", "channel", "act", "amount", "paid_on", "account_on")
    details = ("body", "year", "channel", "act", "act_on", "criteria", "amount", "paid_on", "account_on", "spent",
               "to_give_back", "note")
    column_labels = {"body": lazy_gettext("A chi"), "year": ANNO, "channel": lazy_gettext("Fondo"),
                     "act": lazy_gettext("Atto"), "act_on": lazy_gettext("Del"), "criteria": lazy_gettext("Criteri"),
                     "amount": lazy_gettext("Importo"), "paid_on": lazy_gettext("Pagato il"),
                     "account_on": lazy_gettext("Rendiconto del"), "spent": lazy_gettext("Speso"),
                     "to_give_back": lazy_gettext("Da restituire"), "note": lazy_gettext("Nota")}
    shown = {"year": lambda row: exercise(row.year), "channel": "channel_of",
             "amount": lambda row: euro(row.amount),
             "spent": lambda row: "–" if row.spent is None else euro(row.spent),
             "to_give_back": lambda row: (
                 "–" if row.to_give_back is None else euro(row.to_give_back))}
    unsorted = frozenset(column_list)
    newest_first = True
    newest_by = ("year",)
    numeric = frozenset({"amount"})

    def channel_of(self, row: Grant) -> str:
        """The fund."""
        return next(one.short for one in channels.channels() if one.code == row.channel)

    def acts(self, row: Grant) -> Sequence[Act]:
        """Payment, then account."""
        if not self.may_change():
            return ()
        return (self.button("account_view" if row.paid_on else "pay_view", row, tint="primary"),)

    @expose("/nuovo", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """What an act assigns."""
        form: Any = act_form(GrantForm, year=this_year())
        form.offer(None)
        page = ActPage(_("Registra una somma"), _("Registra"), self.get_url(".index_view"), str(self.title))
        names = ("year", "channel", "act", "act_on", "criteria", "body", "amount")

        def work(session: ScopedSession) -> str:
            facts = GrantFacts(**{name: form[name].data for name in names})
            return str(grants.decide(session, facts, today=today()).id)

        return carry_out(self, "fund_monitoring.decide", form, page, work, self.stands_on,
                         done=_("La somma è registrata."))

    @expose("/<int:id>/paga", methods=("GET", "POST"))
    def pay_view(self, id: int) -> str | Response:
        """Record the payment."""
        row = self.get_one(str(id))
        form: Any = act_form(PayForm, row.version, paid_on=row.paid_on or today())
        page = ActPage(_("Registra il pagamento"), _("Registra"), self.stands_on(id), self.name_of(row))
        return carry_out(self, "fund_monitoring.pay", form, page, lambda session: str(grants.pay(
            session, id, paid_on=form.paid_on.data, version=form.version.data, today=today()).id),
            done=_("Il pagamento è registrato."))

    @expose("/<int:id>/rendiconto", methods=("GET", "POST"))
    def account_view(self, id: int) -> str | Response:
        """Record the account."""
        row = self.get_one(str(id))
        form: Any = act_form(AccountForm, row.version, row=row, account_on=row.account_on or today())
        page = ActPage(_("Registra il rendiconto"), _("Registra"), self.stands_on(id), self.name_of(row))
        return carry_out(self, "fund_monitoring.account", form, page, lambda session: str(grants.account(
            session, id, account_on=form.account_on.data, spent=form.spent.data, note=form.note.data or "",
            version=form.version.data, today=today()).id), done=_("Il rendiconto è registrato."))


def views() -> Sequence[object]:
    """All four stand in the menu."""
    return (
        Duties(Duty, lazy_gettext("Debiti informativi"), endpoint="fund_monitoring_duty", url="debiti-informativi"),
        Returns(MunicipalReturn, lazy_gettext("Risposte dei Comuni"), endpoint="fund_monitoring_return",
                url="debiti-informativi/risposte"),
        SingleBudgetPage(lazy_gettext("Budget unico"), endpoint="fund_monitoring_budget", url="budget-unico"),
        Grants(Grant, lazy_gettext("Fondi erogati"), endpoint="fund_monitoring_grant", url="fondi-erogati"),
    )
