"""Exports: instalments, shares and payments as .xlsx and .csv, streamed; each within what the person sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, office
from admin.web.base_view import Page, small
from admin.web.workbooks import BATCH, KINDS, stream
from admin.wording import labels
from core.allocation.model import YearShare
from core.contracts.model import Contract
from core.ground.access import ScopedSession
from core.ground.exercises import exercises
from core.instalments.model import Instalment
from core.instalments.rules import State as InstalmentState
from core.parties.model import Municipality
from core.payments.model import Payment
from core.plugins.bound import ask_offer, offered_by_name
from core.plugins.loading import LoadedPlugin
from core.plugins.offers import RowsExport

HOOK = "patto_exports"


@dataclass(frozen=True)
class Export:
    """A table that can be taken away: its name, its headings, the rows, and how a row is told.

    ``words`` says at which place of a row a code stands, and by which words people know it. ``year``, ``municipality``
    and ``state`` (if it has one) are the columns that the filters of the lists ask for.
    """

    title: Any
    columns: Sequence[Any]
    query: Select[*tuple[Any, ...]]
    words: Mapping[int, Mapping[str, Any]]
    told: Callable[[Sequence[Any]], Sequence[Any]]
    order: Sequence[Any]
    year: Any
    municipality: Any
    state: Any = None


EXPORTS = {
    "instalments": Export(
        lazy_gettext("Rate"),
        (lazy_gettext("Anno"), lazy_gettext("Numero"), lazy_gettext("Contratto"), lazy_gettext("Comune"),
         lazy_gettext("Tipo"), lazy_gettext("Descrizione"), lazy_gettext("Stato"), lazy_gettext("Percentuale"),
         lazy_gettext("Base"), lazy_gettext("Importo"), lazy_gettext("Pagato"), lazy_gettext("Da pagare"),
         lazy_gettext("Scadenza nominale"), lazy_gettext("Scadenza effettiva"), lazy_gettext("Richiesta il"),
         lazy_gettext("Saldata il"), lazy_gettext("Fattura n."), lazy_gettext("Data della fattura"),
         lazy_gettext("Identificativo SdI")),
        select(Instalment.year, Instalment.number, Contract.number, Contract.year, Municipality.name, Instalment.kind,
               Instalment.title, Instalment.state, Instalment.percent, Instalment.base, Instalment.amount,
               Instalment.paid, Instalment.nominal, Instalment.effective, Instalment.requested_on,
               Instalment.settled_on, Instalment.invoice_number, Instalment.invoice_on, Instalment.sdi_id)
        .join(Contract, Instalment.contract_id == Contract.id)
        .join(Municipality, Instalment.municipality_id == Municipality.id),
        {5: labels.CHOICES["instalment.kind"], 7: dict(labels.states("instalment", InstalmentState))},
        lambda r: (r[0], r[1], f"{r[2]}/{r[3]}", *r[4:12], None if r[10] is None else r[10] - r[11], *r[12:]),
        (Instalment.year, Instalment.number), Instalment.year, Instalment.municipality_id, Instalment.state,
    ),
    "shares": Export(
        lazy_gettext("Quote"),
        (lazy_gettext("Anno"), lazy_gettext("Comune"), lazy_gettext("Tipo"), lazy_gettext("Importo"),
         lazy_gettext("Approvata il"), lazy_gettext("Origine"), lazy_gettext("Nota")),
        select(YearShare.year, Municipality.name, YearShare.kind, YearShare.amount, YearShare.approved_on,
               YearShare.origin, YearShare.note)
        .join(Municipality, YearShare.municipality_id == Municipality.id),
        {2: labels.CHOICES["year_share.kind"], 5: labels.CHOICES["year_share.origin"]},
        lambda r: r,
        (YearShare.year, Municipality.name, YearShare.id), YearShare.year, YearShare.municipality_id,
    ),
    "payments": Export(
        lazy_gettext("Pagamenti"),
        (lazy_gettext("Anno"), lazy_gettext("Numero"), lazy_gettext("Comune"), lazy_gettext("Ricevuto il"),
         lazy_gettext("Importo"), lazy_gettext("Modo"), lazy_gettext("Riferimento"), lazy_gettext("Storno"),
         lazy_gettext("Motivo")),
        select(Payment.year, Payment.number, Municipality.name, Payment.received_on, Payment.amount, Payment.method,
               Payment.reference, Payment.reverses_id, Payment.why)
        .join(Municipality, Payment.municipality_id == Municipality.id),
        {5: labels.CHOICES["payment.method"]},
        lambda r: (*r[:7], r[7] is not None, r[8]),
        (Payment.year, Payment.number), Payment.year, Payment.municipality_id,
    ),
}


ABOUT = {
    "instalments": lazy_gettext("Ogni rata con contratto, importo, pagato, da pagare e scadenze."),
    "shares": lazy_gettext("La quota di ogni Comune per anno: di previsione, definitiva o concordata."),
    "payments": lazy_gettext("I pagamenti ricevuti, con modo, riferimento e storni."),
}


def headings(export: Export) -> list[str]:
    """The headings in the reader's language."""
    return [str(column) for column in export.columns]


def rows(
    session: ScopedSession, export: Export, *, year: int | None = None, municipality: int | None = None,
    state: str | None = None,
) -> Iterator[Sequence[Any]]:
    """The rows of an export, a batch at a time from the database; the filters are those of the lists."""
    mine = exercises(session)
    query = export.query.order_by(*export.order)
    if year is not None:
        query = query.where(export.year == year)
    if municipality is not None:
        query = query.where(export.municipality == municipality)
    if state and export.state is not None:
        query = query.where(export.state == state)
    # each word is said once in the reader's language, not a hundred thousand times
    words = {place: {code: str(word) for code, word in known.items()} for place, known in export.words.items()}
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        told = list(row)
        if export.year is not Payment.year:  # a payment is numbered by the calendar
            told[0] = mine.cell(told[0])
        for place, known in words.items():
            told[place] = known.get(told[place], told[place])
        yield export.told(told)


class Exports(Page):
    """The addresses of the exports: ``/admin/esporta/instalments.xlsx?anno=2026&stato=paid&comune=3``."""

    may_read = policy.MONEY_READERS
    group = "house"

    @expose("/")
    def index(self) -> str:
        """What can be taken away, in which format, of which year."""
        years = {y for column in (Instalment.year, YearShare.year) for y in db().scalars(select(column).distinct())}
        year = small(request.args.get("anno"))
        own = [(what, export.title, ABOUT[what]) for what, export in EXPORTS.items()]
        more = [(what, _(export.title), _(export.about)) for what, (_loaded, export) in beside().items()]
        return self.render("office/exports.html", years=sorted(years, reverse=True), year=year, tables=[*own, *more])

    @expose("/<what>.<kind>")
    def table(self, what: str, kind: str) -> Response:
        """One table as a file; 404 for a table or a format that is not offered."""
        export = EXPORTS.get(what)
        if kind in KINDS and what in beside():
            return _of_plugin(*beside()[what], small(request.args.get("anno")), kind)
        if export is None or kind not in KINDS:
            abort(404)
        asked = {"year": small(request.args.get("anno")), "municipality": small(request.args.get("comune")),
                 "state": request.args.get("stato", "").replace("\x00", "") or None}
        return stream(str(export.title), export.columns, _while_sent(export, asked), kind)


def beside() -> dict[str, tuple[LoadedPlugin, RowsExport]]:
    """The tables that plugins offer, by their names."""
    return offered_by_name(office().database, HOOK)


def _of_plugin(loaded: LoadedPlugin, offer: RowsExport, year: int | None, kind: str) -> Response:
    """A plugin's table as a file; read whole before the first byte leaves, so that a failure is a sentence."""
    found: Any = ask_offer(loaded, HOOK, lambda: [list(row) for row in offer.rows(db(), year)], db())
    return stream(_(offer.title), [_(column) for column in offer.columns], iter(found), kind)


def _while_sent(export: Export, asked: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """The rows, by a session that ends with the answer: that of the request has ended when the first one leaves."""
    yield from rows(db(), export, **asked)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Exports(lazy_gettext("Esporta"), endpoint="exports", url="esporta")]
