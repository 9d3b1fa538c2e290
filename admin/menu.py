"""The views of the administration and their place in the menu: one list, in the order in which people read it."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from typing import Any

from flask import Flask, current_app
from flask_admin.base import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import get_locale, lazy_gettext

from admin.accreditation import forewarnings, monitoring, provider_meetings, requirement_sets, set_drafts
from admin.accreditation import inspections as accreditation_inspections
from admin.accreditation import views as accreditations
from admin.cases import events as case_events
from admin.cases import letters as letter_pages
from admin.cases import views as case_pages
from admin.catalogue import sheets, structure, successions
from admin.catalogue import views as catalogue
from admin.contracts import contents as contract_contents
from admin.contracts import plans, terms
from admin.contracts import views as contracts
from admin.deadlines import kinds as event_kinds
from admin.deadlines import views as deadlines
from admin.disputes import arbitrations, contestations, damages
from admin.disputes.controls import views as controls
from admin.guard import contained, policy
from admin.guard.session import office, principal
from admin.money.allocation import shares, what_if
from admin.money.allocation import views as allocation
from admin.money.budgets import funding_sources
from admin.money.budgets import views as budgets
from admin.money.instalments import rates
from admin.money.instalments import views as instalments
from admin.money.payments import account as account_statement
from admin.money.payments import bank_statements, trends
from admin.money.payments import views as payments
from admin.office import (
    accesses,
    acts,
    beginning,
    correspondence,
    exports,
    history,
    home,
    imports,
    ipa,
    manual,
    own_access,
    pages,
    plugin_letters,
    plugins,
    retention,
    search,
    system,
    users,
)
from admin.parties import azienda, bodies, districts
from admin.parties import views as parties
from admin.penalties import on_behalf
from admin.penalties import views as penalties
from admin.penalties.default_notices import views as notices
from admin.providers import operating_notices, unit_types, units
from admin.providers import views as providers
from admin.public import about
from admin.register import choices as provider_choices
from admin.register import tariffs
from admin.register import views as register
from admin.reporting import investments, staff
from admin.reporting import reports as yearly_reports
from admin.standards import views as standards
from admin.usage import views as usage
from admin.web.base_view import Act
from core.plugins.loading import Registry

VERSION = version("patto")  # read from the disk, and shown on every page
MODULES = (
    contracts,
    case_pages,
    letter_pages,
    case_events,
    deadlines,
    event_kinds,
    correspondence,
    notices,
    penalties,
    on_behalf,
    controls,
    damages,
    contestations,
    arbitrations,
    accreditations,
    accreditation_inspections,
    forewarnings,
    monitoring,
    providers,
    units,
    operating_notices,
    provider_meetings,
    requirement_sets,
    set_drafts,
    register,
    provider_choices,
    tariffs,
    unit_types,
    contract_contents,
    shares,
    allocation,
    budgets,
    instalments,
    payments,
    bank_statements,
    account_statement,
    trends,
    exports,
    what_if,
    funding_sources,
    rates,
    investments,
    catalogue,
    successions,
    structure,
    sheets,
    usage,
    standards,
    staff,
    yearly_reports,
    plans,
    azienda,
    parties,
    bodies,
    districts,
    terms,
    imports,
    ipa,
    history,
    users,
    accesses,
    own_access,
    retention,
    plugin_letters,
    beginning,
    system,
    plugins,
)


def init_app(app: Flask, registry: Registry) -> list[Any]:
    """Mount the administration at ``/admin`` with our views and those of the plugins; give the views."""
    admin = Admin(
        app,
        name="Patto",
        index_view=home.Home(name=lazy_gettext("Da fare"), url="/admin", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="web/base.html"),
    )
    admin.add_view(search.Search(lazy_gettext("Cerca"), endpoint="search", url="cerca"))
    admin.add_view(acts.ActsToDo(lazy_gettext("Che cosa si può fare"), endpoint="acts_to_do", url="fare"))
    admin.add_view(pages.Pages(lazy_gettext("Tutte le pagine"), endpoint="pages", url="pagine"))
    admin.add_views(*manual.views())
    for module in MODULES:
        admin.add_views(*module.views())
    contained.mount(app, admin, registry)
    app.context_processor(frame)
    return list(admin._views)


def frame() -> dict[str, Any]:
    """What the frame of every page wants."""
    return {
        "who": principal,
        "menu": pages.menu,
        "begins_of": begins_of,
        "help_url": manual.help_url,
        "azienda_name": about.azienda_name,
        "may_see_history": may_see_history,
        "may_search": lambda: policy.may(principal(), "search.index"),
        "played_day": played_day,
        "get_locale": get_locale,
        "version": VERSION,
    }


def begins_of(endpoint: str) -> list[Act]:
    """What who asks may begin on a page of the menu."""
    [admin] = current_app.extensions["admin"]
    return next((view.may_begin() for view in admin._views if view.endpoint == endpoint), [])


def may_see_history(view: Any) -> bool:
    """True if who asks may read the history of what this view shows."""
    return hasattr(view, "model") and policy.may(principal(), "history.index")


def played_day() -> date | None:
    """The day that the installation plays, None when it lives in the present."""
    return office().settings.today
