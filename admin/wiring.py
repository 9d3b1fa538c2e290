"""The only place that wires: settings, database, plugins, log-in, views. It imports the whole house: see ``app``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask, redirect, request, session, url_for
from flask_wtf import CSRFProtect
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
from werkzeug.wrappers import Response

import core.registrations  # noqa: F401 - the engines know the subjects by it
from admin import menu
from admin.deadlines import feed
from admin.guard import addresses, errors, headers, login, policy, second_factor, watched
from admin.guard.session import Office, init_app
from admin.public import about
from admin.public import albo as register_public
from admin.web import exercise, formats, panels, sending, sentences, static
from admin.wording import catalogues
from core.ground.db import Database, is_there
from core.ground.settings import LANGUAGES, Settings, ensure_data_dir, secret_key
from core.plugins import faults
from core.plugins import loading as registries
from core.plugins.bound import bind
from core.plugins.loading import Registry

HERE = Path(__file__).parent
MAX_UPLOAD = 25 * 1024 * 1024
MAX_FORM = 8 * 1024 * 1024  # of what is typed: hundreds of rows with long texts
MAX_PARTS = 20_000  # fields of one form
LIBRARIES = {
    **login.LIBRARY_POLICIES,
    "static": policy.Policy(policy.PUBLIC),
    "admin.static": policy.Policy(policy.PUBLIC),
    "security.static": policy.Policy(policy.PUBLIC),
}


def wired(settings: Settings, database: Database | None, registry: Registry | None) -> Flask:
    """The web application with these settings; its own database and plugins unless they are given."""
    if database is None:
        ensure_data_dir(settings)
        database = Database(settings.url, settings.data_dir)
    if registry is None:
        registry = registries.settled(registries.load(settings))
        registry = registry if registry.strict else registries.standing(registry, database)

    app = Flask("admin", root_path=str(HERE), instance_path=str(settings.data_dir.resolve()))
    app.config.update(_config(settings))
    app.jinja_env.undefined = StrictUndefined
    house = Office(settings, database, registry)
    bind(database, lambda: house.registry)
    init_app(app, house)
    addresses.init_app(app, settings)
    watched.init_app(app, settings)
    _speak(app, settings, registry)
    CSRFProtect(app)
    login.init_app(app, database, providers_enter=settings.providers_enter)
    second_factor.init_app(app)
    _provider(app, settings)
    formats.init_app(app)
    exercise.init_app(app)
    sending.init_app(app)
    static.init_app(app)
    panels.init_app(app)
    headers.init_app(app, production=settings.production)
    errors.init_app(app)
    _templates_of_plugins(app, registry)

    views = menu.init_app(app, registry)
    _own_routes(app)
    feed.init_app(app)
    register_public.init_app(app)
    about.init_app(app)
    policy.enforce(app, views, LIBRARIES)
    if is_there(database.url):
        faults.keep(database)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_NAME": "patto",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.production,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": MAX_UPLOAD,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM,
        "MAX_FORM_PARTS": MAX_PARTS,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form may lie open over lunch
        "RATELIMIT_ENABLED": True,
    }


def _speak(app: Flask, settings: Settings, registry: Registry) -> None:
    """Italian unless the reader or the installation chose otherwise; the compiled catalogues are made if missing."""
    found = catalogues.folders(loaded.folder for loaded in registry)
    app.config["BABEL_DEFAULT_LOCALE"] = "it"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Rome"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, found))

    def language() -> str:
        chosen = session.get("language")
        return chosen if chosen in LANGUAGES else settings.lang

    sentences.speak(app, locale_selector=language)


def _provider(app: Flask, settings: Settings) -> None:
    """The way in by a provider of identities, where the settings name one: its library is slow to load."""
    app.jinja_env.globals["by_provider"] = bool(settings.oidc_issuer)
    if settings.oidc_issuer:
        from admin.guard import oidc

        oidc.init_app(app, settings)


def _templates_of_plugins(app: Flask, registry: Registry) -> None:
    """A plugin's templates are called ``<code>/<file>``, so that two plugins never meet."""
    own = app.jinja_loader
    assert own is not None
    plugins = {p.description.code: FileSystemLoader(p.folder / "templates") for p in registry}
    app.jinja_loader = ChoiceLoader([own, PrefixLoader(plugins)])


def _own_routes(app: Flask) -> None:
    @app.get("/")
    @policy.allow(policy.PUBLIC)
    def root() -> Response:
        """The house has one door."""
        return redirect(url_for("admin.index"))

    @app.get("/lingua/<code>")
    @policy.allow(policy.PUBLIC)
    def language(code: str) -> Response:
        """Keep the language that the reader chose; who reads the public register goes back to it."""
        if code in LANGUAGES:
            session["language"] = code
        after = request.args.get("dopo", "")
        own = after.startswith("/albo") and after.isprintable() and "\\" not in after
        return redirect(after if own else url_for("admin.index"))
