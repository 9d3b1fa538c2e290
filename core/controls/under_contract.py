"""Which contract a case stands under, and whether a day lies in it: what the cases around a contract ask alike."""

from __future__ import annotations

from datetime import date

from core.contracts.model import Contract
from core.contracts.states import NOT_YET
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.parties.model import Municipality
from core.penalties.procedure import in_force


def contract_under(
    session: ScopedSession, contract_id: int, municipality_id: int, service_id: int | None = None
) -> Contract:
    """The signed contract of a municipality. RuleBroken for a draft, another's contract, or a service not in it."""
    contract = session.require(Contract, contract_id)
    municipality = session.require(Municipality, municipality_id)
    if contract.state in NOT_YET or contract.amends_id is not None:
        raise RuleBroken("Il contratto n. %(code)s non è ancora firmato: scegliere quello che vale.", field="party",
                         code=contract.code).mended(Place("contract", contract.id))
    if municipality.id not in {member.party_id for member in contract.municipality_parties}:
        raise RuleBroken("%(name)s non firma il contratto n. %(code)s: scegliere il suo.", field="party",
                         name=municipality.name, code=contract.code)
    served = {held.service_id for held in (*contract.conferrals, *contract.ended_conferrals)
              if held.municipality_id == municipality.id}
    if service_id is not None and service_id not in served:
        raise RuleBroken("Il servizio non è tra quelli che %(name)s affida con il contratto n. %(code)s: sceglierne "
                         "un altro, o nessuno.", field="service_id", name=municipality.name,
                         code=contract.code).mended(Place("contract", contract.id))
    return contract


def require_since_start(contract: Contract, day: date, *, field: str) -> None:
    """RuleBroken for a day before the contract begins."""
    if day < contract.starts_on:
        raise RuleBroken("Il contratto n. %(code)s vale dal %(start)s: il %(day)s viene prima. Correggere la data o "
                         "scegliere il contratto di allora.", field=field, code=contract.code,
                         start=f"{contract.starts_on:%d/%m/%Y}", day=f"{day:%d/%m/%Y}")


def require_in_contract(contract: Contract, day: date, *, field: str) -> None:
    """RuleBroken for a day on which the services did not run under the contract; a continuity counts (R61)."""
    require_since_start(contract, day, field=field)
    if not in_force(contract, day):
        raise RuleBroken("Il contratto n. %(code)s è finito il %(end)s: il %(day)s viene dopo. Correggere la data o "
                         "scegliere il contratto che segue.", field=field, code=contract.code,
                         end=f"{contract.runs_to:%d/%m/%Y}", day=f"{day:%d/%m/%Y}")
