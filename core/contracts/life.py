"""The passages of a contract's life, one operation each: what it asks, what it changes besides the state.

Every passage is logged with the day on which it took effect and with what proves it. The early ends stand in
``ending``, the taking back of a mistake in ``undoing``.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import date, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from core.cases.operations import add_note, keep_file
from core.contracts import papers, rules
from core.contracts.family import successor_of
from core.contracts.final import require_signable, signers_of
from core.contracts.model import Contract, ContractAct, ContractExtension, ContractRenewal, OwnClause
from core.contracts.operations import contract_at, draft
from core.contracts.passages import Resolution, move, resolution, settle_approvals
from core.contracts.proposal import require_exclusive
from core.contracts.sheets import require_sheets
from core.contracts.signed import require_signed
from core.contracts.states import BY_CALENDAR, RUNNING, ContractState
from core.contracts.terms import continued
from core.documents.operations import keep_signatures
from core.documents.wordfile import is_revised
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text
from core.ground.states import UNDO, PassageLog, Proof
from core.plugins.bound import tell
from core.plugins.happened import ContractSigned

log = logging.getLogger("patto.contracts")
LIVING = (*RUNNING, ContractState.GROUND_ARISEN)
RENEWABLE = (*RUNNING, ContractState.EXPIRED, ContractState.CONTINUITY)
UNSIGNED = (ContractState.DRAFT, ContractState.UNDER_APPROVAL, ContractState.PARTLY_APPROVED, ContractState.APPROVED)
MOST_STEPS = 50  # what the calendar may bring to one contract in one round: a term of months, left for years


# --- approval and signature -------------------------------------------------------------------------------


def submit(session: ScopedSession, contract_id: int, *, version: int | None, today: date) -> Contract:
    """Send the text to the bodies that approve it.

    RuleBroken while it has not been generated, while its Word file holds changes that nobody has accepted or refused,
    and where it confers twice.
    """
    contract = contract_at(session, contract_id, version)
    if not contract.documents:
        raise RuleBroken("Non c'è ancora un testo da approvare: generare il documento.").mended(
            Place("contract.preview", contract.id))
    text = contract.documents[-1].document
    if text.file_name.endswith(".docx") and is_revised(session.files.get(text.path)):
        raise RuleBroken("Nell'ultimo testo ci sono revisioni in sospeso, e non si sa quale testo si approva: in Word "
                         "accettarle o rifiutarle tutte, poi caricare di nuovo il file.")
    require_exclusive(session, contract)
    return move(session, contract, "submit", on=today, today=today)


def approve(session: ScopedSession, contract_id: int, *, act: Resolution, version: int | None, today: date) -> Contract:
    """Record the act by which a party approves the text; with the last one that is awaited the contract is approved.

    The azienda's own act is waited for where the conditions ask one (R119). RuleBroken for a party that does not sign,
    or an act without number or of a day that has not come.
    """
    contract = contract_at(session, contract_id, version)
    approval = resolution(session, contract, act, today)
    tied = next((link for link in contract.acts if link.act_id == approval.id), None)
    if tied is None:
        tied = ContractAct(act=approval)
        contract.acts.append(tied)
    if tied.role == "approval":
        raise RuleBroken("Questo atto è già registrato tra le approvazioni.", field="number")
    tied.role = "approval"
    complete = contract.state != ContractState.APPROVED and not rules.missing_approvals(contract)
    return move(session, contract, "approve_last" if complete else "approve", on=act.date, today=today,
                 proof=Proof(act_id=approval.id))


def send_back(session: ScopedSession, contract_id: int, *, why: str, version: int | None, today: date) -> Contract:
    """Take the text back to be written again: the approvals it had were of another text, and hold no more."""
    contract = contract_at(session, contract_id, version)
    move(session, contract, "send_back", on=today, today=today, proof=Proof(why=why))
    return settle_approvals(session, contract)


def sign(
    session: ScopedSession,
    contract_id: int,
    *,
    signed_on: date,
    signed_at: time,
    place: str,
    file: Upload,
    by_hand: bool = False,
    version: int | None,
    today: date,
) -> Contract:
    """Record the signature: place, day, hour (R16), and the signed file, which is the contract (L. 241/1990,
    art. 15; with the third sector alone D.Lgs. 82/2005, art. 20).

    The digital signatures of the file are read and kept, and its text is held against the last version, word by word;
    ``by_hand``: the file is the scan of a contract signed on paper, and nothing of it is read. RuleBroken for a day in
    the future or before an approval, for no place, for a service without its approved sheet, for an unsafe file, for
    papers that the conditions ask and that lack, for a text that is a draft or has blanks; and see ``require_signed``:
    each party has its own signatory.
    """
    contract = contract_at(session, contract_id, version)
    rules.require_signature(contract, signed_on, today)
    require_text(place, "Indicare il luogo della firma.", field="place")
    require_sheets(contract, signed_on)
    papers.require_complete(contract)
    final = contract.documents[-1].document
    content = require_signable(session, contract, by_hand=by_hand)
    signatures = () if by_hand else require_signed(content, file, signers_of(contract))
    signed = keep_file(session, "contract", contract.id, file=file, kind="signed_contract")
    keep_signatures(session, signed, signatures, text_sha256=final.sha256)
    contract.signed_on, contract.signed_at, contract.place = signed_on, signed_at, place.strip()
    move(session, contract, "sign", on=signed_on, today=today, proof=Proof(document_id=signed.id))
    tell(session, _told(contract, today))
    return contract


def _told(contract: Contract, today: date) -> ContractSigned:
    """The signature as plugins are told of it."""
    conferred: dict[int, set[str]] = {}
    for held in contract.conferrals:
        conferred.setdefault(held.municipality_id, set()).add(held.service.code)
    return ContractSigned(
        contract.id, contract.code, contract.signed_on or today, contract.effective_on or contract.starts_on,
        contract.runs_to, {key: frozenset(codes) for key, codes in conferred.items()}, today, contract.amends_id)


# --- longer ---------------------------------------------------------------------------------------------------


def extend(
    session: ScopedSession,
    contract_id: int,
    *,
    act: Resolution,
    to_day: date,
    file: Upload,
    gap_why: str = "",
    version: int | None,
    today: date,
) -> Contract:
    """Extend by an act, to a new last day; the first expiry stays written. One may follow another.

    ``file`` is the document of the act of the body that decided.
    RuleBroken for a day that is not later, for a contract that had lapsed before the act unless ``gap_why`` declares
    it, and for services that another contract confers in the new days (R84).
    """
    contract = contract_at(session, contract_id, version)
    first = rules.extension_from(contract, act.date, to_day, gap_why)
    decision = resolution(session, contract, act, today)
    row = ContractExtension(act=decision, decided_on=act.date, from_day=first, to_day=to_day, gap_why=gap_why.strip())
    _run_to(session, contract, row)
    paper = keep_file(session, "contract", contract.id, file=file)
    return move(session, contract, "extend", on=act.date, today=today,
                proof=Proof(why=gap_why, act_id=decision.id, document_id=paper.id))


def renew_tacitly(session: ScopedSession, contract_id: int, *, version: int | None, today: date) -> Contract:
    """Go on for another period because nobody gave notice in time. RuleBroken if it is not so.

    A successor that is not signed stops nothing: it is told in its diary that its days are now this contract's.
    """
    contract = contract_at(session, contract_id, version)
    period = rules.next_tacit_period(contract)
    if period is None or not rules.renews_tacitly(contract, today):
        raise RuleBroken("Il contratto non si rinnova tacitamente: la durata non è finita, le condizioni non lo "
                         "prevedono ancora o la disdetta è arrivata in tempo.")
    first, last = period
    successor = successor_of(session, contract)
    waiting = successor if successor is not None and successor.state in UNSIGNED else None
    row = ContractExtension(decided_on=first, from_day=first, to_day=last, tacit=True)
    _run_to(session, contract, row, besides=[waiting.id] if waiting else [])
    if waiting is not None:
        add_note(session, "contract", waiting.id, shared=True, text=(
            f"Il contratto n. {contract.code} si è rinnovato tacitamente fino al {last:%d/%m/%Y}, perché questo non "
            "era ancora firmato. Spostare la decorrenza a un giorno successivo, o annullare la bozza."))
    return move(session, contract, "renew_tacitly", on=first, today=today)


def assess(
    session: ScopedSession,
    contract_id: int,
    *,
    act: Resolution,
    favourable: bool,
    version: int | None,
    today: date,
) -> Contract:
    """Record that the municipality has assessed the renewal by an act (R60): the first of its two events."""
    contract = contract_at(session, contract_id, version)
    decision = resolution(session, contract, act, today)
    contract.renewals.append(ContractRenewal(act=decision, favourable=favourable, assessed_on=act.date))
    return move(session, contract, "assess", on=act.date, today=today, proof=Proof(act_id=decision.id))


def communicate(
    session: ScopedSession,
    contract_id: int,
    *,
    received_on: date,
    document_id: int | None = None,
    version: int | None,
    today: date,
) -> Contract:
    """Record that the assessment has been communicated to the azienda (R60): the second event; late, it is remarked.

    RuleBroken if there is no assessment to communicate, before it was made, or on a day that has not come.
    """
    contract = contract_at(session, contract_id, version)
    renewal = contract.renewal
    if renewal is None or renewal.communicated_on is not None:
        raise RuleBroken("Non c'è una valutazione da comunicare: registrare prima l'atto dell'ente.")
    require_past(received_on, today, field="received_on")
    if received_on < renewal.assessed_on:
        raise RuleBroken("La comunicazione (%(day)s) precede la valutazione del %(assessed)s: correggere la data.",
                         field="received_on", day=f"{received_on:%d/%m/%Y}", assessed=f"{renewal.assessed_on:%d/%m/%Y}")
    renewal.communicated_on, renewal.document_id = received_on, document_id
    return move(session, contract, "communicate", on=received_on, today=today,
                 proof=Proof(document_id=document_id, received_on=received_on))


def continue_services(
    session: ScopedSession, contract_id: int, *, why: str, version: int | None, today: date
) -> Contract:
    """Go on with the services after the expiry, for the months of the terms or until the comune takes over (R61)."""
    contract = contract_at(session, contract_id, version)
    until = rules.continuity_until(contract)
    if until < today:
        raise RuleBroken("La continuità dei servizi era possibile fino al %(day)s: serve un nuovo contratto.",
                         day=f"{until:%d/%m/%Y}")
    return move(session, contract, "continue", on=contract.runs_to + timedelta(days=1), today=today,
                 proof=Proof(why=why))


def prepare_renewal(
    session: ScopedSession,
    contract_id: int,
    *,
    starts_on: date,
    ends_on: date,
    version: int | None,
    today: date,
) -> Contract:
    """Draft the contract that renews this one: its parties, services and clauses, and the newest edition of its terms.

    The terms are those of the same title that hold on the first day, and the diary says which. This one becomes
    "renewed" when that one comes into force. RuleBroken if one is under way already.
    """
    contract = contract_at(session, contract_id, version)
    under_way = successor_of(session, contract)
    if under_way is not None:
        raise RuleBroken("Il rinnovo è già in preparazione: è il contratto n. %(code)s.", code=under_way.code)
    services: dict[int, list[int]] = {}
    for held in contract.conferrals:
        services.setdefault(held.municipality_id, []).append(held.service_id)
    terms = continued(session, contract.terms, starts_on)
    successor = draft(
        session, [member.party_id for member in contract.remaining_parties], starts_on=starts_on, ends_on=ends_on,
        terms_id=terms.id, area_id=contract.area_id, services=services, today=today,
    )
    successor.renews_id, successor.place = contract.id, contract.place
    successor.clauses = [OwnClause(order=held.order, title=held.title, text=held.text) for held in contract.clauses]
    move(session, contract, "prepare_renewal", on=today, today=today, proof=Proof(
        why=f"Contratto n. {successor.code}, con le condizioni «{terms.title}», versione {terms.edition}."))
    before = "" if terms is contract.terms else f" (quel contratto ha la {contract.terms.edition})"
    add_note(session, "contract", successor.id, shared=True, text=(
        f"Rinnova il contratto n. {contract.code}, con le stesse condizioni, «{terms.title}»: la versione "
        f"{terms.edition}{before}."))
    return successor


# --- what the calendar brings -----------------------------------------------------------------------------


def pass_by_calendar(
    session: ScopedSession, contract_id: int, action: str, *, version: int | None, today: date
) -> Contract:
    """Do by hand what the worker does when its day has come: enter force, expire, renew. RuleBroken before that day."""
    contract = contract_at(session, contract_id, version)
    if action not in BY_CALENDAR or action != _next_by_calendar(session, contract, today):
        raise RuleBroken("Questo passaggio avviene alla sua data, e non è ancora arrivata: ricaricare la pagina.")
    return _by_calendar(session, contract, action, today)


def advance(session: ScopedSession, today: date, keys: Collection[int] | None = None) -> int:
    """Let the calendar do its part for these contracts (None: all); how many passages were made.

    A missed night loses nothing. A contract enters into force on the first day; at the end of the term it renews
    tacitly, gives way to the successor or expires; a continuity that is over is closed (R59-R61). What a person took
    back today stays so until tomorrow.
    """
    made = 0
    due = awaiting(session, today) if keys is None else keys
    for contract in session.scalars(select(Contract).where(Contract.id.in_(due)).order_by(Contract.id)).all():
        for _step in range(MOST_STEPS):
            action = _next_by_calendar(session, contract, today)
            if action is None or _taken_back(session, contract, action, today):
                break
            try:
                with session.begin_nested():  # one that is refused leaves no trace, and stands in nobody's way
                    _by_calendar(session, contract, action, today)
            except RuleBroken as refusal:
                log.warning("%s: %s", contract, refusal)
                break
            made += 1
    return made


def awaiting(session: ScopedSession, today: date) -> Sequence[int]:
    """The contracts to which something may be due: as many as change, not as many as there are."""
    state, over = Contract.state, Contract.runs_to < today
    begins = (state == ContractState.SIGNED) & (Contract.starts_on <= today) & Contract.amends_id.is_(None)
    ends = state.in_((*LIVING, ContractState.CONTINUITY)) & over
    successor = aliased(Contract)
    renewed = select(successor.renews_id).where(successor.renews_id.is_not(None), successor.state.in_(LIVING))
    gives_way = (state == ContractState.EXPIRED) & Contract.id.in_(renewed)
    return session.scalars(select(Contract.id).where(or_(begins, ends, gives_way)).order_by(Contract.id)).all()


def _next_by_calendar(session: ScopedSession, contract: Contract, today: date) -> str | None:
    """The passage whose day has come, if there is one."""
    if contract.state == ContractState.SIGNED:
        return "enter_force" if rules.timely(contract, "enter_force", today) else None
    over = contract.runs_to < today
    if over and contract.state in RENEWABLE and (successor := successor_of(session, contract)) and (
            successor.state in LIVING or _begins(successor, today)):
        return "renew"
    if contract.state in RUNNING and rules.renews_tacitly(contract, today):
        return "renew_tacitly"
    if over and contract.state in LIVING:
        return "expire"
    if contract.state == ContractState.CONTINUITY and rules.continuity_until(contract) < today:
        return "close"
    return None


def _begins(contract: Contract, today: date) -> bool:
    return contract.state == ContractState.SIGNED and rules.timely(contract, "enter_force", today)


def _by_calendar(session: ScopedSession, contract: Contract, action: str, today: date) -> Contract:
    """The contract that renews another and the one that it renews change in one step: none of their days is between."""
    if action == "renew_tacitly":
        return renew_tacitly(session, contract.id, version=None, today=today)
    if action == "renew" and (successor := successor_of(session, contract)) and _begins(successor, today):
        _pass(session, successor, "enter_force", today)
    _pass(session, contract, action, today)
    if action == "enter_force" and contract.renews_id is not None:
        renewed = session.get(Contract, contract.renews_id)
        if renewed is not None and _next_by_calendar(session, renewed, today) == "renew":
            _pass(session, renewed, "renew", today)
    return contract


def _pass(session: ScopedSession, contract: Contract, action: str, today: date) -> Contract:
    after = contract.runs_to + timedelta(days=1)
    if action == "renew" and (successor := successor_of(session, contract)) is not None:
        after = max(after, successor.starts_on)
    on = {"enter_force": max(contract.starts_on, contract.signed_on or contract.starts_on),
          "close": rules.continuity_until(contract) + timedelta(days=1)}.get(action, after)
    why = "Conclusi i mesi di continuità dei servizi." if action == "close" else ""
    return move(session, contract, action, on=on, today=today, proof=Proof(why=why))


def _taken_back(session: ScopedSession, contract: Contract, action: str, today: date) -> bool:
    """True if somebody took this passage back today, or the entering into force with which it comes."""
    if action == "renew" and (successor := successor_of(session, contract)) is not None and (
            _taken_back(session, successor, "enter_force", today)):
        return True
    undoing = select(PassageLog.undoes_id).where(PassageLog.action == UNDO, PassageLog.on == today)
    mine = select(PassageLog.id).where(PassageLog.subject == "contract", PassageLog.subject_id == contract.id,
                                       PassageLog.action == action, PassageLog.id.in_(undoing))
    return session.scalars(mine.limit(1)).first() is not None


def _run_to(
    session: ScopedSession, contract: Contract, extension: ContractExtension, *, besides: Collection[int] = ()
) -> None:
    contract.extensions.append(extension)
    contract.runs_to = extension.to_day
    session.flush()
    require_exclusive(session, contract, besides=besides)
