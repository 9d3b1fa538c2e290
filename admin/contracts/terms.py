"""The versions of the contract terms: read like a sheet, added with a form, never changed."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import BooleanField, FormField, StringField
from wtforms.validators import Length, Optional

from admin.deadlines.views import own_word
from admin.guard import policy
from admin.guard.session import db, today
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, small
from admin.web.fields import why_field
from admin.web.forms import (
    LONG,
    SHORT,
    DayOfYearField,
    DecimalField,
    EuroField,
    NumberField,
    OneField,
    PageForm,
    RowsField,
    clean,
    number_or_none,
    picks,
)
from admin.web.remarks import remark
from admin.web.searching import worded
from admin.wording import labels
from core.contracts import papers
from core.contracts import terms as operations
from core.contracts.model import Contract, ContractTerms, InstalmentPercent, InstalmentRule
from core.contracts.states import ContractState
from core.documents import words
from core.ground import clock
from core.ground.access import ScopedSession
from core.parties.model import Azienda
from seed import load as seed

SPARE_ROWS = 3
RULE = ("title", "kind", "percent", "base", "due", "event", "due_days", "counts_from", "with_forecast")
PENALTIES = ("penalty_min", "penalty_max", "penalty_payment_days", "further_damages")
BAND = ("kind", "minimum", "maximum", "description")


WITHOUT_PENALTIES = lazy_gettext("Vuoto, come le fasce qui sotto, se il contratto non prevede penali.")


def _text(table: str, name: str, most: int = SHORT) -> StringField:
    return StringField(labels.column(table, name), [Length(max=most)], filters=[clean],
                       description=labels.help_for(table, name))


def _choice(table: str, name: str) -> OneField:
    options = [("", "–"), *labels.CHOICES[f"{table}.{name}"].items()]
    return OneField(labels.column(table, name), [Optional()], choices=picks(options), filters=[lambda v: v or None])


def event_choices() -> list[tuple[str, Any]]:
    """What an instalment may wait for: the program's events, and those of the office's own that both sides read."""
    own = [(kind.code, kind.name) for kind in operations.plan_events(db())]
    return [("", "–"), *labels.CHOICES["instalment_rule.event"].items(), *own]


def plan_event_word(code: str) -> Any:
    """What an instalment waits for, in words."""
    known = labels.CHOICES["instalment_rule.event"]
    return known[code] if code in known else own_word(code)


class RuleForm(PageForm):
    """A row of the instalment plan."""

    title = _text("instalment_rule", "title")
    kind = _choice("instalment_rule", "kind")
    percent = DecimalField(labels.column("instalment_rule", "percent"), render_kw={"inputmode": "decimal"})
    base = _choice("instalment_rule", "base")
    due = DayOfYearField(labels.column("instalment_rule", "due"))
    event = OneField(labels.column("instalment_rule", "event"), [Optional()], choices=lambda: picks(event_choices()),
                     filters=[lambda v: v or None])
    due_days = NumberField(labels.column("instalment_rule", "due_days"), [Optional()],
                           render_kw={"inputmode": "numeric"})
    counts_from = _choice("instalment_rule", "counts_from")
    with_forecast = BooleanField(labels.column("instalment_rule", "with_forecast"))

    def written(self) -> bool:
        """True if the row says something: kind, base and days alone are left of a row that was emptied."""
        return any(self[name].data not in (None, "") for name in ("title", "percent", "due", "event"))


class PercentForm(PageForm):
    """The percentage of an advance that one municipality is asked."""

    title = StringField(lazy_gettext("Rata"), [Length(max=SHORT)], filters=[clean])
    municipality_id = OneField(labels.column("instalment_percent", "municipality_id"), [Optional()],
                               choices=lambda: picks([("", "–"), *municipalities()]), coerce=number_or_none)
    percent = DecimalField(labels.column("instalment_percent", "percent"), render_kw={"inputmode": "decimal"})

    def written(self) -> bool:
        """True if the row says something."""
        return any(field.data not in (None, "") for field in self)


class BandForm(PageForm):
    """A penalty band."""

    kind = _text("penalty_band", "kind")
    minimum = EuroField(labels.column("penalty_band", "minimum"), render_kw={"inputmode": "decimal"})
    maximum = EuroField(labels.column("penalty_band", "maximum"), render_kw={"inputmode": "decimal"})
    description = _text("penalty_band", "description", LONG)

    def written(self) -> bool:
        """True if the row says something."""
        return any(field.data not in (None, "") for field in self)


class TermsVersionForm(PageForm):
    """What a version has besides its own columns: the rows below it, and what must be said when it is backdated."""

    arbitrators = NumberField(labels.column("contract_terms", "arbitrators"), [Optional()],
                              description=labels.help_for("contract_terms", "arbitrators"),
                              render_kw={"inputmode": "numeric"})
    penalty_min = EuroField(labels.column("contract_terms", "penalty_min"), [Optional()],
                            description=WITHOUT_PENALTIES, render_kw={"inputmode": "decimal"})
    penalty_max = EuroField(labels.column("contract_terms", "penalty_max"), [Optional()],
                            description=WITHOUT_PENALTIES, render_kw={"inputmode": "decimal"})
    penalty_payment_days = NumberField(labels.column("contract_terms", "penalty_payment_days"), [Optional()],
                                       description=WITHOUT_PENALTIES, render_kw={"inputmode": "numeric"})
    backdated = BooleanField(lazy_gettext("Decorre prima della versione che sostituisce, ed è voluto"))
    plan = RowsField(FormField(RuleForm), label=lazy_gettext("Piano delle rate"))
    percents = RowsField(FormField(PercentForm), label=lazy_gettext("Percentuali di singoli Comuni"))
    bands = RowsField(FormField(BandForm), label=lazy_gettext("Fasce delle penali"))


class WithdrawVersionForm(ActForm):
    """Why a version is withdrawn."""

    why = why_field(help_text=lazy_gettext("Resta con la versione, e si legge nella sua pagina."))


class TermsView(BaseView):
    """The terms by version. A contract keeps the version that it was signed with."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "work"
    new_title = lazy_gettext("Nuove condizioni")
    lead = lazy_gettext("Durata, rate, penali, termini e foro: quello che cambia da un'azienda all'altra e da un anno "
                        "all'altro. Una versione non si modifica: se ne aggiunge un'altra, e i contratti firmati "
                        "tengono la loro.")
    can_create = True
    create_template = "contracts/terms/form.html"
    details_template = "contracts/terms/record.html"
    column_list = ("title", "edition", "valid_from", "instalments", "tacit_renewal", "holds")
    state_column = "holds"
    column_labels = {"title": lazy_gettext("Condizioni"), "instalments": lazy_gettext("Rate"),
                     "tacit_renewal": lazy_gettext("Rinnovo tacito"), "holds": lazy_gettext("Stato")}
    shown = {"instalments": lambda row: str(len(row.instalments)), "tacit_renewal": lambda row: renewal_words(row)}
    newest_first = True
    newest_by = ("valid_from",)
    searched = (worded,)
    load = (selectinload(ContractTerms.instalments).selectinload(InstalmentRule.percents).selectinload(
        InstalmentPercent.municipality), selectinload(ContractTerms.bands))
    left_out = frozenset({"id", "edition"})
    form_sections = (
        (lazy_gettext("Versione"), ("title", "valid_from", "legal_source")),
        (lazy_gettext("Durata e rinnovo"), (
            "duration_months", "tacit_renewal", "tacit_renewal_months", "tacit_renewal_times", "notice_months",
            "renewal_assessment_months", "renewal_direction", "continuity_months")),
        (lazy_gettext("Quota e rate"), ("share_criteria", "extra_projects_month", "coordinated", "interest",
                                        "interest_points")),
        (lazy_gettext("Contestazioni e penali"), ("reply_days", "penalty_min", "penalty_max", "penalty_payment_days",
                                                  "further_damages")),
        (lazy_gettext("Controversie e spese"), ("arbitration", "arbitrators", "court", "registration_cost")),
        (lazy_gettext("Atti e documenti di ogni ente"), operations.PAPERS),
        (lazy_gettext("Altri termini"), ("own_charter_months", "account_notice_days", "roll_policy")),
    )
    numeric = frozenset({"instalments"})
    on_records = {"withdraw_view": lazy_gettext("Ritira la versione")}

    def state_of(self, row: ContractTerms) -> str:
        """Whether new contracts take this version today."""
        if row.withdrawal is not None:
            return "withdrawn"
        if row.valid_from > today():
            return "future"
        return "in_force" if row.id in _holding_today() else "superseded"

    def where_it_stands(self, row: ContractTerms) -> str:
        """Which contracts take this version."""
        day = formats.day(row.valid_from)
        if row.withdrawal is not None:
            return _("Ritirata il %(day)s: %(reason)s", day=formats.day(row.withdrawal.withdrawn_on),
                     reason=row.withdrawal.reason)
        if self.state_of(row) == "superseded":
            return _("Decorreva dal %(day)s; i contratti nuovi prendono una versione più recente.", day=day)
        return _("Vale per i contratti che decorrono dal %(day)s in poi.", day=day)

    def acts(self, row: ContractTerms) -> list[Act]:
        """A version is followed by another, made from it; one that no contract takes may be withdrawn."""
        if not self.may_change():
            return []
        acts = [Act(_("Nuova versione"), self.get_url(".create_view", da=row.id), tint="primary")]
        if row.withdrawal is None and not _contracts_of(row):
            acts.append(self.button("withdraw_view", row, tint="danger"))
        return acts

    @expose("/ritira/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def withdraw_view(self) -> str | Response:
        """Withdraw a version that was written by mistake and that no contract takes."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WithdrawVersionForm)
        page = ActPage(_("Ritira la versione"), _("Ritira"), self.after(row.id), str(row), effects=[
            _("I contratti nuovi non la prendono più; quella di prima torna a valere dal suo giorno."),
            _("Resta da leggere qui e nella storia, con il motivo.")], tint="danger")
        return carry_out(self, "terms.withdraw", form, page, lambda session: operations.withdraw(
            session, row.id, form.why.data or "", today=today()).id, done=_("La versione è ritirata."))

    def context(self, row: ContractTerms) -> dict[str, Any]:
        """The sheet: sections of pairs, the readings of doubtful points, the remarks, who uses the version."""
        return {"sections": sections(row), "readings": readings(row), "used": _contracts_of(row),
                "remarks": [remark(finding) for finding in operations.remarks(row)], "base_word": base_word,
                "due_words": due_words, "words": words}

    # --- a new version ----------------------------------------------------------------------------------------

    def scaffold_form(self) -> type[PageForm]:
        """The columns, and the rows of instalments and penalties."""
        return type("TermsForm", (TermsVersionForm, super().scaffold_form()), {})

    def proposed(self) -> dict[str, Any]:
        """The version that is followed (``?da=3``) as it stands, and a few rows to fill in."""
        key = small(request.args.get("da"))
        row = db().get(ContractTerms, key, options=self.load) if key else None
        if row is None and request.args.get("partenza"):
            return _starting_terms()
        if row is None:
            return {"plan": [{}] * 2 * SPARE_ROWS, "bands": [{}] * 2 * SPARE_ROWS, "percents": [{}] * SPARE_ROWS,
                    "municipality_papers": papers.OF_A_MUNICIPALITY, "azienda_papers": papers.OF_THE_AZIENDA,
                    "third_sector_papers": papers.OF_THE_THIRD_SECTOR}
        return {
            **{name: getattr(row, name) for name in self.form_columns},
            "valid_from": None,
            "plan": [*({n: getattr(r, n) for n in RULE} for r in row.instalments), *[{}] * SPARE_ROWS],
            "bands": [*({n: getattr(b, n) for n in BAND} for b in row.bands), *[{}] * SPARE_ROWS],
            "percents": [*({"title": r.title, "municipality_id": own.municipality_id, "percent": own.percent}
                           for r in row.instalments for own in r.percents), *[{}] * SPARE_ROWS],
        }

    def facts(self, form: PageForm) -> dict[str, Any]:
        """The columns, and the rows of which something is written."""
        assert isinstance(form, TermsVersionForm)
        return {
            "terms": super().facts(form),
            "plan": [row.form.data for row in form.plan if row.form.written()],
            "bands": [row.form.data for row in form.bands if row.form.written()],
            "percents": [row.form.data for row in form.percents if row.form.written()],
            "backdated": form.backdated.data,
        }

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ContractTerms:
        """See the operation."""
        return operations.add_version(session, facts["terms"], facts["plan"], facts["bands"],
                                      percents=facts["percents"], backdated=facts["backdated"])


def _starting_terms() -> dict[str, Any]:
    """The terms of the 2015 contract as the starting set has them; what its source leaves open is left to choose.

    Not its court: that of the 2015 azienda is no other's, and each has told its own.
    """
    columns, plan, bands = seed.terms_columns(seed.read("terms"))
    own = db().scalar(select(Azienda.court).limit(1)) or ""
    return {**columns, "court": own, "valid_from": None, "plan": [*plan, *[{}] * SPARE_ROWS],
            "percents": [{}] * SPARE_ROWS, "bands": [*bands, *[{}] * SPARE_ROWS]}


def _contracts_of(row: ContractTerms) -> int:
    """How many contracts take a version."""
    mine = select(func.count()).select_from(Contract).where(Contract.terms_id == row.id)
    return db().scalar(mine.where(Contract.state != ContractState.CANCELLED)) or 0


def _holding_today() -> frozenset[int]:
    """The versions that hold today, asked once for a page."""
    if "terms_today" not in g:
        g.terms_today = frozenset(row.id for row in operations.current(db(), today()))
    held: frozenset[int] = g.terms_today
    return held


# --- the sheet --------------------------------------------------------------------------------------------


def renewal_words(row: ContractTerms) -> str:
    """Sì, no; with the period and the notice."""
    if not row.tacit_renewal:
        return _("no")
    return _("sì, per %(period)s, preavviso %(notice)s", period=words.span(row.tacit_renewal_months or 0),
             notice=words.span(row.notice_months or 0))


def base_word(base: str | None) -> Any:
    """What an advance is computed on; the balance has no base of its own."""
    return labels.choice("instalment_rule", "base", base) if base else _("Quota definitiva, meno gli acconti richiesti")


def due_words(rule: InstalmentRule) -> Any:
    """Until when an instalment is paid: ``31 gennaio``, or the event that it waits for, or days from its request."""
    if rule.counts_from:
        start = labels.choice("instalment_rule", "counts_from", rule.counts_from)
        return ngettext("%(num)s giorno %(start)s", "%(num)s giorni %(start)s", rule.due_days or 0, start=start)
    if rule.due:
        return words.day_month(clock.day_of(rule.due, field="due"))
    event = plan_event_word(rule.event or "")
    if rule.gives_no_term:
        return _("%(event)s, senza un termine per pagare", event=event)
    if not rule.due_days:
        return event
    return ngettext("%(event)s, %(num)s giorno dopo", "%(event)s, %(num)s giorni dopo", rule.due_days, event=event)


def sections(row: ContractTerms) -> dict[str, list[tuple[Any, Any]]]:
    """The parts of the sheet, each a list of name and value."""
    def pairs(*names: str) -> list[tuple[Any, Any]]:
        return [(labels.column("contract_terms", name), _value(row, name)) for name in names]

    renewal = ["tacit_renewal"]
    if row.tacit_renewal:
        renewal += ["tacit_renewal_months", "tacit_renewal_times", "notice_months"]
    interest = ["interest", "interest_points"] if row.interest != "none" else ["interest"]
    disputes = ["arbitration", "arbitrators", "court"] if row.arbitration else ["arbitration", "court"]
    return {
        "duration": pairs("duration_months", *renewal, "renewal_assessment_months", "renewal_direction",
                          "continuity_months"),
        "share": pairs("share_criteria", "extra_projects_month", "coordinated", *interest),
        "penalties": pairs("reply_days", *(PENALTIES if row.bands else ())),
        "disputes": pairs(*disputes, "registration_cost"),
        "papers": pairs(*operations.PAPERS),
        "others": pairs("own_charter_months", "account_notice_days", "roll_policy"),
        "version": pairs("edition", "valid_from", "legal_source"),
    }


def _value(row: ContractTerms, name: str) -> Any:
    raw = getattr(row, name)
    if name == "duration_months" and raw is None:
        return _("La scadenza si sceglie per ogni contratto, di regola con il Piano di Zona")
    if name == "tacit_renewal_times" and raw is None:
        return _("Senza un limite")
    if name.endswith("_months") and raw is not None:
        return words.span(raw)
    if name == "extra_projects_month":
        return words.capital(words.month_name(raw))
    if name in ("penalty_min", "penalty_max"):
        return formats.euro(raw)
    return formats.shown(labels.choice("contract_terms", name, raw) if isinstance(raw, str) else raw)


def readings(row: ContractTerms) -> list[tuple[str, str, str, Any]]:
    """The points that the source text leaves open: two readings of each, and the one of this version (X5-X7, X9)."""
    advances = [rule for rule in row.instalments if rule.kind == "advance"]
    each = (row.arbitrators - 1) // 2
    return [
        (_("Quando si valuta il rinnovo (art. 11)"), _("Entro tre mesi prima della scadenza"),
         _("Entro tre mesi dopo la scadenza"),
         labels.choice("contract_terms", "renewal_direction", row.renewal_direction)),
        (_("Su che cosa si calcola il secondo acconto (art. 20, c. 2)"),
         _("Sull'anno precedente o sul bilancio approvato, come il primo"), _("Sulla quota dell'anno"),
         base_word(advances[1].base) if len(advances) > 1 else _("Non c'è un secondo acconto")),
        (_("Che cosa si coordina con le norme contabili (art. 20, c. 5)"),
         _("Il comma citato: 3, progetti straordinari"), _("Il comma inteso: 2, scadenze delle rate"),
         labels.choice("contract_terms", "coordinated", row.coordinated)),
        (_("Quanti arbitri nomina ciascuna parte (art. 27)"), _("Due, e sarebbero quattro o più con il presidente"),
         _("Uno, e il terzo lo scelgono i due nominati"),
         _("%(each)s per parte, %(all)s in tutto", each=each, all=row.arbitrators) if row.arbitration
         else _("Non è previsto l'arbitrato")),
    ]


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [TermsView(ContractTerms, lazy_gettext("Condizioni contrattuali"), endpoint="terms", url="condizioni")]
