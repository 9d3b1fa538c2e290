"""The institution whose office this is: everything that a contract or a letter says of it stands on its record."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.upward import Upward
from core.parties.model import Azienda

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
