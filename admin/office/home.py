"""Home: what waits for you, sorted by day, one button each; when nothing waits, the next sensible act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from flask_admin.base import AdminIndexView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import select

from admin.deadlines.answers import Answer, answers
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.money.payments.trends import cash_chart, own_shares_chart
from admin.office import beginning
from admin.register.chosen import chosen_now
from admin.web import formats
from admin.web.base_view import Guarded
from admin.web.charts import Chart
from admin.web.exercise import this_year
from admin.web.formats import days_words
from admin.web.places import link_to
from admin.web.words import decimal, said
from admin.wording import labels
from core.allocation.model import AllocationPlan, ShareLine
from core.allocation.states import PlanState
from core.deadlines import waiting
from core.ground.access import Principal, Role
from core.ground.order import in_order
from core.parties.model import Municipality
from core.payments import outlook

# kind of case: (page, word on the button)
PAGES = {
    "deadline": ("deadline.details_view", lazy_gettext("Apri la scadenza")),
    "outbox": ("system.index", lazy_gettext("Apri il sistema")),
    "backup": ("system.index", lazy_gettext("Apri il sistema")),
    "history": ("system.index", lazy_gettext("Apri il sistema")),
    "installation": ("system.index", lazy_gettext("Apri il sistema")),
    "index_entry": ("ipa.index", lazy_gettext("Confronta l'Indice")),
    "contract": ("contract.details_view", lazy_gettext("Apri il contratto")),
    "default_notice": ("default_notice.details_view", lazy_gettext("Apri la diffida")),
    "penalty": ("penalty.details_view", lazy_gettext("Apri la penale")),
    "on_behalf": ("on_behalf.details_view", lazy_gettext("Apri l'atto")),
    "allocation_plan": ("allocation_plan.details_view", lazy_gettext("Apri il piano")),
    "instalment": ("instalment.details_view", lazy_gettext("Apri la rata")),
    "round": ("request_round.details_view", lazy_gettext("Apri le richieste")),
    "credit": ("statement_line.index_view", lazy_gettext("Apri gli accrediti")),
    "municipality": ("municipality.details_view", lazy_gettext("Apri il Comune")),
    "provider_choice": ("provider_choice.details_view", lazy_gettext("Apri la scelta")),
    "publication": ("register.publish_view", lazy_gettext("Apri la pubblicazione")),
    "register": ("register.details_view", lazy_gettext("Leggi le modifiche")),
    "usage_month": ("usage_month.details_view", lazy_gettext("Apri il mese")),
    "usage": ("usage_month.choose_view", lazy_gettext("Registra il mese")),
    "yearly_reports": ("yearly_report.prepare_view", lazy_gettext("Prepara le relazioni")),
    "sheet": ("sheet.details_view", lazy_gettext("Apri la scheda")),
    "control": ("control.details_view", lazy_gettext("Apri il controllo")),
    "damaging_event": ("damaging_event.details_view", lazy_gettext("Apri l'evento")),
    "contestation": ("contestation.details_view", lazy_gettext("Apri la contestazione")),
    "arbitration": ("arbitration.details_view", lazy_gettext("Apri l'arbitrato")),
    "user": ("user.details_view", lazy_gettext("Apri l'utente")),
    "accreditation": ("accreditation.details_view", lazy_gettext("Apri l'accreditamento")),
    "forewarning": ("forewarning.details_view", lazy_gettext("Apri la comunicazione")),
    "monitoring": ("monitoring.details_view", lazy_gettext("Apri il monitoraggio")),
    "provider_meeting": ("provider_meeting.details_view", lazy_gettext("Apri l'incontro")),
    "operating_notice": ("operating_notice.details_view", lazy_gettext("Apri la comunicazione")),
    "service_unit": ("service_unit.details_view", lazy_gettext("Apri l'unità")),
    "provider": ("provider.details_view", lazy_gettext("Apri il gestore")),
    "provider_paper": ("provider_paper.details_view", lazy_gettext("Apri i documenti")),
}
FIGURES: dict[str, Callable[[int], str]] = {
    "drafts": lambda count: ngettext("contratto in bozza", "contratti in bozza", count),
    "members": lambda count: ngettext("Comune socio", "Comuni soci", count),
    "services": lambda count: ngettext("servizio nel catalogo", "servizi nel catalogo", count),
    "providers": lambda count: ngettext("gestore registrato", "gestori registrati", count),
    "units": lambda count: ngettext("unità in esercizio", "unità in esercizio", count),
    "notices": lambda count: ngettext("comunicazione da esaminare", "comunicazioni da esaminare", count),
}
OFFICE_FIGURES = ("drafts", "members", "services")
REGISTRY_FIGURES = ("providers", "units", "notices")
MONEY_ROLES = (Role.MANAGEMENT, Role.ACCOUNTING, Role.AUDITOR, Role.MUNICIPALITY)
MONEY_PAGES = ("instalment.details_view", "account.index", "allocation_plan.share_view", "trends.index")
MOST_SHARES = 12
# role: (what to do when nothing waits, the page where it is done)
NEXT = (
    (Role.MANAGEMENT, lazy_gettext("Si può preparare un nuovo contratto."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ADMINISTRATOR, lazy_gettext("Si può invitare una persona."), "user.create_view",
     lazy_gettext("Invita una persona")),
    (Role.AUDITOR, lazy_gettext("Si può leggere la storia delle modifiche."), "history.index",
     lazy_gettext("Apri la storia")),
    (Role.MUNICIPALITY, lazy_gettext("Si possono leggere i propri contratti."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ACCOUNTING, lazy_gettext("Si possono leggere i contratti e le loro rate."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ACCREDITATION, lazy_gettext("Si possono aggiornare i gestori e le loro unità."), "provider.index_view",
     lazy_gettext("Vai ai gestori")),
    (Role.PROVIDER, lazy_gettext("Si possono aggiornare i recapiti, i documenti e le unità."), "provider.index_view",
     lazy_gettext("Vai al nostro ente")),
)


class Home(Guarded, AdminIndexView):
    """The first page after the door."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """What waits for who asks; below it a few figures and one chart of the money, for those whose task it is."""
        caller = principal()
        if beginning.is_newcomer():
            return self.render("office/beginning.html", **beginning.context())
        found = waiting.waiting(db(), today())
        done_at = answers([item.term for item in found if item.term is not None])
        items = [self._item(item, done_at.get(item.term or 0)) for item in found]
        own = caller.has(Role.MUNICIPALITY)
        return self.render(
            "office/home.html", items=items, next=next_act(caller), figures=figures(caller),
            payments=outlook.next_payments(db()) if own else [], account=outlook.where_to_pay(db()) if own else None,
            shares=explained_shares() if own else [], providers=chosen_now(db()) if own else [],
            chart=home_chart(caller),
            pages={name for name in MONEY_PAGES if name in current_app.view_functions and policy.may(caller, name)})

    def _item(self, item: waiting.Waiting, answer: Answer | None) -> dict[str, Any]:
        endpoint, word = PAGES.get(item.kind) or (item.kind, lazy_gettext("Apri"))  # a plugin names its page itself
        act = answer.link if answer else link_to(item.what.at)  # the very page on which it is done, if it has one
        url = act.url if act else url_for(endpoint, id=item.key or None) if endpoint in current_app.view_functions \
            else None
        days = item.days_left(today())
        return {"due": item.due, "left": days_words(days), "late": days is not None and days < 0,
                "case": (answer and answer.name) or item.case, "what": said(item.what),
                "who": labels.ROLES[item.role.value], "word": act.word if act else word,
                "url": url}


def figures(caller: Principal) -> list[tuple[str, str]]:
    """At most three figures: money for those who follow it, nothing for a provider, else what the program holds."""
    if caller.has(Role.PROVIDER) and not caller.sees_all:
        return []
    if not caller.has(*MONEY_ROLES):
        kinds = REGISTRY_FIGURES if caller.has(Role.ACCREDITATION) else OFFICE_FIGURES
        found = waiting.figures(db(), kinds, today())
        return [(decimal(figure.value), FIGURES[figure.kind](figure.value)) for figure in found]
    late, soon = outlook.overdue(db(), today()), outlook.due_soon(db(), today())
    told = [
        (formats.euro(late.amount), ngettext("in ritardo, su %(num)s rata", "in ritardo, su %(num)s rate", late.count))
        if late.count else (_("Nessuna"), _("rata in ritardo")),
        (formats.euro(soon.amount), ngettext("in scadenza entro 30 giorni, su %(num)s rata",
                                             "in scadenza entro 30 giorni, su %(num)s rate", soon.count))
        if soon.count else (_("Nessuna"), _("rata in scadenza entro 30 giorni")),
    ]
    [drafts] = waiting.figures(db(), ["drafts"], today())
    return [*told, (decimal(drafts.value), FIGURES["drafts"](drafts.value))]


def home_chart(caller: Principal) -> Chart | None:
    """The one chart: the shares over the years for a municipality, the cash of the year for the offices."""
    if not caller.has(*MONEY_ROLES):
        return None
    chart = cash_chart(db(), this_year()) if caller.sees_all else own_shares_chart(db(), today())
    return None if chart.is_empty else chart


def explained_shares() -> list[tuple[str, str]]:
    """The approved plans that divide something among one's own municipalities: name and page of the explanation."""
    mine = select(ShareLine.plan_id, ShareLine.municipality_id).distinct().subquery()
    query = (
        select(AllocationPlan.id, AllocationPlan.title, Municipality.id, Municipality.name)
        .join(mine, mine.c.plan_id == AllocationPlan.id).join(Municipality, Municipality.id == mine.c.municipality_id)
        .where(AllocationPlan.state == PlanState.APPROVED)
        .order_by(AllocationPlan.year.desc(), AllocationPlan.id.desc(), in_order(Municipality.name)).limit(MOST_SHARES)
    )
    several = len(principal().municipality_ids) > 1
    return [(f"{title}, {name}" if several else title,
             url_for("allocation_plan.share_view", id=plan_id, comune=municipality_id))
            for plan_id, title, municipality_id, name in db().execute(query)]


def next_act(caller: Principal) -> tuple[str, str, str] | None:
    """What could be done when nothing waits: a sentence, an address, the word on the button."""
    for role, sentence, endpoint, word in NEXT:
        if caller.has(role) and endpoint in current_app.view_functions:
            return str(sentence), url_for(endpoint), str(word)
    return None
