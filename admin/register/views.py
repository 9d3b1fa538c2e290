"""The register from inside: what is to be published, which edits wait for approval, what is published."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, today
from admin.public.albo import facts_of, state_badge, state_sentence
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.searching import worded
from admin.wording import labels
from core.accreditation.model import Accreditation
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.providers.model import ServiceUnit
from core.register import operations, reading
from core.register.model import RegisterEntry
from core.register.open_data import state_and_since
from core.register.states import PublicState

WORDED = {"section", "legal_form", "third_sector"}


class Register(BaseView):
    """What is published, with what the live records say since; to publish and to approve is the office's."""

    may_read = policy.STAFF
    may_write = policy.ACCREDITATION_OR_MANAGEMENT
    group = "accreditation"
    title = lazy_gettext("Albo")
    lead = lazy_gettext("Che cosa legge il pubblico. Una modifica dell'unità o del gestore vi entra quando è "
                        "approvata, una sospensione o una revoca vi entra subito.")
    empty = lazy_gettext("L'albo non contiene ancora nessuna unità: si pubblica dopo il provvedimento e il patto.")
    list_template = "register/list.html"
    details_template = "register/record.html"
    column_list = ("unit", "provider", "type_name", "place", "state", "changes")
    column_labels = {"place": lazy_gettext("Dove"), "changes": lazy_gettext("Modifiche")}
    shown = {
        "place": lambda row: row.municipality or row.city,
        "state": lambda row: state_badge(row),
        "changes": lambda row: formats.badge(row, "changes_wait") if row.id in changed_entries() else "",
    }
    searched = (worded,)
    filtered = (
        Filter("sezione", lazy_gettext("Sezione"), lambda: list(labels.CHOICES["register_entry.section"].items()),
               lambda value: RegisterEntry.section == value),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("register_entry", PublicState),
               lambda value: reading.in_state(PublicState(value), today())),
        Filter("modifiche", lazy_gettext("Modifiche"), lambda: [("1", _("in attesa"))],
               lambda _value: RegisterEntry.id.in_(operations.waiting_for_approval())),
    )
    load = (selectinload(RegisterEntry.history),)
    numeric = frozenset()
    on_records = {"approve_view": lazy_gettext("Approva le modifiche")}


    def name_of(self, row: RegisterEntry) -> str:
        """A unit is called by its name."""
        return row.unit

    def state_of(self, row: RegisterEntry) -> str:
        """For the badge beside the title: today's."""
        return state_and_since(row, today())[0]

    def where_it_stands(self, row: RegisterEntry) -> str:
        """As the public reads it."""
        return state_sentence(row)

    def acts(self, row: RegisterEntry) -> list[Act]:
        """To read the public page; to approve what waits."""
        found = []
        if self.may_change() and row.id in changed_entries():
            found.append(self.button("approve_view", row, tint="primary"))
        return [*found, Act(_("Apri la scheda nell'albo"), self.get_url("register_public.unit", slug=row.slug))]

    def context(self, row: RegisterEntry) -> dict[str, Any]:
        """What the public reads, and what the live record says since."""
        return {"facts": facts_of(row), "changes": changes_of(row)}

    def to_publish(self) -> list[Accreditation]:
        """What has decree and pact and is not in the register: above the list."""
        return publishable(db())

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/pubblica/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION_OR_MANAGEMENT, policy.ACCREDITATION_OR_MANAGEMENT)
    def publish_view(self) -> str | Response:
        """Publish an accredited unit."""
        key = small(request.args.get("id"))
        held = db().require(Accreditation, -1 if key is None else key)
        form, unit = act_form(ActForm), held.unit
        page = ActPage(_("Pubblica nell'albo: %(unit)s", unit=unit.name), _("Pubblica nell'albo"),
                       self.get_url(".index_view"), _("Albo"), [
            _("Chiunque leggerà all'indirizzo /albo i dati qui sotto."),
            _("L'unità prende il prossimo numero dell'albo, che non cambia più."),
            _("Le modifiche seguenti dell'unità e del gestore aspettano un'approvazione."),
            _("I Comuni potranno sceglierla per i servizi che il suo tipo eroga.")])  # fmt: skip
        return carry_out(self, "register.publish", form, page, lambda session: operations.publish(
            session, held.id, today=today()).id, self.after,
            _("L'unità è pubblicata nell'albo."), template="register/publish.html", refusal=refusal_of(held),
            pairs=live_pairs(held.unit_id))  # fmt: skip

    @expose("/approva/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION_OR_MANAGEMENT, policy.ACCREDITATION_OR_MANAGEMENT)
    def approve_view(self) -> str | Response:
        """Copy into the register what the live record says now."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ActForm, row.version)
        page = ActPage(_("Approva le modifiche: %(unit)s", unit=row.unit), _("Approva e pubblica"),
                       self.after(row.id), row.unit, [
            _("Da subito il pubblico legge i dati nuovi."),
            _("Numero, indirizzo della pagina e storia degli stati restano.")])  # fmt: skip
        return carry_out(self, "register.approve", form, page, lambda session: operations.approve_changes(
            session, row.id, version=form.version.data or 0, today=today()).id,
            self.after, _("Le modifiche sono pubblicate."), template="register/approve.html",
            changes=changes_of(row))  # fmt: skip


def publishable(session: ScopedSession) -> list[Accreditation]:
    """What waits to be published, with its unit and provider."""
    load = joinedload(Accreditation.unit).selectinload(ServiceUnit.provider)
    return list(session.scalars(operations.to_publish(today()).options(load).limit(50)))


def changed_entries() -> frozenset[int]:
    """The entries whose live record says something else; asked once for a request."""
    if "patto_changed_entries" not in g:
        g.patto_changed_entries = frozenset(db().scalars(operations.waiting_for_approval()))
    found: frozenset[int] = g.patto_changed_entries
    return found


def changes_of(row: RegisterEntry) -> list[tuple[Any, Any, Any]]:
    """What differs: the column, what is published, what the live record says; a code, where no name differs."""
    found = operations.differences(db(), row)
    told = [d for d in found if d.column not in ("municipality_id", "type_code")] or found
    return [(labels.column("register_entry", d.column), in_words(d.column, d.published), in_words(d.column, d.live))
            for d in told]


def live_pairs(unit_id: int) -> list[tuple[Any, Any]]:
    """What would be published of a unit."""
    return [(labels.column("register_entry", name), in_words(name, value))
            for name, value in operations.live(db(), unit_id).items()
            if name not in ("municipality_id", "type_code") and value not in (None, "")]


def in_words(column: str, value: Any) -> Any:
    """A value of the register as a person reads it."""
    table = "register_entry" if column == "section" else "provider"
    return formats.shown(labels.choice(table, column, value) if column in WORDED and value else value)


def refusal_of(held: Accreditation) -> RuleBroken | None:
    """Why an accreditation cannot be published, before anybody tries."""
    try:
        operations.require_publishable(held, today())
    except RuleBroken as refusal:
        return refusal
    return None


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Register(RegisterEntry, lazy_gettext("Albo"), endpoint="register", url="albo")]
