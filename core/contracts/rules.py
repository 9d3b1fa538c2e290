"""What a contract needs before its document is made: remarks, and which of them stop it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from core.contracts.model import Contract, ContractParty
from core.errors import Finding, Level, RuleBroken
from core.parties.model import Municipality, Party, Signatory, within
from core.parties.rules import period

RESOLUTIONS = {"council": "del Consiglio", "giunta": "della Giunta"}
CIG = re.compile(r"[A-Z0-9]{10}")
CUP = re.compile(r"[A-Z][A-Z0-9]{14}")
AZIENDA_RESOLUTIONS = {"board": "del Consiglio di Amministrazione", "assembly": "dell'Assemblea Consortile"}


def signatory_on(party: Party, day: date) -> Signatory | None:
    """Who may sign for a party on ``day``: the one who took office last."""
    in_office = [s for s in party.signatories if within(day, s.valid_from, s.valid_to)]
    return max(in_office, key=lambda s: s.valid_from, default=None)


def check(contract: Contract, today: date) -> list[Finding]:
    """Every remark on the contract itself; errors first, because they stop the document (R2-R19, R110, R119)."""
    found = [*_period(contract), *_services(contract)]
    for party in contract.parties:
        found += _party(contract, party, today)
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)


def require_terms(contract: Contract) -> None:
    """RuleBroken for dates, place or codes of a contract that cannot be."""
    period(contract.starts_on, contract.ends_on, field="ends_on")
    if contract.starts_on.year != contract.year:
        raise RuleBroken("Il contratto n. %(code)s ha un numero del %(year)s: la decorrenza resta in quell'anno. "
                         "Per un altro anno annullare la bozza e prepararne una nuova.",
                         field="starts_on", code=contract.code, year=contract.year)
    if not contract.place.strip():
        raise RuleBroken("Indicare il luogo della firma.", field="place")
    if contract.cig and not CIG.fullmatch(contract.cig):
        raise RuleBroken("Il CIG «%(text)s» non è valido: ha 10 lettere o cifre.", field="cig", text=contract.cig)
    if contract.cup and not CUP.fullmatch(contract.cup):
        raise RuleBroken("Il CUP «%(text)s» non è valido: ha 15 lettere o cifre e comincia con una lettera.",
                         field="cup", text=contract.cup)


def require_ready(findings: Iterable[Finding]) -> None:
    """RuleBroken with every error, if there is one."""
    errors = [str(finding) for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise RuleBroken("Il documento non si può ancora generare. %(errors)s", errors=" ".join(errors))


def _period(contract: Contract) -> Iterator[Finding]:
    plan = contract.zone_plan
    if plan is None:
        yield Finding("Manca il Piano di Zona a cui il contratto si riferisce: sceglierlo tra le condizioni.",
                      level=Level.ERROR, where="zone_plan", source="R11")
    elif contract.starts_on.year < plan.first_year or contract.ends_on.year > plan.last_year:
        yield Finding("La durata esce dal periodo del Piano di Zona (%(plan)s): verificare le date.",
                      {"plan": f"{plan.first_year}-{plan.last_year}"}, where="ends_on", source="R11")
    if contract.charter is None:
        yield Finding("Manca la Carta dei servizi in vigore: sceglierla tra le condizioni.",
                      level=Level.ERROR, where="charter", source="R30")


def _services(contract: Contract) -> Iterator[Finding]:
    if not contract.conferrals:
        yield Finding("Il contratto non conferisce alcun servizio: sceglierne almeno uno.",
                      level=Level.ERROR, where="services", source="R35")
    for party in contract.municipality_parties:
        if contract.conferrals and not any(c.municipality_id == party.party_id for c in contract.conferrals):
            yield Finding("%(name)s non conferisce alcun servizio: scegliere i suoi servizi o toglierlo dal contratto.",
                          {"name": party.party.name}, level=Level.ERROR, where="services", source="R35")


def _party(contract: Contract, member: ContractParty, today: date) -> Iterator[Finding]:
    party = member.party
    values: dict[str, object] = {"name": party.name}
    signatory = member.signatory
    if signatory is None or not within(max(today, contract.starts_on), signatory.valid_from, signatory.valid_to):
        yield Finding("Manca chi firma per %(name)s, o il suo incarico non è in corso: indicarlo tra i firmatari.",
                      values, level=Level.ERROR, where="signatories", source="R18")
    if isinstance(party, Municipality):
        yield from _municipality(party, values)
    kinds = {link.act.body_kind for link in contract.acts if link.act.party_id == party.id}
    wanted = RESOLUTIONS if isinstance(party, Municipality) else AZIENDA_RESOLUTIONS
    for kind, body in wanted.items():
        if kind not in kinds:
            yield Finding("Manca la deliberazione %(body)s di %(name)s: registrarla tra gli atti.",
                          {**values, "body": body}, where="acts", source="R119")
    if not party.accounts:
        yield Finding("Manca il conto dedicato di %(name)s: registrarlo con i delegati (L. 136/2010).",
                      values, where="accounts", source="R110")


def _municipality(municipality: Municipality, values: dict[str, object]) -> Iterator[Finding]:
    if municipality.form == "comune" and not municipality.istat:
        yield Finding("%(name)s non ha il codice ISTAT: completare la sua scheda.",
                      values, level=Level.ERROR, where="istat")
    if not municipality.mission or not municipality.principles:
        yield Finding("%(name)s non ha ancora indicato missione e valori: completare la sua scheda.",
                      values, where="mission", source="R21")
    if not municipality.populations:
        yield Finding("Manca la popolazione di %(name)s: serve per il riparto dei costi.",
                      values, where="population", source="R87")
