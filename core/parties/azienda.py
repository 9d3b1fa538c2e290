"""The institution whose office this is: everything that a contract or a letter says of it stands on its record."""

from __future__ import annotations

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.parties.model import Azienda


def the_azienda(session: ScopedSession) -> Azienda:
    """The azienda of this installation. RuleBroken where it is not registered yet."""
    azienda = session.scalars(select(Azienda)).first()
    if azienda is None:
        raise RuleBroken("Mancano i dati dell'azienda: registrarli prima, dalla pagina «Azienda».").mended(
            Place("azienda.new", 0))
    return azienda
