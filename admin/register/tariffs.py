"""What the accredited units ask for each service: read by municipalities, by period; each provider reads its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, today
from admin.public.albo import state_badge
from admin.register.chosen import deliverable_services
from admin.web import formats
from admin.web.base_view import BaseView, Filter
from admin.web.forms import Choices
from admin.web.searching import named
from admin.web.workbooks import KINDS, stream
from admin.wording import labels
from core.ground.access import ScopedSession
from core.ground.order import in_order
from core.register import tariffs
from core.register.model import RegisterEntry, Tariff
from core.register.open_data import state_and_since

HEADINGS = (lazy_gettext("Unità"), lazy_gettext("Gestore"), lazy_gettext("Servizio"), lazy_gettext("Tariffa"),
            lazy_gettext("Per"), lazy_gettext("Dal"), lazy_gettext("Al"), lazy_gettext("Stato dell'unità"),
            lazy_gettext("Da dove viene"))  # fmt: skip


class Tariffs(BaseView):
    """The tariffs; written by the accreditation unit and the management."""

    may_read = policy.STAFF_AND_ALL_PARTIES
    may_write = policy.ACCREDITATION_OR_MANAGEMENT
    group = "accreditation"
    aside = True
    title = lazy_gettext("Tariffe")
    new_title = lazy_gettext("Nuova tariffa")
    lead = lazy_gettext("Quanto chiedono le unità accreditate per ogni servizio, con il periodo in cui vale.")
    empty = lazy_gettext("Nessuna tariffa è ancora registrata.")
    list_template = "register/tariffs.html"
    can_create = True
    can_edit = True
    can_delete = True
    can_view_details = False
    column_list = ("unit", "provider", "service", "amount", "state", "source")
    column_labels = {"unit": lazy_gettext("Unità"), "provider": lazy_gettext("Gestore"),
                     "service": lazy_gettext("Servizio"), "state": lazy_gettext("Accreditamento")}
    shown = {
        "unit": lambda row: row.entry.unit,
        "provider": lambda row: row.entry.provider,
        "amount": lambda row: Markup('{}<br><span class="muted">{}</span>').format(
            amount_words(row), period_words(row)),
        "state": lambda row: state_badge(row.entry),
        "source": "source_and_way_out",
    }
    filtered = (
        Filter("servizio", lazy_gettext("Servizio"), lambda: deliverable_services(),
               lambda value: Tariff.service_id == int(value)),
        Filter("periodo", lazy_gettext("Periodo"), lambda: [("1", _("in vigore oggi")), ("0", _("passate o future"))],
               lambda value: in_force() if value == "1" else ~in_force()),
    )
    searched = (named(Tariff.unit_id, RegisterEntry.unit_id),)
    newest_first = True
    newest_by = ("valid_from",)
    load = (joinedload(Tariff.service), joinedload(Tariff.entry))
    form_columns = ("unit_id", "service_id", "measure", "amount", "valid_from", "valid_to", "source")
    left_out = frozenset({"id", "version"})
    numeric = frozenset()


    def name_of(self, row: Tariff) -> str:
        """A tariff is called by its unit and its measure."""
        return _("%(unit)s, %(amount)s dal %(day)s", unit=row.entry.unit, amount=amount_words(row),
                 day=formats.day(row.valid_from))

    def choices(self, name: str) -> Choices:
        """Units of the register; services that some type delivers."""
        if name == "service_id":
            return [("", "–"), *deliverable_services()]
        rows = db().scalars(select(RegisterEntry).order_by(in_order(RegisterEntry.unit), RegisterEntry.id))
        return [("", "–"), *((str(row.unit_id), f"{row.unit}, {row.provider} ({row.type_name})") for row in rows)]

    def source_and_way_out(self, row: Tariff) -> str | Markup:
        """Where a tariff comes from; for who keeps them, the way to take away one entered by mistake."""
        if not self.may_change():
            return row.source
        return Markup('{} · <a href="{}" aria-label="{}">{}</a>').format(
            row.source, self.get_url(".delete_view", id=row.id), _("Togli: %(name)s", name=self.name_of(row)),
            _("Togli"))

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Tariff:
        """See the operation."""
        return tariffs.add_tariff(session, facts)

    def update(self, session: ScopedSession, row: Tariff, version: int, facts: dict[str, Any]) -> Tariff:
        """See the operation."""
        return tariffs.edit_tariff(session, row.id, facts, version=version)

    def remove(self, session: ScopedSession, row: Tariff) -> None:
        """See the operation."""
        tariffs.remove_tariff(session, row.id)

    @expose("/esporta.<kind>")
    def table(self, kind: str) -> Response:
        """The tariffs that the person sees and the search leaves, as a file."""
        if kind not in KINDS:
            abort(404)
        asked = [(f.name, f.label, request.args[f.name]) for f in self.filtered if request.args.get(f.name)]
        keys = self.matching(request.args.get("search", "").replace("\x00", "")[:200], asked)
        return stream(_("Tariffe"), HEADINGS, told(keys), kind)


def told(keys: Select[tuple[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of the file, by unit and day."""
    query = select(Tariff, RegisterEntry).join(RegisterEntry, RegisterEntry.unit_id == Tariff.unit_id)
    query = query.where(Tariff.id.in_(keys)).options(joinedload(Tariff.service))
    query = query.order_by(in_order(RegisterEntry.unit), Tariff.service_id, Tariff.valid_from, Tariff.id)
    for row, entry in db().execute(query):
        state = state_and_since(entry, today())[0]
        yield (entry.unit, entry.provider, row.service.title, row.amount,
               str(labels.choice("tariff", "measure", row.measure)), row.valid_from, row.valid_to,
               str(labels.state("register_entry", state)), row.source)  # fmt: skip


def in_force() -> Any:
    """The tariffs that hold today."""
    return (Tariff.valid_from <= today()) & or_(Tariff.valid_to.is_(None), Tariff.valid_to >= today())


def amount_words(row: Tariff) -> str:
    """An amount with its measure."""
    return _("%(amount)s per %(measure)s", amount=formats.euro(row.amount),
             measure=labels.choice("tariff", "measure", row.measure))


def period_words(row: Tariff) -> str:
    """From when, until when."""
    if row.valid_to is None:
        return _("dal %(first)s", first=formats.day(row.valid_from))
    return _("dal %(first)s al %(last)s", first=formats.day(row.valid_from), last=formats.day(row.valid_to))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Tariffs(Tariff, lazy_gettext("Tariffe"), endpoint="tariff", url="tariffe")]
