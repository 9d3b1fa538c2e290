"""The views of the administration and their place in the menu: one list, in the order in which people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin import azienda, catalogue, contracts, history, home, parties, search, sheets, system, users
from admin.session import principal
from core.registry import Registry

# group: (its name, the views of its modules)
GROUPS = {
    "work": lazy_gettext("Lavoro"),
    "parties": lazy_gettext("Enti"),
    "catalogue": lazy_gettext("Servizi"),
    "house": lazy_gettext("Ufficio"),
}
MODULES = (contracts, azienda, parties, catalogue, sheets, history, users, system)


def init_app(app: Flask, registry: Registry) -> list[Any]:
    """Mount the administration at ``/admin`` with our views and those of the plugins; give the views."""
    admin = Admin(
        app,
        name="Patto",
        index_view=home.Home(name=lazy_gettext("Da fare"), url="/admin", endpoint="admin"),
        theme=Bootstrap4Theme(base_template="patto/base.html"),
    )
    for module in MODULES:
        for view in module.views():
            admin.add_view(view)
    admin.add_view(search.Search(lazy_gettext("Cerca"), endpoint="search", url="cerca"))
    for plugin in registry:
        for view in plugin.admin_views():
            admin.add_view(view)
    app.context_processor(lambda: {"menu_groups": menu_groups, "who": principal})
    return list(admin._views)


def menu_groups() -> Iterator[tuple[str, list[Any]]]:
    """The menu of who asks: each group with the views that they may open."""
    from flask import current_app

    [admin] = current_app.extensions["admin"]
    seen = [v for v in admin._views if getattr(v, "in_menu", False) and v.is_accessible()]
    for code, name in GROUPS.items():
        views = [view for view in seen if getattr(view, "group", "catalogue") == code]
        if views:
            yield str(name), views


def role_words(names: Any) -> str:
    """The roles of a person, in words."""
    from admin.labels import ROLES

    return ", ".join(str(ROLES[name]) for name in sorted(names)) or _("nessun ruolo")
