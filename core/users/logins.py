"""What happens at the door is recorded, and how often it may fail is counted on those very records.

The limits know three things of who tries: the address that was typed, the place it comes from, and whether this person
came in with this very browser before. A known browser has a count of its own, so that nobody who fails elsewhere, not
even beside it in the same office, can shut it out. An address that nobody has is counted as one that somebody has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from sqlalchemy import ColumnElement, func, select

from core.ground import clock
from core.ground.access import ScopedSession, as_system
from core.parties.rules import EMAIL
from core.users.records import FAILED, DownloadRecord, How, LoginOutcome, LoginRecord

WINDOW = timedelta(minutes=15)
FROM_ONE_PLACE = 5  # failures with one address typed, from one place or in one known browser
WITH_ONE_ADDRESS = 30  # from all unknown browsers together
FROM_ONE_NETWORK = 60  # with whatever address typed
LONGEST = 200  # characters of what a browser says of itself


@dataclass(frozen=True)
class Knock:
    """Somebody at the door: the address typed, the place, the browser, and its mark if this person is known in it."""

    email: str
    address: str
    browser: str = ""
    device: str = ""


def knock(email: str, address: str | None, browser: str = "", device: str = "") -> Knock:
    """A knock as it is recorded: what is no e-mail address may be a password typed in the wrong place, and is not kept.
    """
    typed = email.strip().lower()
    return Knock(typed if EMAIL.fullmatch(typed) and typed.isprintable() and len(typed) <= LONGEST else "",
                 _place(address or ""), _plain(browser), device)


def record(session: ScopedSession, at: Knock, outcome: LoginOutcome, how: How = How.PASSWORD, *,
           user_id: int | None = None, note: str = "") -> None:
    """Write down what came of a knock; the refusals of a closed door once in a quarter of an hour."""
    now = clock.now()
    told = LoginRecord.outcome == LoginOutcome.CLOSED, LoginRecord.email == at.email, LoginRecord.address == at.address
    if outcome is LoginOutcome.CLOSED and _count(session, now - WINDOW, *told):
        return
    session.add(LoginRecord(at=now, user_id=user_id, email=at.email, address=at.address, browser=at.browser,
                            device=at.device, how=how.value, outcome=outcome.value, note=note))
    session.flush()


def is_closed(session: ScopedSession, at: Knock) -> bool:
    """True if whoever knocks so must wait: the same for an address that somebody has and for one that nobody has."""
    now = clock.now()
    failed, typed = LoginRecord.outcome.in_(FAILED), LoginRecord.email == at.email
    if at.device:
        mine = typed, LoginRecord.device == at.device
        begin = _begin(session, now, *mine, LoginRecord.outcome == LoginOutcome.ENTERED)
        return _count(session, begin, failed, *mine) >= FROM_ONE_PLACE
    stranger = failed, LoginRecord.device == "", LoginRecord.address == at.address
    if _count(session, now - WINDOW, *stranger) >= FROM_ONE_NETWORK:
        return True
    if not at.email:
        return False
    begin = _begin(session, now, typed, LoginRecord.outcome == LoginOutcome.PASSWORD_SET)
    return (_count(session, begin, *stranger, typed) >= FROM_ONE_PLACE
            or _count(session, begin, failed, LoginRecord.device == "", typed) >= WITH_ONE_ADDRESS)


def took(session: ScopedSession, user_id: int | None, file_name: str, document_id: int | None = None) -> None:
    """Write down that somebody took a file."""
    session.add(DownloadRecord(at=clock.now(), user_id=user_id, document_id=document_id, file_name=file_name))
    session.flush()


OWN_LOGINS = (LoginRecord.at, LoginRecord.outcome, LoginRecord.how, LoginRecord.address, LoginRecord.browser)
OWN_DOWNLOADS = (DownloadRecord.at, DownloadRecord.file_name)


def own(session: ScopedSession, columns: tuple[Any, ...], most: int) -> list[tuple[Any, ...]]:
    """The newest records of the person who asks, as plain values: OWN_LOGINS or OWN_DOWNLOADS of them."""
    entity: Any = columns[0].class_
    mine = select(*columns).where(entity.user_id == session.principal.user_id, entity.user_id.is_not(None))
    return as_system(session, mine.order_by(entity.id.desc()).limit(most), reason="accessi propri")


def _begin(session: ScopedSession, now: datetime, *makes_good: ColumnElement[bool]) -> datetime:
    """From when failures count: a quarter of an hour ago, or since what has made good for those before it."""
    last = select(func.max(LoginRecord.at)).where(*makes_good)
    [(at,)] = as_system(session, last, reason="tentativi di accesso")
    return max(now - WINDOW, at or now - WINDOW)


def _count(session: ScopedSession, after: datetime, *which: ColumnElement[bool]) -> int:
    counted = select(func.count(LoginRecord.id)).where(*which, LoginRecord.at > after)
    [(number,)] = as_system(session, counted, reason="tentativi di accesso")
    return int(number)


def _place(address: str) -> str:
    """An IPv4 address, of IPv6 the network that one household has; empty for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isprintable())[:LONGEST].strip()
