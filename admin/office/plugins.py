"""The plugins of the services: what each is and keeps, what went wrong in it last, and to which service it is attached.

What is enabled at all is configuration (``PATTO_PLUGINS``); what is in use of it is decided here, and every process
sees it within seconds. Nothing here removes data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from admin.catalogue.plugin_fields import posted, shown, text_of
from admin.guard import contained, policy
from admin.guard.session import act, db, office, principal
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, Page
from admin.web.forms import OneField, Sentence, picks
from core.catalogue import plugin_setups
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.operations import municipality_names
from core.ground.access import Role, as_system
from core.ground.order import in_order
from core.plugins import faults
from core.plugins.loading import LoadedPlugin, Registry, doubled, known
from core.plugins.model import PluginFault, PluginSetup
from core.plugins.schema import FieldType, SheetField
from core.plugins.tables import own_tables

READERS = policy.roles(Role.ADMINISTRATOR, Role.MANAGEMENT, Role.AUDITOR)
EDITORS = policy.roles(Role.ADMINISTRATOR, Role.MANAGEMENT)


@dataclass(frozen=True)
class Standing:
    """A plugin in the list: its state by the codes of the wording, why if it is set aside, its last fault."""

    code: str
    title: str
    version: str
    state: str
    service: str = ""
    reason: str = ""
    fault: PluginFault | None = None


class AttachForm(ActForm):
    """To which service."""

    service = OneField(lazy_gettext("Servizio"), [Sentence()], description=lazy_gettext(
        "Le nuove schede di questo servizio chiederanno i campi del plugin; quelle già scritte restano come sono, "
        "finché non si sceglie «Cambia i campi»."))

    def offer(self, row: Any) -> None:
        """The services of the catalogue."""
        self.service.choices = picks(services())


class Plugins(Page):
    """The list, and one page for each plugin."""

    may_read = READERS
    may_write = EDITORS
    group = "house"
    aside = True

    @expose("/")
    def index(self) -> str:
        """Every plugin that is enabled, with its state."""
        return self.render("office/plugins.html", title=_("Plugin"), plugins=standings(office().registry),
                           unused=sorted(set(known()) - office().registry.plugins.keys()
                                         - office().registry.broken.keys()))

    @expose("/scheda/")
    def record(self) -> str:
        """One plugin: what it is, what it keeps, what went wrong."""
        registry, code = office().registry, self._code()
        [standing] = [each for each in standings(registry) if each.code == code]
        loaded = registry.plugins.get(code)
        return self.render(
            "office/plugin.html", plugin=standing, description=loaded.description if loaded else None,
            folder=loaded.folder if loaded else "", tables=list(tables(loaded)) if loaded else [],
            sheets=sheets_of(code), pages=pages_of(code), faults=faults.of(db(), code), twice=doubled().get(code, ""),
            settings=[(field.label, said) for field, said in settings_of(loaded)] if loaded else [],
            acts=self._acts(standing, loaded))

    def _code(self) -> str:
        code, registry = request.args.get("codice", ""), office().registry
        if code not in registry.plugins and code not in registry.broken:
            abort(404)
        return code

    def _acts(self, standing: Standing, loaded: LoadedPlugin | None) -> list[Act]:
        if loaded is None or not EDITORS.admits(principal()):
            return []
        found = [Act(_("Attacca a un servizio"), self.get_url(".attach", codice=standing.code))]
        if standing.state == "loaded":
            found.append(Act(_("Stacca"), self.get_url(".detach", codice=standing.code)))
        if loaded.description.settings:
            found.append(Act(_("Impostazioni"), self.get_url(".settings", codice=standing.code)))
        return found

    @expose("/attacca/", methods=("GET", "POST"))
    @policy.allow(EDITORS, EDITORS)
    def attach(self) -> str | Response:
        """Choose the service whose sheets the plugin serves."""
        code = self._code()
        form = act_form(AttachForm, version_of(code), service=office().registry.serves(code) or code)
        form.offer(None)
        page = ActPage(_("Attacca «%(code)s» a un servizio", code=title_of(code)), _("Attacca"), self._back(code), code,
                       effects=[_("I campi, i controlli, le misure e le pagine del plugin sono in uso da subito."),
                                _("Nessuna scheda già scritta cambia.")])
        return self._carried("plugin.attach", code, form, page, lambda session: plugin_setups.attach(
            session, code, form.service.data, version=form.version.data, registry=office().registry),
            _("Il plugin è attaccato."))

    @expose("/stacca/", methods=("GET", "POST"))
    @policy.allow(EDITORS, EDITORS)
    def detach(self) -> str | Response:
        """Take the plugin out of use."""
        code = self._code()
        happens = [
            _("Le schede si leggono e si stampano con i campi con cui furono scritte; i controlli propri del plugin "
              "non si fanno più, e un'osservazione lo dice."),
            _("Le sue misure dell'uso non si possono scegliere nei riparti, e le sue pagine non si aprono."),
            _("Nessun dato si cancella: attaccandolo di nuovo tutto torna come prima.")]
        page = ActPage(_("Stacca «%(code)s»", code=title_of(code)), _("Stacca"), self._back(code), code, happens,
                       tint="danger")
        form = act_form(ActForm, version_of(code))
        return self._carried("plugin.detach", code, form, page, lambda session: plugin_setups.detach(
            session, code, version=form.version.data, registry=office().registry), _("Il plugin è staccato."))

    @expose("/impostazioni/", methods=("GET", "POST"))
    @policy.allow(EDITORS, EDITORS)
    def settings(self) -> str | Response:
        """What the plugin lets the office set."""
        code = self._code()
        loaded = office().registry.plugins.get(code)
        if loaded is None or not loaded.description.settings:
            abort(404)
        fields = loaded.description.settings
        typed = posted(fields, request.form) if request.method == "POST" else kept_settings(code)
        form = act_form(ActForm, version_of(code))
        page = ActPage(_("Impostazioni di «%(code)s»", code=title_of(code)), _("Registra"), self._back(code), code)
        return self._carried("plugin.settings", code, form, page, lambda session: plugin_setups.set_settings(
            session, code, typed, version=form.version.data, registry=office().registry),
            _("Impostazioni registrate."), template="office/plugin_settings.html",
            asked=[shown(field, typed.get(field.name)) for field in fields],
            municipalities=municipality_names(db()))

    @expose("/letti/", methods=("POST",))
    @policy.allow(policy.NOBODY, EDITORS)
    def read(self) -> Response:
        """Take away the faults that were read; the history keeps them."""
        code = self._code()
        with act("plugin.faults_read") as session:
            faults.forget(session, code)
        return redirect(self._back(code))

    def _back(self, code: str) -> str:
        return self.get_url(".record", codice=code)

    def _carried(self, name: str, code: str, form: Any, page: ActPage, work: Any, done: str,
                 **shown: Any) -> str | Response:
        def look(_answer: str) -> str:
            office().look()
            return self._back(code)

        return carry_out(self, name, form, page, lambda session: work(session).code, look, done, knows=True, **shown)


def standings(registry: Registry) -> list[Standing]:
    """Every enabled plugin, those that are set aside first, then by title."""
    last, names = faults.last(db()), dict(services())
    aside = [Standing(code, code, "", "broken", reason=reason, fault=last.get(code))
             for code, reason in sorted(registry.broken.items())]
    there = [Standing(code, loaded.description.title, loaded.description.version,
                      "loaded" if registry.serves(code) else "detached",
                      names.get(registry.serves(code), registry.serves(code)), fault=last.get(code))
             for code, loaded in registry.plugins.items()]
    return [*aside, *sorted(there, key=lambda each: each.title)]


def title_of(code: str) -> str:
    """A plugin as people call it; its code while it is set aside and says no title."""
    loaded = office().registry.plugins.get(code)
    return loaded.description.title if loaded else code


def services() -> list[tuple[str, str]]:
    """The services of the catalogue by code, in the order of their names."""
    return [(code, title) for code, title in
            db().execute(select(Service.code, Service.title).order_by(in_order(Service.title)))]


def tables(loaded: LoadedPlugin) -> Sequence[tuple[str, int]]:
    """The plugin's own tables, called as their pages, with the number of their rows, whoever sees them."""
    names = {view.model.__tablename__: str(view.name) for view in contained.views_of(loaded.description.code)
             if hasattr(view, "model")}
    return [(names.get(table.name, table.name), as_system(
        db(), select(func.count()).select_from(table), reason="righe di un plugin")[0][0])
            for table in own_tables(loaded.description.code)]


def sheets_of(code: str) -> int:
    """How many editions of sheets keep data under the plugin."""
    return db().scalar(select(func.count(OperationalSheet.id)).where(OperationalSheet.plugin == code)) or 0


def pages_of(code: str) -> list[tuple[str, str]]:
    """The plugin's own pages that who asks may open, by name and address."""
    return [(str(view.name), view.get_url(f".{view._default_view}")) for view in contained.views_of(code)
            if view.is_visible() and view.is_accessible()]


# --- settings ---------------------------------------------------------------------------------------------


def version_of(code: str) -> int:
    """The version of what is decided about a plugin, for the form; 1 where nothing is yet."""
    return db().scalar(select(PluginSetup.version).where(PluginSetup.code == code)) or 1


def kept_settings(code: str) -> dict[str, Any]:
    """The settings as they are kept."""
    return db().scalar(select(PluginSetup.settings).where(PluginSetup.code == code)) or {}


def settings_of(loaded: LoadedPlugin) -> list[tuple[SheetField, str]]:
    """Each setting with what it holds, as it stands in a box."""
    kept = kept_settings(loaded.description.code)
    return [(field, text_of(kept.get(field.name))) for field in loaded.description.settings
            if field.type is not FieldType.ROWS]


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [Plugins(lazy_gettext("Plugin"), endpoint="plugins", url="plugin")]
