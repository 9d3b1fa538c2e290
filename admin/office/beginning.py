"""«Per cominciare»: the first page of an empty installation, its starting sets and file, what a contract still misses.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, request, send_file, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from admin.deadlines.views import each_year
from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.web.acts import ActForm, act_form
from admin.web.base_view import Page
from admin.web.remarks import remark
from admin.web.sending import attempt
from admin.web.workbooks import KINDS, XLSX
from admin.wording import labels
from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.imports.start import example, whole
from core.start import steps as beginning
from core.start.steps import StartStep
from seed import sets

READERS = policy.roles(Role.MANAGEMENT, Role.ADMINISTRATOR)
TOML = "application/toml"


@dataclass(frozen=True)
class Door:
    """Where a step is done: the page, and the word on the link."""

    endpoint: str
    word: Any


# step: its title, what it is for, where it is done
STEPS: dict[str, tuple[Any, Any, tuple[Door, ...]]] = {
    "azienda": (
        lazy_gettext("L'azienda"),
        lazy_gettext("Nome, forma, costituzione, registri, sede, carta intestata e logo: contratti e lettere li "
                     "stampano."),
        (Door("azienda.index_view", lazy_gettext("Dati dell'azienda")),)),
    "members": (
        lazy_gettext("I Comuni soci"),
        lazy_gettext("Chi aderisce, da quando, quanti residenti ha. Uno alla volta, o tutti insieme da un foglio "
                     "Excel."),
        (Door("municipality.create_view", lazy_gettext("Aggiungi un Comune")),
         Door("imports.index", lazy_gettext("Importa da Excel")))),
    "bodies": (
        lazy_gettext("Organi e firmatari"),
        lazy_gettext("Chi delibera e chi firma, per l'azienda e per ogni Comune."),
        (Door("body.index_view", lazy_gettext("Organi ed enti")),
         Door("signatory.index_view", lazy_gettext("Firmatari")))),
    "areas": (
        lazy_gettext("Aree e settori"),
        lazy_gettext("La struttura dell'azienda, come il contratto la elenca."),
        (Door("area.index_view", lazy_gettext("Aree e settori")),)),
    "services": (
        lazy_gettext("Servizi e schede"),
        lazy_gettext("Che cosa l'azienda offre, quali Comuni copre ogni servizio, la sua scheda operativa."),
        (Door("service.index_view", lazy_gettext("Servizi")),
         Door("sheet.index_view", lazy_gettext("Schede operative")))),
    "terms": (
        lazy_gettext("Condizioni e testo del contratto"),
        lazy_gettext("Durata, rate, penali e foro; la Carta dei servizi che il contratto richiama, il Piano di Zona se "
                     "ce n'è uno. Il testo degli articoli è quello di Patto, che stampa questi dati."),
        (Door("terms.index_view", lazy_gettext("Condizioni")),
         Door("charter.index_view", lazy_gettext("Carte dei servizi")),
         Door("zone_plan.index_view", lazy_gettext("Piani di Zona")))),
    "users": (
        lazy_gettext("Le persone"),
        lazy_gettext("Chi entra nel programma, e con quale ruolo."),
        (Door("user.index_view", lazy_gettext("Utenti")),)),
}
SETS = {
    "services": lazy_gettext("Servizi, con i loro settori e aree"),
    "charter_services": lazy_gettext("Servizi della Carta del distretto che il contratto non elenca"),
    "units": lazy_gettext("Unità e aree di staff senza servizi propri"),
    "sheets": lazy_gettext("Schede operative"),
    "bodies": lazy_gettext("Organi ed enti"),
    "funding": lazy_gettext("Fonti di finanziamento"),
    "unit_types": lazy_gettext("Tipi di unità d'offerta e funzioni che si accreditano"),
    "requirements": lazy_gettext("Requisiti per l'accreditamento, con i loro tipi di unità"),
    "deadline_rules": lazy_gettext("Adempimenti che tornano ogni anno: regole delle scadenze, con i loro eventi"),
}


class Beginning(Page):
    """The steps, and the starting sets."""

    may_read = READERS
    group = "house"
    writing_pages = frozenset({"sets_view"})

    @expose("/")
    def index(self) -> str:
        """The seven steps with what is done, what is missing and who can do it."""
        return self.render("office/beginning.html", **context())

    @expose("/insiemi/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def sets_view(self) -> str | Response:
        """Choose from the starting sets, whole or in parts."""
        form = act_form(ActForm)
        chosen, whole = {code: request.form.getlist(code) for code in SETS}, request.form.getlist("whole")
        if attempt("start.sets", form, lambda session: sets.lay(session, office().registry, chosen, whole,
                                                                         today=today()), knows=True) is not None:
            flash(_("Le voci scelte sono registrate: ora si modificano come proprie."), "success")
            return redirect(self.get_url(".index"))
        return self.render("office/starting_sets.html", form=form, sets=sets.offered(db()), names=SETS,
                           chosen=chosen, whole=whole, each_year=each_year)

    @expose("/esempio.toml")
    @policy.allow(policy.MANAGEMENT, policy.NOBODY)
    def example_view(self) -> Response:
        """A complete file to write one's own data over."""
        return _sent(example.text().encode(), TOML, "azienda-esempio.toml")

    @expose("/azienda.<kind>")
    @policy.allow(policy.MANAGEMENT, policy.NOBODY)
    def whole_view(self, kind: str) -> Response:
        """The azienda of this installation as the file from which another begins; 404 for another format."""
        if kind not in ("toml", XLSX):
            abort(404)
        try:
            content = whole.as_workbook(db()) if kind == XLSX else whole.as_text(db()).encode()
        except RuleBroken as refusal:
            flash(remark(refusal), "error")
            return redirect(self.get_url(".index"))
        return _sent(content, KINDS.get(kind, TOML), f"azienda.{kind}")


def _sent(content: bytes, mimetype: str, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name, max_age=0)


def context() -> dict[str, Any]:
    """What the page of the steps shows."""
    found = beginning.steps(db(), today())
    return {"steps": [_shown(number, step) for number, step in enumerate(found, start=1)],
            "done": sum(step.done for step in found), "may_lay": policy.MANAGEMENT.admits(principal()),
            "ready": all(step.done for step in found),
            "begun": any(step.there for step in found if step.code == "azienda")}


def _shown(number: int, step: StartStep) -> dict[str, Any]:
    title, about, doors = STEPS[step.code]
    open_doors = [(url_for(door.endpoint), door.word) for door in doors if policy.may(principal(), door.endpoint)]
    return {
        "number": number, "title": title, "about": about, "done": step.done, "doors": open_doors,
        "there": ngettext("%(num)s registrato", "%(num)s registrati", step.there) if step.there > 1 else "",
        "missing": [remark(finding) for finding in step.missing],
        "to_look_at": [remark(finding) for finding in step.to_look_at],
        "who": ", ".join(str(labels.ROLES[role.value]) for role in step.roles),
    }


def is_newcomer() -> bool:
    """True for who sets the installation up, as long as it has had no contract and something is missing."""
    if not READERS.admits(principal()) or beginning.has_begun(db()):
        return False
    return not all(step.done for step in beginning.steps(db(), today()))


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [Beginning(lazy_gettext("Per cominciare"), endpoint="beginning", url="per-cominciare")]
