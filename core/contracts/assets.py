"""Premises and equipment entrusted to the azienda (R79-R82): recorded, changed by agreement, printed as an annex."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from core.cases.operations import add_file, add_note
from core.contracts.model import Contract, EntrustedAsset
from core.contracts.states import ContractState
from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.money import exact_cents
from core.ground.required import require_past

OFFICE = (Role.MANAGEMENT, Role.SYSTEM)
FACTS = frozenset({
    "contract_id", "municipality_id", "kind", "name", "address", "title", "rent", "rent_due", "ordinary_upkeep",
    "extraordinary_upkeep", "agreements",
})


def add_asset(session: ScopedSession, facts: Mapping[str, Any], *, today: date) -> EntrustedAsset:
    """Record a thing that a municipality entrusts: who does which upkeep, on which title (R79-R82).

    After the draft this is an agreement of its own, and stands in the diary. RuleBroken for a municipality that does
    not sign the contract, a rent without an amount or a free loan with one, a day that no year has.
    """
    session.principal.require(*OFFICE)
    contract = session.require(Contract, facts["contract_id"])
    asset = take(EntrustedAsset(), facts, FACTS)
    _check(contract, asset)
    contract.assets.append(asset)
    return _done(session, contract, asset, "Affidato all'azienda: %s.", today=today)


def edit_asset(
    session: ScopedSession, asset_id: int, facts: Mapping[str, Any], *, version: int, today: date
) -> EntrustedAsset:
    """Change what is said of a thing entrusted; it stays in its contract."""
    session.principal.require(*OFFICE)
    asset = at_version(session.require(EntrustedAsset, asset_id), version)
    if facts["contract_id"] != asset.contract_id:
        raise RuleBroken("Un bene resta nel suo contratto: toglierlo qui e registrarlo nell'altro.",
                         field="contract_id")
    take(asset, facts, FACTS)
    _check(asset.contract, asset)
    return _done(session, asset.contract, asset, "Cambiati i dati del bene affidato: %s.", today=today)


def remove_asset(session: ScopedSession, asset_id: int, *, today: date) -> None:
    """Take away a thing that went back to the municipality or was recorded by mistake; the history keeps it."""
    session.principal.require(*OFFICE)
    asset = session.require(EntrustedAsset, asset_id)
    contract, name = asset.contract, asset.name
    _refuse_closed(contract)
    contract.assets.remove(asset)
    session.delete(asset)
    session.flush()
    _tell(session, contract, f"Tolto dai beni affidati: {name}.")
    follow(session, "entrusted_asset", [asset_id], today=today)


def sign_annex(
    session: ScopedSession,
    asset_id: int,
    *,
    signed_on: date,
    file: Upload,
    today: date,
) -> EntrustedAsset:
    """Keep the technical annex that both sides have signed (R81). RuleBroken for a day to come or a wrong file."""
    session.principal.require(*OFFICE)
    asset = session.require(EntrustedAsset, asset_id)
    require_past(signed_on, today, field="signed_on")
    contract = asset.contract
    _refuse_closed(contract)
    held = add_file(session, "contract", contract.id, title=f"Allegato tecnico firmato: {asset.name}", file=file)
    asset.annex_signed_on, asset.annex = signed_on, held.document
    session.flush()
    follow(session, "entrusted_asset", [asset.id], today=today)
    return asset


# --- what is right ----------------------------------------------------------------------------------------


def _check(contract: Contract, asset: EntrustedAsset) -> None:
    _refuse_closed(contract)
    if asset.municipality_id not in {party.party_id for party in contract.municipality_parties}:
        raise RuleBroken("Il bene si affida con il contratto di chi lo concede: scegliere un ente che firma il "
                         "contratto n. %(code)s.", field="municipality_id", code=contract.code)
    if asset.kind == "building" and not (asset.address or "").strip():
        raise RuleBroken("Indicare l'indirizzo dell'immobile.", field="address")
    if asset.title == "rent":
        if not asset.rent or asset.rent < 0:
            raise RuleBroken("Una locazione ha un canone annuo maggiore di zero: indicarlo.", field="rent")
        asset.rent = exact_cents(asset.rent, field="rent")
        asset.rent_due = _month_day(asset.rent_due)
    elif asset.rent or asset.rent_due:
        raise RuleBroken("Un comodato è gratuito: togliere canone e scadenza, o scegliere la locazione.", field="rent")


def _month_day(text: str | None) -> str:
    """The day of every year on which the rent is due: 29 February is one too."""
    wrong = RuleBroken("La scadenza del canone si scrive come mese-giorno, per esempio 01-31.", field="rent_due")
    day = (text or "").strip()
    if not re.fullmatch(r"\d\d-\d\d", day):
        raise wrong
    try:
        return f"{date.fromisoformat('2024-' + day):%m-%d}"
    except ValueError as error:
        raise wrong from error


def _refuse_closed(contract: Contract) -> None:
    if contract.state in (ContractState.CANCELLED, ContractState.CLOSED, ContractState.MERGED):
        raise RuleBroken("Il contratto n. %(code)s è chiuso: i suoi beni affidati non si cambiano più.",
                         code=contract.code)


def _done(
    session: ScopedSession, contract: Contract, asset: EntrustedAsset, text: str, *, today: date
) -> EntrustedAsset:
    session.flush()
    _tell(session, contract, text % asset.name)
    follow(session, "entrusted_asset", [asset.id], today=today)
    return asset


def _tell(session: ScopedSession, contract: Contract, text: str) -> None:
    """While it is a draft the text tells it; afterwards the diary does, and the municipality reads it."""
    if contract.state != ContractState.DRAFT:
        add_note(session, "contract", contract.id, text=text, shared=True)
