"""What waits on the municipalities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from core.deadlines.waiting import MOST, Waiting, figure_of, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, Place
from core.ground.order import in_order
from core.parties import index
from core.parties.members import members_on
from core.parties.model import Membership, Municipality, Party, Signatory
from core.parties.signatories import ALL, CONTRACTS


@waits_for(Role.MANAGEMENT)
def without_signatory(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Members for whom nobody signs contracts."""
    members = Municipality.memberships.any(_holds(Membership, today))
    nobody = ~Party.signatories.any(and_(_holds(Signatory, today), Signatory.signs.in_((ALL, CONTRACTS))))
    query = select(Municipality.id, Municipality.name).where(members, nobody).order_by(in_order(Municipality.name))
    for key, name in session.execute(query.limit(MOST)):
        yield Waiting("municipality", key, name, Finding("Manca chi firma: registrare il firmatario in carica."),
                      Role.MANAGEMENT)


@waits_for(Role.MANAGEMENT)
def other_pec(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Parties whose PEC in the index of public administrations is another: an act sent to the wrong one is not served.
    """
    for key, name, what in index.other_pecs(session, MOST):
        yield Waiting("index_entry", key, name, what, Role.MANAGEMENT)


@waits_for(Role.MANAGEMENT)
def old_index(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """A year after the index was brought, it is brought again."""
    read_on = index.last_read(session)
    if index.is_old(read_on, today):
        what = Finding("L'Indice è stato letto l'ultima volta il %(day)s: scaricarlo e confrontarlo di nuovo.",
                       {"day": f"{read_on:%d/%m/%Y}"}, at=Place("index", 0))
        yield Waiting("index_entry", 0, "IndicePA", what, Role.MANAGEMENT)


@figure_of("members")
def members(session: ScopedSession, today: date) -> int:
    """The municipalities that are members today."""
    return members_on(session, today)


def _holds(period: type[Membership] | type[Signatory], day: date) -> ColumnElement[bool]:
    return and_(period.valid_from <= day, or_(period.valid_to.is_(None), period.valid_to >= day))
