"""The views of the administration and their place in the menu: one list, in the order in which people read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_admin.base import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import get_locale, lazy_gettext
from sqlalchemy import select

from admin.accreditation import forewarnings, monitoring, provider_meetings, requirement_sets, set_drafts
from admin.accreditation import inspections as accreditation_inspections
from admin.accreditation import views as accreditations
from admin.cases import letters as letter_pages
from admin.cases import views as case_pages
from admin.catalogue import sheets, structure
from admin.catalogue import views as catalogue
from admin.contracts import contents as contract_contents
from admin.contracts import plans, terms
from admin.contracts import views as contracts
from admin.deadlines import views as deadlines
from admin.disputes import arbitrations, contestations, damages
from admin.disputes.controls import views as controls
from admin.guard import policy
from admin.guard.session import db, office, principal
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
    beginning,
    exports,
    history,
    home,
    imports,
    ipa,
    own_access,
    retention,
    search,
    system,
    users,
)
from admin.parties import azienda, bodies
from admin.parties import views as parties
from admin.penalties import on_behalf
from admin.penalties import views as penalties
from admin.penalties.default_notices import views as notices
from admin.providers import operating_notices, unit_types, units
from admin.providers import views as providers
from admin.register import choices as provider_choices
from admin.register import tariffs
from admin.register import views as register
from core.parties.model import Azienda
from core.plugins.loading import Registry

VERSION = version("patto")  # read from the disk, and shown on every page
GROUPS = {
    "work": lazy_gettext("Lavoro"),
    "disputes": lazy_gettext("Contestazioni"),
    "accreditation": lazy_gettext("Accreditamento"),
    "money": lazy_gettext("Conti"),
    "catalogue": lazy_gettext("Servizi"),
    "parties": lazy_gettext("Enti"),
    "house": lazy_gettext("Ufficio"),
}
MODULES = (
    contracts,
    case_pages,
    letter_pages,
    deadlines,
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
    catalogue,
    structure,
    sheets,
    plans,
    azienda,
    parties,
    bodies,
    terms,
    imports,
    ipa,
    history,
    users,
    accesses,
    own_access,
    retention,
    beginning,
    system,
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
    for module in MODULES:
        admin.add_views(*module.views())
    for plugin in registry:
        admin.add_views(*plugin.admin_views())
    app.context_processor(frame)
    return list(admin._views)


def frame() -> dict[str, Any]:
    """What the frame of every page wants."""
    return {
        "who": principal,
        "menu_groups": menu_groups,
        "azienda_name": azienda_name,
        "may_see_history": may_see_history,
        "may_search": lambda: policy.may(principal(), "search.index"),
        "played_day": played_day,
        "get_locale": get_locale,
        "version": VERSION,
    }


@dataclass(frozen=True)
class MenuLink:
    """A page in the menu: the view that it belongs to, its name, its address."""

    endpoint: str
    name: str
    url: str


Menu = tuple[tuple[str, tuple[MenuLink, ...]], ...]


def menu_groups() -> Menu:
    """The menu of who asks: each group with the pages that they may open.

    It hangs on the roles and the language only, and stands on every page: built once for each of these.
    """
    caller = principal()
    built: dict[Any, Menu] = current_app.extensions.setdefault("patto_menus", {})
    key = caller.user_id is not None, caller.roles, str(get_locale()), request.script_root
    if key not in built:
        built[key] = tuple(_groups())
    return built[key]


def _groups() -> Iterator[tuple[str, tuple[MenuLink, ...]]]:
    [admin] = current_app.extensions["admin"]
    open_to_me = [v for v in admin._views if v.is_visible() and v.is_accessible()]
    for code, name in GROUPS.items():
        if views := [view for view in open_to_me if view.group == code]:
            yield str(name), tuple(
                MenuLink(view.endpoint, str(view.name), url_for(f"{view.endpoint}.{view._default_view}"))
                for view in views)


def azienda_name() -> str:
    """The azienda's name, for the head of every page; empty before it is loaded."""
    return db().scalar(select(Azienda.name).limit(1)) or ""


def may_see_history(view: Any) -> bool:
    """True if who asks may read the history of what this view shows."""
    return hasattr(view, "model") and policy.may(principal(), "history.index")


def played_day() -> date | None:
    """The day that the installation plays, None when it lives in the present."""
    return office().settings.today
