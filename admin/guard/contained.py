"""The pages of plugins: tried apart before they are mounted, and answered so that what breaks in one stays in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app
from flask_admin.base import Admin, AdminIndexView
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from admin.guard import policy
from admin.guard.session import office
from admin.web.base_view import Guarded
from core.plugins import faults
from core.plugins.asking import ask, ask_or
from core.plugins.loading import LoadedPlugin, Registry

Answer = TypeVar("Answer")
MOUNT_SECONDS = 10
PAGE_SECONDS = 20
HOOK = "patto_admin_views"
OWNERS = "patto_pages_of_plugins"


def mount(app: Flask, admin: Admin, registry: Registry) -> None:
    """Add the pages of every plugin to the administration; those that cannot be there are left out and named.

    PluginFailed where the registry is strict.
    """
    owners: dict[str, str] = app.extensions.setdefault(OWNERS, {})
    app.teardown_appcontext(lambda _error: faults.keep(app.extensions["patto"].database))
    for plugin in registry.plugins.values():
        code = plugin.description.code
        views: list[Any] = ask_or(code, HOOK, partial(_tried, app, plugin), [], strict=registry.strict,
                                  seconds=MOUNT_SECONDS)
        for view in views:
            admin.add_view(view)
            owners[view.endpoint] = code
            _contain(app, view, code)


def owner_of(endpoint: str) -> str:
    """The code of the plugin that a page belongs to, empty for one of ours."""
    owners: dict[str, str] = current_app.extensions[OWNERS]
    return owners.get(endpoint.partition(".")[0], "")


def views_of(code: str) -> list[Any]:
    """The views of a plugin."""
    [admin] = current_app.extensions["admin"]
    return [view for view in admin._views if owner_of(view.endpoint) == code]


def from_view(view: Any, hook: str, question: Callable[[], list[Answer]]) -> list[Answer]:
    """What a view says within a page of ours: one of a plugin is asked as plugins are, and may fail to answer."""
    code = owner_of(view.endpoint)
    return question() if not code else ask_or(code, hook, question, [], strict=office().registry.strict)


def compile_pages(app: Flask) -> None:
    """Compile every page before the first visitor waits for it; one of a plugin that cannot be is named, and left."""
    for name in app.jinja_env.list_templates(extensions=("html", "txt")):
        code = name.partition("/")[0]
        registry: Registry = app.extensions["patto"].registry
        if code in registry.plugins:
            ask_or(code, f"templates/{name.partition('/')[2]}", partial(app.jinja_env.get_template, name), None,
                   strict=registry.strict)
        else:
            app.jinja_env.get_template(name)


# --- before they are mounted ------------------------------------------------------------------------------


def _tried(app: Flask, plugin: LoadedPlugin) -> list[Any]:
    """The views of a plugin, mounted on an application of nobody's to see whether they can be. It raises in words."""
    views: list[Any] = plugin.admin_views()
    scratch = Flask("prova", static_folder=None)
    admin = Admin(scratch, index_view=AdminIndexView(url="/admin"))
    before = list(scratch.url_map.iter_rules())
    for view in views:
        if not _is_ours(view):
            raise TypeError(f"{type(view).__name__} non è una Page né una BaseView")
        if view.endpoint in app.blueprints:
            raise ValueError(f"«{view.endpoint}» è già il nome di un'altra pagina")
        admin.add_view(view)
        _require_policies(view)
    _require_own(app, [rule for rule in scratch.url_map.iter_rules() if rule not in before])
    return views


def _is_ours(view: Any) -> bool:
    return isinstance(view, Guarded)


def _require_policies(view: Any) -> None:
    for _url, name, _methods in view._urls:
        if policy.of_view(view, name) is None:
            raise ValueError(f"«{view.endpoint}.{name}» non dice chi la può leggere: manca may_read")


def _require_own(app: Flask, rules: Iterable[Rule]) -> None:
    """ValueError for an address that is another's already, or that would take the place of others."""
    taken = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    for rule in rules:
        if not rule.rule.startswith("/admin/") or rule.rule.startswith("/admin/<"):
            raise ValueError(f"l'indirizzo «{rule.rule}» non sta sotto /admin/ con un nome suo")
        mine = {(rule.rule, method) for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}}
        if mine & taken:
            raise ValueError(f"l'indirizzo «{rule.rule}» è già di un'altra pagina")
        taken |= mine


# --- while they answer ------------------------------------------------------------------------------------


def _contain(app: Flask, view: Any, code: str) -> None:
    for endpoint in [name for name in app.view_functions if name.startswith(f"{view.endpoint}.")]:
        app.view_functions[endpoint] = _page(app.view_functions[endpoint], endpoint, code)
    accessible = view.is_accessible
    view.is_accessible = lambda: office().registry.get(code) is not None and accessible()


def _page(view: Callable[..., Any], endpoint: str, code: str) -> Callable[..., Any]:
    @wraps(view)
    def page(**given: Any) -> Any:
        """A page of a plugin that is detached is not there; what it wants to say with a code of HTTP, it says."""
        if office().registry.get(code) is None:
            abort(404)

        def drawn() -> Any:
            try:
                return view(**given)
            except HTTPException as answer:
                return answer

        answer = ask(code, endpoint, drawn, seconds=PAGE_SECONDS)
        if isinstance(answer, HTTPException):
            raise answer
        return answer

    return page
