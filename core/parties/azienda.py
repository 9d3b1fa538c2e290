"""The institution whose office this is: everything that a contract or a letter says of it stands on its record."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.exercises import declared
from core.ground.upward import Upward
from core.parties.model import Azienda

# what stands above the parties refuses another first day of the exercise once something is reckoned by it
exercise_changes: Upward[[ScopedSession], None] = Upward()
# what stands above the parties says whether the azienda may have begun, or got its statute, as late as on a day: with
# the name of the field, it raises RuleBroken if not
begins_on: Upward[[ScopedSession, date, str], None] = Upward()


def the_azienda(session: ScopedSession) -> Azienda:
    """The azienda of this installation. RuleBroken where it is not registered yet."""
    azienda = session.scalars(select(Azienda)).first()
    if azienda is None:
        raise RuleBroken("Mancano i dati dell'azienda: registrarli prima, dalla pagina «Azienda».").mended(
            Place("azienda.new", 0))
    return azienda


@declared
def exercise_starts(session: Session) -> str | None:
    """The day, written 09-01, on which the exercises of the azienda begin; asked of a row that is there already, as on
    every page of a contract."""
    here = next((row for row in session.identity_map.values() if isinstance(row, Azienda)), None)
    return session.scalar(select(Azienda.exercise_starts).limit(1)) if here is None else here.exercise_starts
