"""Coming in: whoever has proved who they are is let in, or is asked for the second factor first; all is recorded.

Between the two proofs a browser holds a half log-in, signed and short, which opens nothing. A browser in which somebody
has come in keeps a mark of it: it says whose failures are counted apart, and is no proof of anything.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import after_this_request, current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security.utils import login_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from admin.guard.accounts import Account, accounts
from admin.guard.session import office
from core.ground import clock
from core.ground.access import ScopedSession, system
from core.ground.unit_of_work import unit_of_work
from core.users import logins, second_factor
from core.users.logins import Knock
from core.users.model import SecondFactor
from core.users.records import How, LoginOutcome

HALF = "patto_half"
WAITS = timedelta(minutes=10)
BROWSER = "patto_browser"
REMEMBERED = timedelta(days=365)
MOST_KNOWN = 8  # people of whom one browser keeps the mark


def come_in(account: Account, how: How, *, counts: bool = False, after: str | None = None) -> Response:
    """Let in who has proved who they are by ``how``, or lead to the second factor; ``counts`` if it was one already."""
    after = after or wanted()
    has, must = _factor_of(account)
    if counts or not (has or must):
        return enter(account, how, after)
    session[HALF] = {"who": account.fs_uniquifier, "how": how.value, "after": after,
                     "at": int(clock.now().timestamp())}
    if has:
        return redirect(url_for("second_factor.code"))
    begin_factor(account)
    return redirect(url_for("second_factor.enrol"))


def enter(account: Account, how: How, after: str) -> Response:
    """Let somebody in: recorded, and the browser known from here on."""
    session.pop(HALF, None)
    login_user(account, authn_via=[how.value])
    record(account.email, LoginOutcome.ENTERED, how, account)
    know(account.email)
    return redirect(after)


def wanted() -> str:
    """The page of ours that somebody wanted when they were led to the door, else their home."""
    after = request.args.get("next", "")
    ours = after.startswith("/admin/") and after.isprintable() and "\\" not in after
    return after if ours else url_for("admin.index")


def half() -> tuple[Account, How, str] | None:
    """Who has given the first proof in this browser a short while ago, by what, and where they want to go."""
    held: dict[str, Any] = session.get(HALF) or {}
    if not held or clock.now().timestamp() - held["at"] > WAITS.total_seconds():
        return None
    account = accounts().find_user(fs_uniquifier=held["who"])
    return None if account is None or not account.active else (account, How(held["how"]), held["after"])


def begin_factor(account: Account) -> None:
    """Make the secret that the person's telephone is to read."""
    accounts().change(account, "second_factor.begin", lambda s: second_factor.begin(s, account.id))


def _factor_of(account: Account) -> tuple[bool, bool]:
    """Whether somebody has a second factor, and whether one of their roles must."""
    with ScopedSession(office().database, system("accesso")) as reading:
        factor = reading.get(SecondFactor, account.id)
        must = account.principal.has(*second_factor.asked_of(reading))
        return factor is not None and factor.confirmed_at is not None, must


# --- what is recorded ---------------------------------------------------------------------------------------


def knock(email: str) -> Knock:
    """Who knocks now: with this address, from this place, in this browser."""
    return logins.knock(email, request.remote_addr, request.user_agent.string, known(email))


def is_closed(email: str) -> bool:
    """True if whoever knocks so must wait; that they were told is recorded."""
    at = knock(email)
    with ScopedSession(office().database, system("accesso")) as reading:
        closed = logins.is_closed(reading, at)
    if closed:
        record(email, LoginOutcome.CLOSED)
    return closed


def record(email: str, outcome: LoginOutcome, how: How = How.PASSWORD, account: Account | None = None,
           note: str = "") -> None:
    """Write down what came of a knock, in an act of its own."""
    with unit_of_work(office().database, system("accesso"), act=f"login.{outcome.value}") as writing:
        logins.record(writing, knock(email), outcome, how, user_id=account.id if account else None, note=note)


def told_to_wait() -> str:
    """What whoever must wait reads: the same for an address that somebody has and for one that nobody has."""
    return _("Troppi tentativi non riusciti: per sicurezza da qui si può riprovare tra %(minutes)s minuti. Chi ha "
             "dimenticato la password chieda un nuovo collegamento all'amministratore.",
             minutes=int(logins.WINDOW.total_seconds() // 60))


# --- the mark of a known browser ----------------------------------------------------------------------------


def known(email: str) -> str:
    """The mark of this browser if somebody with this address came in here before, else empty."""
    mark, people = _mark()
    return mark if _mine(email) in people else ""


def know(email: str) -> None:
    """Keep in the browser that somebody with this address came in here."""
    mark, people = _mark()
    kept = [_mine(email), *(one for one in people if one != _mine(email))][:MOST_KNOWN]
    cookie = _signer().dumps([mark or secrets.token_urlsafe(12), kept])

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(BROWSER, cookie, max_age=REMEMBERED, httponly=True, samesite="Lax",
                            secure=office().settings.production)
        return response


def _mark() -> tuple[str, list[str]]:
    try:
        mark, people = _signer().loads(request.cookies.get(BROWSER, ""), max_age=int(REMEMBERED.total_seconds()))
    except BadData:
        return "", []
    return mark, people


def _mine(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known browser")
