"""The acts of the azienda's assembly: budgets, share-outs, sheets are approved by one."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.parties.azienda import the_azienda
from core.parties.bodies import organ_name
from core.parties.model import Act


def assembly_act(session: ScopedSession, number: str, on: date, *, title: str) -> Act:
    """The assembly's act with this number and day: the one that is known, or a new one of ``title``.

    RuleBroken where there is no azienda yet.
    """
    azienda = the_azienda(session)
    known = select(Act).where(Act.party_id == azienda.id, Act.body_kind == "assembly",
                              Act.number == number.strip(), Act.date == on)
    act = session.scalars(known).first()
    if act is None:
        act = Act(party_id=azienda.id, body_kind="assembly", body=organ_name(session, "assembly", on),
                  kind="deliberazione", title=title, number=number.strip(), date=on)
        session.add(act)
        session.flush()
    return act
