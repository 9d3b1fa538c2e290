"""The statement of account of a municipality: opening balance, requests, payments, credits, what it owes; to print and
to take away as .xlsx. Offices choose a municipality, a municipality reads its own."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web import formats
from admin.web.base_view import BIGGEST_KEY, Page, small
from admin.web.exercise import this_year
from admin.web.workbooks import XLSX, stream
from core.ground.order import in_order
from core.ground.search import holds
from core.parties.model import Municipality
from core.payments.account import Account, Movement, account, balances, with_account

MOST = 50
FIRST_YEAR = 2000
KEY = f"<int(max={BIGGEST_KEY}):key>"
KINDS = {
    "request": lazy_gettext("Rata n. %(code)s"),
    "credit": lazy_gettext("Credito, rata n. %(code)s"),
    "payment": lazy_gettext("Pagamento n. %(code)s"),
    "reversal": lazy_gettext("Storno, pagamento n. %(code)s"),
    "refund": lazy_gettext("Restituzione n. %(code)s"),
}
# where a movement can be opened
PAGES = {"request": "instalment.details_view", "credit": "instalment.details_view", "payment": "payment.details_view",
         "reversal": "payment.details_view", "refund": "payment.details_view"}


def own_title() -> str:
    """What the menu calls it: a municipality sees only its own."""
    return _("Situazione dei Comuni") if principal().sees_all else _("La nostra situazione")


class AccountStatement(Page):
    """What each municipality owes, and how it came about."""

    may_read = policy.MONEY_READERS
    group = "money"

    @expose("/")
    def index(self) -> str | Response:
        """The municipalities with what they owe; who has only one goes straight to it."""
        own = principal().municipality_ids
        if not principal().sees_all and len(own) == 1:
            return redirect(self.get_url(".statement", key=next(iter(own))))
        search = request.args.get("search", "").replace("\x00", "").strip()[:200]
        query = select(Municipality.id, Municipality.name).where(with_account()).order_by(in_order(Municipality.name))
        if search:
            query = query.where(holds(db(), Municipality, search))
        names = db().execute(query.limit(MOST + 1)).all()
        owed = balances(db(), [row.id for row in names[:MOST]])
        rows = [(row.id, row.name, owed[row.id], state(owed[row.id])) for row in names[:MOST]]
        return self.render("money/payments/accounts.html", title=own_title(), rows=rows,
                           search=search, more=len(names) > MOST, most=MOST)

    @expose(f"/{KEY}")
    def statement(self, key: int) -> str:
        """The account of one municipality for a year; 404 for another's."""
        shown = self._account(key)
        name = db().require(Municipality, key).name
        several = principal().sees_all or len(principal().municipality_ids) > 1
        title = (_("Situazione di %(name)s, %(year)s", name=name, year=shown.exercise) if several
                 else _("La nostra situazione, %(year)s", year=shown.exercise))
        return self.render(
            "money/payments/account.html", key=key, title=title, list_title=own_title(), account=shown, told=told,
            page_of=page_of, day=today(), several=several, stands=stands(name, shown),
            years=range(this_year(), max(this_year() - 5, FIRST_YEAR), -1))

    @expose(f"/{KEY}/situazione.xlsx")
    def workbook(self, key: int) -> Response:
        """The same, to take away."""
        shown = self._account(key)
        name = db().require(Municipality, key).name
        columns = (_("Data"), _("Movimento"), _("Descrizione"), _("Richiesto"), _("Pagato"), _("Da pagare"))
        rows: list[tuple[Any, ...]] = [
            (shown.exercise.starts_on, _("Saldo precedente"), "", None, None, shown.opening),
            *((one.on, told(one), one.text, one.asked or None, one.paid or None, one.balance)
              for one in shown.movements),
            (None, _("Totale"), "", shown.asked, shown.paid, shown.closing),
        ]
        return stream(f"situazione {name} {shown.exercise}".replace("/", "-"), columns, rows, XLSX)

    def _account(self, key: int) -> Account:
        asked = small(request.args.get("anno"))
        year = asked if asked is not None and FIRST_YEAR <= asked <= FIRST_YEAR + 200 else this_year()
        return account(db(), key, year)


def told(movement: Movement) -> str:
    """A movement by its name and number."""
    return str(KINDS[movement.kind]) % {"code": movement.code}


def page_of(movement: Movement) -> str | None:
    """The page where a movement can be opened, None if who asks may not."""
    return PAGES[movement.kind] if policy.may(principal(), PAGES[movement.kind]) else None


def state(balance: Any) -> str:
    """How a balance is called: to pay, settled, to the municipality's credit."""
    if balance == 0:
        return _("in pari")
    return _("da pagare") if balance > 0 else _("a credito del Comune")


def stands(name: str, shown: Account) -> str:
    """Where the account stands, in words."""
    amount = formats.euro(abs(shown.closing))
    if shown.closing > 0:
        return _("Alla fine dei movimenti del %(year)s restano da pagare %(amount)s.", year=shown.exercise,
                 amount=amount)
    if shown.closing < 0:
        return _("Alla fine dei movimenti del %(year)s %(name)s ha un credito di %(amount)s.", year=shown.exercise,
                 name=name, amount=amount)
    return _("Alla fine dei movimenti del %(year)s non resta nulla da pagare.", year=shown.exercise)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [AccountStatement(LazyString(own_title), endpoint="account", url="situazione")]
