"""One search box over contracts, municipalities, services and sheets; each finds what who asks may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from admin.contracts.names import in_full
from admin.guard import policy
from admin.guard.session import db
from admin.office import acts
from admin.web.base_view import Page
from core.catalogue.model import OperationalSheet, Service
from core.contracts.model import Contract, ContractParty
from core.ground.search import holds
from core.parties.model import Municipality

MOST = 10
CODE = re.compile(r"(\d{1,6})\s*/\s*(\d{4})")


class Search(Page):
    """The page of the search box."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """What was found, by kind."""
        text = request.args.get("q", "").replace("\x00", "").strip()[:100]
        groups = [(title, hits) for title, hits in found(text) if hits] if len(text) > 1 else []
        doable = list(acts.found(text)) if len(text) > 1 else []
        return self.render("office/search.html", text=text, groups=groups, acts=doable[:MOST])


def found(text: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Title of a kind, and its hits as (words, address)."""
    yield _("Contratti"), _hits(contracts(text), "contract.details_view", in_full)
    yield _("Comuni"), _hits(_named(Municipality, Municipality.name, text), "municipality.details_view", str)
    yield _("Servizi"), _hits(_named(Service, Service.title, text), "service.details_view", str)
    sheets = _named(OperationalSheet, OperationalSheet.title, text)
    yield _("Schede operative"), _hits(sheets, "sheet.details_view", str)


def contracts(text: str) -> Select[Contract]:
    """Contracts by number («3/2026») or by the name of a municipality."""
    query = select(Contract).options(selectinload(Contract.parties).selectinload(ContractParty.party))
    if code := CODE.search(text):
        return query.where(Contract.number == int(code[1]), Contract.year == int(code[2]))
    named = select(Municipality.id).where(holds(db(), Municipality, text))
    party = Contract.id.in_(select(ContractParty.contract_id).where(ContractParty.party_id.in_(named)))
    return query.where(party).order_by(Contract.year.desc(), Contract.number.desc())


def _named(model: Any, column: Any, text: str) -> Select[Any]:
    return select(model).where(holds(db(), model, text)).order_by(column)


def _hits(query: Select[Any], endpoint: str, words: Callable[[Any], str]) -> list[tuple[str, str]]:
    if endpoint not in current_app.view_functions:
        return []
    return [(words(row), url_for(endpoint, id=row.id)) for row in db().scalars(query.limit(MOST)).unique()]
