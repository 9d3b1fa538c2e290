"""What waits in the public register and in the choices of municipalities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from core.accreditation.model import Accreditation
from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order
from core.register import operations as register
from core.register.choices import holding
from core.register.model import ProviderChoice, RegisterEntry
from core.register.open_data import state_and_since
from core.register.states import PublicState

TROUBLE = {
    PublicState.SUSPENDED: Finding("Il gestore scelto è sospeso dal %(since)s: verificare il contratto."),
    PublicState.REVOKED: Finding("L'accreditamento del gestore scelto è revocato dal %(since)s: scegliere un altro "
                                 "gestore."),
    PublicState.RENOUNCED: Finding("Il gestore scelto ha rinunciato all'accreditamento dal %(since)s: scegliere un "
                                   "altro gestore."),
    PublicState.EXPIRED: Finding("L'accreditamento del gestore scelto è scaduto dal %(since)s: verificare il "
                                 "contratto."),
}


@waits_for(Role.MUNICIPALITY)
def providers_in_trouble(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Units that a municipality chose and that are not accredited any more."""
    lost = or_(RegisterEntry.state != PublicState.ACCREDITED, RegisterEntry.valid_to < today)
    query = (select(ProviderChoice).join(RegisterEntry, RegisterEntry.id == ProviderChoice.entry_id)
             .where(holding(today), lost).order_by(ProviderChoice.id)
             .options(joinedload(ProviderChoice.entry), joinedload(ProviderChoice.municipality)))
    for choice in session.scalars(query.limit(MOST)):
        state, since = state_and_since(choice.entry, today)
        what = replace(TROUBLE[PublicState(state)], values={"since": f"{since:%d/%m/%Y}"})
        case = f"{choice.entry.unit}, {choice.municipality.name}"  # who works for two may have chosen it for both
        yield Waiting("provider_choice", choice.id, case, what, Role.MUNICIPALITY)


@waits_for(Role.ACCREDITATION)
def to_publish(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Units that have decree and pact and are not in the register."""
    query = register.to_publish(today).options(joinedload(Accreditation.unit))
    for held in session.scalars(query.limit(MOST)):
        yield Waiting("publication", held.id, held.unit.name,
                      Finding("Accreditata, con il patto firmato: pubblicarla nell'albo."), Role.ACCREDITATION)


@waits_for(Role.ACCREDITATION)
def changes(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Published units whose live record says something else."""
    query = select(RegisterEntry.id, RegisterEntry.unit).where(RegisterEntry.id.in_(register.waiting_for_approval()))
    for key, name in session.execute(query.order_by(in_order(RegisterEntry.unit)).limit(MOST)):
        yield Waiting("register", key, name, Finding("I dati sono cambiati e l'albo dice ancora quelli di prima: "
                                                     "approvare le modifiche."), Role.ACCREDITATION)
