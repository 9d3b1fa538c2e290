"""Import of the contracts that were signed before the program came, with their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.operations import services_covering
from core.contracts import rules
from core.contracts.districts import districts_of
from core.contracts.model import (
    Conferral,
    Contract,
    ContractDocument,
    ContractParty,
    ContractTerms,
    ServiceCharter,
    ZonePlan,
)
from core.contracts.plans import charter_in_force, plan_in_force
from core.contracts.proposal import conferred_elsewhere
from core.contracts.states import ContractState
from core.documents.operations import keep
from core.documents.wordfile import require_word_file
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.names import folded
from core.ground.required import require_past
from core.imports import finding
from core.imports.operations import Desk, Import
from core.parties.azienda import the_azienda
from core.parties.districts import all_districts
from core.parties.model import Municipality
from core.parties.rules import period
from core.tables.cells import CellKind, Column, Sheet

IMPORTED = "imported"
SIGNATURES = {".pdf": b"%PDF", ".docx": b"PK\x03\x04", ".p7m": b""}
WHY = "Firmato prima dell'arrivo del programma e importato."

SHEET = Sheet(
    "contracts", "Contratti",
    (
        Column("code", "Numero", help="Numero e anno, come stanno sul contratto.", example="3/2024"),
        Column("municipalities", "Comuni", help="Chi firma con l'azienda; se sono più, separati da punto e virgola.",
               example="Dresano; Colturano"),
        Column("starts_on", "Decorrenza", CellKind.DAY, example="01/01/2024"),
        Column("ends_on", "Scadenza", CellKind.DAY, example="31/12/2026"),
        Column("signed_on", "Firmato il", CellKind.DAY, example="15/12/2023"),
        Column("place", "Luogo della firma", required=False, help="Vuoto: la sede dell'azienda.", example="Melegnano"),
        Column("services", "Servizi", required=False, example="Spazio neutro; Segretariato sociale",
               help="Nomi o codici del catalogo, separati da punto e virgola. Vuoto: i servizi che coprono ciascun "
                    "ente."),
        Column("paying", "Altri enti che versano la quota", required=False, example="Fondazione Casa Aperta ETS",
               help="Chi prende parte al riparto senza essere un comune né un'unione, separati da punto e virgola; "
                    "comuni e unioni la versano sempre. Vuoto: nessun altro."),
        Column("terms", "Condizioni", CellKind.NUMBER, required=False, example="1",
               help="Numero della versione delle condizioni contrattuali. Vuoto: quella in vigore."),
        Column("title", "Titolo delle condizioni", required=False, example="Condizioni del contratto di servizio",
               help="Serve quando valgono condizioni con più titoli. Vuoto: l'unico titolo in vigore."),
        Column("cig", "CIG", required=False, example="A01B23C45D"),
        Column("cup", "CUP", required=False),
        Column("files", "File", required=False, example="contratto-3-2024.pdf",
               help="Nome del file firmato (.pdf, .docx, .p7m), mandato insieme a questo; se sono più, separati da "
                    "punto e virgola."),
    ),
    about="Un contratto già firmato per riga. I file si mandano insieme, in una cartella .zip.",
)


def apply(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register one signed contract with its files. RuleBroken for what could not have been signed (R84 too)."""
    with desk.session.no_autoflush:  # written with others, many rows in a statement
        return _applied(desk, facts)


def _applied(desk: Desk, facts: Mapping[str, Any]) -> str:
    number, year = finding.code(facts["code"], field="code")
    _require_new(desk, number, year)
    period(facts["starts_on"], facts["ends_on"], field="ends_on")
    require_past(facts["signed_on"], desk.today, field="signed_on")
    if facts["starts_on"].year != year:
        raise RuleBroken("Il numero è del %(year)s ma la decorrenza è di un altro anno: controllarli.", field="code",
                         year=year)
    contract = _contract(desk, number, year, facts)
    _confer(desk, contract, finding.several(facts["services"]))
    _files(desk, contract, finding.several(facts["files"]))
    desk.bear("contract", year, number)
    desk.log(contract, "import", before=ContractState.DRAFT, on=facts["signed_on"], why=WHY)
    desk.cache["codes"].add((number, year))
    return str(contract)


def state_on(starts_on: date, ends_on: date, today: date) -> ContractState:
    """Where a contract that was signed stands on a day, as far as its dates tell."""
    if today < starts_on:
        return ContractState.SIGNED
    return ContractState.IN_FORCE if today <= ends_on else ContractState.EXPIRED


def _require_new(desk: Desk, number: int, year: int) -> None:
    here = desk.known("codes", lambda: {
        (held, of) for held, of in desk.session.execute(select(Contract.number, Contract.year))})
    if (number, year) in here:
        raise RuleBroken("Il contratto n. %(code)s c'è già, o compare due volte nel file: togliere la riga.",
                         field="code", code=f"{number}/{year}")


def _cited(
    desk: Desk, members: Sequence[Municipality], day: date
) -> tuple[ZonePlan | None, ServiceCharter | None]:
    """The Zone Plan and the charter that hold in the district of who signs."""
    plans = desk.known("zone plans", lambda: desk.session.scalars(select(ZonePlan).order_by(ZonePlan.id)).all())
    charters = desk.known("charters", lambda: desk.session.scalars(select(ServiceCharter)).all())
    several = desk.known("districts", lambda: len(all_districts(desk.session)) > 1)
    district = next(iter(districts_of(desk.session, members, day)), None) if several else None
    return (plan_in_force([plan for plan in plans if district is None or plan.belongs_to(district)], day),
            charter_in_force(charters, day, district))


def _contract(desk: Desk, number: int, year: int, facts: Mapping[str, Any]) -> Contract:
    azienda = desk.known("azienda", lambda: the_azienda(desk.session))
    keys = [finding.municipality(desk, name, field="municipalities")
            for name in finding.several(facts["municipalities"])]
    if len(set(keys)) != len(keys) or not keys:
        raise RuleBroken("Ogni ente compare una volta sola.", field="municipalities")
    members = [desk.session.require(Municipality, key) for key in keys]
    paying = _paying(desk, facts, keys)
    plan, charter = _cited(desk, members, facts["starts_on"])
    contract = Contract(
        number=number, year=year, starts_on=facts["starts_on"], ends_on=facts["ends_on"],
        signed_on=facts["signed_on"], place=facts["place"] or azienda.city, cig=facts["cig"], cup=facts["cup"],
        terms=_terms(desk, facts), charter=charter, step="check", zone_plan=plan,
        state=state_on(facts["starts_on"], facts["ends_on"], desk.today), runs_to=facts["ends_on"],
    )
    for order, party in enumerate([azienda, *members]):
        contract.parties.append(ContractParty(
            party=party, order=order, capacity=party.form if isinstance(party, Municipality) else "azienda",
            signatory=rules.signatory_on(party, facts["signed_on"]),
            pays_share=not isinstance(party, Municipality) or party.is_local or party.id in paying))
    desk.session.add(contract)
    rules.require_terms(contract)
    return contract


def _paying(desk: Desk, facts: Mapping[str, Any], signing: Sequence[int]) -> set[int]:
    """Who pays a share because the contract says so (0057). RuleBroken for a body that does not sign it."""
    named = {finding.municipality(desk, name, field="paying"): name for name in finding.several(facts.get("paying"))}
    if strangers := [name for key, name in named.items() if key not in signing]:
        raise RuleBroken("«%(name)s» non firma questo contratto: versa la quota solo chi lo firma.", field="paying",
                         name=strangers[0])
    return set(named)


def _terms(desk: Desk, facts: Mapping[str, Any]) -> ContractTerms:
    """The version that is written, else the one that held at the start, else the first there ever was.

    RuleBroken where several titles hold and none is written: one is not taken for another.
    """
    living = select(ContractTerms).where(~ContractTerms.withdrawal.has())
    editions = living.order_by(ContractTerms.valid_from, ContractTerms.edition)
    versions = desk.known("terms", lambda: desk.session.scalars(editions).all())
    if (title := facts.get("title")) is not None:
        versions = [terms for terms in versions if folded(terms.title) == folded(title)]
    if facts["terms"] is not None:
        versions = [terms for terms in versions if terms.edition == facts["terms"]]
    if not versions:
        raise RuleBroken("Questa versione delle condizioni contrattuali non c'è: registrarla prima.", field="terms")
    held = [terms for terms in versions if terms.valid_from <= facts["starts_on"]]
    titles = dict.fromkeys(terms.title for terms in held or versions)
    if len(titles) > 1:
        raise RuleBroken("Valgono condizioni con più titoli: %(titles)s. Scrivere quello di questo contratto.",
                         field="title", titles="; ".join(f"«{title}»" for title in titles))
    return held[-1] if held else versions[0]


def _confer(desk: Desk, contract: Contract, codes: Sequence[str]) -> None:
    services = [_service(desk, code) for code in codes]
    for member in contract.municipality_parties:
        chosen = services or services_covering(desk.session, member.party.id, contract.starts_on)
        contract.conferrals += [Conferral(municipality_id=member.party.id, service=service) for service in chosen]
    if not contract.conferrals:
        raise RuleBroken("Nessun servizio del catalogo copre questi comuni: scrivere i codici di quelli conferiti.",
                         field="services")
    desk.checks.append(lambda: _require_exclusive(desk.session, contract))


def _require_exclusive(session: ScopedSession, contract: Contract) -> None:
    pairs = {(c.municipality_id, c.service_id) for c in contract.conferrals}
    taken = conferred_elsewhere(session, contract, {municipality for municipality, _ in pairs})
    for pair in sorted(pairs & taken.keys()):
        raise RuleBroken("Uno di questi servizi è già conferito negli stessi giorni con il contratto n. %(code)s: "
                         "indicare servizi diversi, o correggere le date.", field="services", code=taken[pair])


def _service(desk: Desk, code: str) -> Service:
    named = desk.known("services", lambda: {
        folded(text): row for row in desk.session.scalars(select(Service)).unique()
        for text in (row.code, row.title)})
    if folded(code) not in named:
        raise RuleBroken("Il servizio «%(code)s» non è nel catalogo: scriverne il nome o il codice come nella sua "
                         "pagina.", field="services", code=code)
    return named[folded(code)]


def _files(desk: Desk, contract: Contract, names: Sequence[str]) -> None:
    for version, name in enumerate(names, start=1):
        content = desk.files.get(name)
        if content is None:
            raise RuleBroken("Il file «%(name)s» non è tra quelli mandati: aggiungerlo, o correggerne il nome.",
                             field="files", name=name)
        suffix = f".{name.rpartition('.')[2].lower()}"
        if suffix not in SIGNATURES or not content.startswith(SIGNATURES[suffix]):
            raise RuleBroken("«%(name)s» non è un file .pdf, .docx o .p7m leggibile.", field="files", name=name)
        if suffix == ".docx":
            require_word_file(content, name)
        contract.documents.append(ContractDocument(
            version_number=version, origin=IMPORTED, note=name,
            document=keep(
                desk.session,
                Upload(f"contratto-{contract.number:04}-{contract.year}-v{version:02}{suffix}", content),
                kind="contract", folder=f"documents/contracts/{contract.year}/{contract.number:04}")))


CONTRACTS = Import(
    "contracts", "Contratti firmati",
    "I contratti di servizio già firmati, con i loro file: numero, comuni, durata, servizi.",
    (SHEET,), {SHEET.name: apply}, "contract", with_files=True,
)
