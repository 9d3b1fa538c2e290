"""What changes contracts: drafting, conferring, terms, clauses, documents, cancelling. None of them commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.operations import services_covering
from core.contracts import rules
from core.contracts.assemble import contract_document, findings
from core.contracts.compare import snapshot
from core.contracts.districts import charter_of, districts_of, plan_of
from core.contracts.model import (
    Conferral,
    Contract,
    ContractAct,
    ContractDocument,
    ContractParty,
    ContractTerms,
    OwnClause,
)
from core.contracts.proposal import in_area, require_exclusive
from core.contracts.states import LIFE, ContractState
from core.contracts.terms import require_living
from core.deadlines.operations import follow
from core.documents.operations import canonical, keep
from core.documents.render import fingerprint, render
from core.documents.wordfile import Properties, read_text, require_word_file
from core.ground.access import Role, ScopedSession
from core.ground.edits import locked, touch
from core.ground.errors import RuleBroken
from core.ground.files import Upload, sha256
from core.ground.numbering import next_number
from core.ground.paths import TEMPLATES_DOCS
from core.ground.states import Proof
from core.parties.azienda import the_azienda
from core.parties.model import Act, Municipality, Party
from core.parties.rules import period
from core.plugins.loading import Registry

OFFICE = (Role.MANAGEMENT, Role.SYSTEM)
TEMPLATE = TEMPLATES_DOCS / "service_contract.docx"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
GENERATED, NEGOTIATED = "generated", "negotiated"
COORDINATED, FINAL = "coordinated", "final"  # made of a contract and its amendment; to be signed


def draft(
    session: ScopedSession,
    municipality_ids: Sequence[int],
    *,
    starts_on: date,
    ends_on: date,
    terms_id: int,
    area_id: int | None = None,
    services: Mapping[int, Sequence[int]] | None = None,
    today: date,
) -> Contract:
    """Draft a contract with one or more municipalities; its yearly number is taken now and never given back.

    Conferred: ``services`` by municipality, else those that cover each when the contract starts (of one area, if
    ``area_id``). Proposed:
    the signatories in office, the azienda's founding acts, the Zone Plan and the charter in force in their district.
    RuleBroken for no municipality, a period that ends before it begins, or a service already conferred (R84).
    """
    session.principal.require(*OFFICE)
    municipality_ids = list(dict.fromkeys(municipality_ids))
    if not municipality_ids:
        raise RuleBroken("Scegliere almeno un ente: un Comune, un'unione o un altro.", field="municipality")
    period(starts_on, ends_on, field="ends_on")
    terms = session.require(ContractTerms, terms_id)
    require_living(terms)
    azienda = the_azienda(session)
    parties: list[Party] = [session.require(Municipality, key) for key in municipality_ids]
    district = next(iter(districts_of(session, parties, starts_on)), None)
    contract = Contract(
        year=starts_on.year,
        number=next_number(session, "contract", starts_on.year),
        starts_on=starts_on,
        ends_on=ends_on,
        place=azienda.city,
        terms=terms,
        zone_plan=plan_of(session, district, starts_on),
        charter=charter_of(session, district, starts_on),
        area_id=area_id,
    )
    session.add(contract)
    for order, party in enumerate([azienda, *parties]):
        _join(contract, party, order, max(today, starts_on))
    session.flush()
    if services is None:
        services = {
            key: [s.id for s in services_covering(session, key, starts_on) if in_area(s, area_id)]
            for key in municipality_ids
        }
    confer(session, contract.id, services, version=contract.version)
    follow(session, "contract", [contract.id], today=today)
    return contract


def confer(
    session: ScopedSession,
    contract_id: int,
    services: Mapping[int, Sequence[int]],
    *,
    version: int,
    paying: Collection[int] | None = None,
) -> Contract:
    """Set the services conferred, by municipality id.

    ``paying``: which of the parties that are neither a municipality nor a union take part in the share-out all the same
    (None: as it was). RuleBroken if a service is conferred elsewhere in these days, or for an amendment that would
    change who pays a share.
    """
    contract = _open(session, contract_id, version)
    if paying is not None:
        _set_paying(contract, paying)
    wanted = {(m, s) for m, chosen in services.items() for s in chosen}
    signing = {p.party_id for p in contract.municipality_parties}
    if not {m for m, _ in wanted} <= signing:
        raise RuleBroken("Si conferiscono solo servizi degli enti che firmano il contratto.", field="services")
    for conferral in list(contract.conferrals):
        pair = (conferral.municipality_id, conferral.service_id)
        if pair in wanted:
            wanted.discard(pair)
        else:
            contract.conferrals.remove(conferral)
    held = select(Service).where(Service.id.in_({service_id for _municipality, service_id in wanted}))
    found = {service.id: service for service in session.scalars(held)}
    for municipality_id, service_id in sorted(wanted):
        contract.conferrals.append(
            Conferral(
                municipality=session.require(Municipality, municipality_id),
                service=found.get(service_id) or session.require(Service, service_id),
            )
        )
    require_exclusive(session, contract)
    return touch(session, contract)


def _set_paying(contract: Contract, paying: Collection[int]) -> None:
    for member in rules.other_bodies(contract):
        wanted = member.party_id in paying
        if wanted != member.pays_share and contract.amends_id is not None:
            raise RuleBroken("Una modifica non cambia chi prende parte al riparto: lo dice il contratto, e vale per i "
                             "suoi anni interi. Per cambiarlo si fa un contratto nuovo.", field="paying")
        member.pays_share = wanted


def set_terms(session: ScopedSession, contract_id: int, *, version: int, **values: object) -> Contract:
    """Set what the guided form asks for: dates, place, terms, zone plan, charter, CIG and CUP, and its next step.

    RuleBroken for a period that ends before it begins or leaves the year of the number, a code that is not one,
    no place, a service already conferred in the new days (R84).
    """
    contract = _open(session, contract_id, version)
    allowed = {"starts_on", "ends_on", "effective_on", "place", "terms_id", "zone_plan_id", "charter_id", "cig", "cup",
               "step"}
    if unknown := values.keys() - allowed:
        raise TypeError(f"not a term of a contract: {sorted(unknown)}")
    if "terms_id" in values:
        require_living(session.require(ContractTerms, values["terms_id"]))
    for name, value in values.items():
        setattr(contract, name, value)
    contract.runs_to = contract.ends_on
    rules.require_terms(contract)
    require_exclusive(session, contract)
    return touch(session, contract)


def set_clauses(
    session: ScopedSession,
    contract_id: int,
    clauses: Sequence[tuple[str, str]],
    *,
    version: int,
) -> Contract:
    """Set the clauses of this contract alone, as (title, text), in order. RuleBroken for a clause without text."""
    contract = _open(session, contract_id, version)
    for title, text in clauses:
        if not title.strip() or not text.strip():
            raise RuleBroken("Ogni clausola ha un titolo e un testo: completarla o toglierla.", field="clauses")
    contract.clauses = [
        OwnClause(order=order, title=title.strip(), text=text.strip()) for order, (title, text) in enumerate(clauses)
    ]
    return touch(session, contract)


def set_acts(session: ScopedSession, contract_id: int, act_ids: Collection[int], *, version: int) -> Contract:
    """Choose the acts attached though not materially (R119); approvals stay. RuleBroken for an act of a stranger."""
    contract = _open(session, contract_id, version)
    parties = {member.party_id for member in contract.parties}
    for link in [link for link in contract.acts if link.role == "attached" and link.act_id not in act_ids]:
        contract.acts.remove(link)
    tied = {link.act_id: link for link in contract.acts}
    for act_id in sorted(act_ids):
        act = session.require(Act, act_id)
        if act.party_id not in parties:
            raise RuleBroken("«%(title)s» è un atto di un ente che non firma questo contratto.", field="acts",
                             title=act.title)
        if act_id not in tied:
            contract.acts.append(ContractAct(act=act))
        elif tied[act_id].role == "superseded":
            tied[act_id].role = "attached"
    return touch(session, contract)


def refresh_parties(session: ScopedSession, contract_id: int, *, version: int, today: date) -> Contract:
    """Take over who signs now: after the office has completed a municipality's records."""
    contract = _open(session, contract_id, version)
    day = max(today, contract.starts_on)
    for member in contract.parties:
        member.signatory = rules.signatory_on(member.party, day)
    return touch(session, contract)


def cancel(session: ScopedSession, contract_id: int, *, version: int, why: str, today: date) -> Contract:
    """Cancel a draft, with a reason; its number stays taken. RuleBroken without a reason or in another state."""
    contract = _draft(session, contract_id, version)
    LIFE.move(session, contract, "cancel", on=today, proof=Proof(why=why))
    follow(session, "contract", [contract.id], today=today)
    return contract


def generate_document(
    session: ScopedSession,
    contract_id: int,
    *,
    registry: Registry,
    today: date,
    version: int | None = None,
) -> ContractDocument:
    """Generate the contract with its annexes as the next version of the text; earlier versions stay.

    If nothing has changed since the last generated version, that one is given back, also when a text negotiated by
    hand has come after it. ``version`` is the one that the person saw in the preview; the command line has seen
    none. RuleBroken for a contract that is no draft: what the parties have begun to approve is not made anew. And for a
    stale preview, and with every reason that stops it (see ``rules.check``).
    """
    session.principal.require(*OFFICE)
    locked(session, contract_at(session, contract_id, None))  # two at once would make twins
    contract = contract_at(session, contract_id, version)
    _require_draft(contract)
    rules.require_ready(findings(session, contract, registry, today=today))
    return _generate(session, contract, registry)


def consolidate_document(session: ScopedSession, contract: Contract, *, registry: Registry) -> ContractDocument:
    """Generate the text of a living contract with the amendment that it has just taken over, as its next version.

    Who signed it may have left office meanwhile, so the remarks for a new signature are not asked (R62). It is for
    reading, and says so: what binds is what was signed.
    """
    return _generate(session, locked(session, contract), registry, COORDINATED, note=(
        "Testo coordinato, fatto dai dati per leggerlo: fanno fede il contratto e la modifica come firmati."))


def _generate(
    session: ScopedSession, contract: Contract, registry: Registry, origin: str = GENERATED, *, note: str = ""
) -> ContractDocument:
    context = contract_document(session, contract, registry)
    data, template_hash = canonical(context), fingerprint(TEMPLATE)
    last = next((held for held in reversed(contract.documents) if held.origin in (GENERATED, COORDINATED)), None)
    if last and (last.document.data_sha256, last.document.template_sha256) == (sha256(data), template_hash):
        return last
    title = f"Contratto di servizio n. {contract.code}"
    content = render(TEMPLATE, context, Properties(title=title, author=context.azienda.short_name))
    return add_text(
        session, contract, origin, content, note=note, data=data, template=TEMPLATE.name,
        template_sha256=template_hash,
    )


def upload_negotiated(
    session: ScopedSession,
    contract_id: int,
    *,
    file: Upload,
    note: str,
) -> ContractDocument:
    """Keep the Word file that a municipality sent back changed, as the next version, negotiated by hand.

    RuleBroken if the file is not a Word document or the contract is no draft.
    """
    contract = _open(session, contract_id, None)
    require_word_file(file.content, file.name)
    return add_text(session, contract, NEGOTIATED, file.content, note=note.strip())


def headings(session: ScopedSession, contract: Contract, registry: Registry) -> list[str]:
    """The titles and articles of the document that would be generated now, in order: for the preview."""
    printed = read_text(render(TEMPLATE, contract_document(session, contract, registry)))
    lines = (line.partition("\t")[0].strip() for line in printed)
    return list(dict.fromkeys(line for line in lines if line.startswith(("TITOLO ", "Art. ")) and "–" in line))


def _join(contract: Contract, party: Party, order: int, day: date) -> None:
    capacity = party.form if isinstance(party, Municipality) else "azienda"
    signatory = rules.signatory_on(party, day)
    contract.parties.append(ContractParty(party=party, capacity=capacity, order=order, signatory=signatory,
                                          pays_share=not isinstance(party, Municipality) or party.is_local))
    founding = (act for act in party.acts if act.body_kind == "founding" and act.recalled_order is None)
    contract.acts += [ContractAct(act=act) for act in founding]


def contract_at(session: ScopedSession, contract_id: int, version: int | None) -> Contract:
    """The contract to act on, at the version that the form was filled on (None: whatever it is now).

    Who may act its passages say; what is no passage asks for itself.
    """
    contract = session.require(Contract, contract_id)
    if version is not None and contract.version != version:
        raise RuleBroken(
            "Nel frattempo qualcun altro ha modificato il contratto n. %(code)s: "
            "ricaricare la pagina e ripetere la modifica.",
            code=contract.code,
        )
    return contract


def _open(session: ScopedSession, contract_id: int, version: int | None) -> Contract:
    """The draft to edit, by the office."""
    session.principal.require(*OFFICE)
    return _draft(session, contract_id, version)


def _draft(session: ScopedSession, contract_id: int, version: int | None) -> Contract:
    contract = contract_at(session, contract_id, version)
    _require_draft(contract)
    return contract


def _require_draft(contract: Contract) -> None:
    if contract.state != ContractState.DRAFT:
        raise RuleBroken("Il contratto n. %(code)s non è più una bozza: non si modifica.", code=contract.code)


def add_text(
    session: ScopedSession,
    contract: Contract,
    origin: str,
    content: bytes,
    *,
    note: str = "",
    data: bytes | None = None,
    template: str | None = None,
    template_sha256: str | None = None,
) -> ContractDocument:
    """Keep a text as the next version of a contract that is held for this act; of a draft, unless it is made later."""
    locked(session, contract)
    if origin in (GENERATED, NEGOTIATED):
        _require_draft(contract)  # somebody may have cancelled it while the document was being made
    number = len(contract.documents) + 1
    version = ContractDocument(
        version_number=number,
        origin=origin,
        note=note,
        snapshot=snapshot(contract),
        document=keep(
            session,
            Upload(f"contratto-{contract.number:04}-{contract.year}-v{number:02}.docx", content),
            kind="contract",
            folder=f"documents/contracts/{contract.year}/{contract.number:04}",
            data=data,
            template=template,
            template_sha256=template_sha256,
        ),
    )
    contract.documents.append(version)
    session.flush()
    return version


def find_drafts(session: ScopedSession, codes: Sequence[str] = ()) -> list[tuple[int, str]]:
    """Id and code of the drafts named (``3/2026``), or of all. RuleBroken for a code that is no draft."""
    rows = session.scalars(
        select(Contract).where(Contract.state == ContractState.DRAFT).order_by(Contract.year, Contract.number)
    )
    drafts = {contract.code: contract.id for contract in rows}
    for code in codes:
        if code not in drafts:
            raise RuleBroken("Non c'è una bozza di contratto n. %(code)s: scriverne il numero come 3/2026.", code=code)
    return [(contract_id, code) for code, contract_id in drafts.items() if not codes or code in codes]
