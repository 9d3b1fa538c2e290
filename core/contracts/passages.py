"""What every passage of a contract's life does alike: the act that proves it, the log, what hangs on the facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.contracts.family import successor_of
from core.contracts.model import Contract
from core.contracts.states import LIFE
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import touch
from core.ground.errors import RuleBroken
from core.ground.required import require_past, require_text
from core.ground.states import NO_PROOF, Proof, passages_of, standing
from core.parties import operations as parties
from core.parties.model import Act, Municipality
from core.parties.rules import body_name


@dataclass(frozen=True)
class Resolution:
    """An act of a party as a person writes it down: body kind (council, giunta, board...), its name, number, date."""

    party_id: int
    body_kind: str
    body: str
    number: str
    date: date
    title: str = ""


def move(
    session: ScopedSession, contract: Contract, action: str, *, on: date, today: date, proof: Proof = NO_PROOF
) -> Contract:
    """Do a passage of the table as of the day ``on``, make forms that were open stale, let the deadlines follow."""
    LIFE.move(session, contract, action, on=on, proof=proof)
    touch(session, contract)
    follow(session, "contract", [contract.id], today=today)
    return contract


def resolution(session: ScopedSession, contract: Contract, act: Resolution, today: date) -> Act:
    """The act of one of the parties: the one recorded already, or a new one."""
    require_past(act.date, today, field="date")
    require_text(act.number, "Indicare il numero dell'atto.", field="number")
    if act.party_id not in {member.party_id for member in contract.parties
                            if member.valid_to is None or member.valid_to >= act.date}:
        raise RuleBroken("L'atto è di un ente che non firma questo contratto: scegliere una delle parti.",
                         field="party_id")
    number = act.number.strip()
    known = session.scalars(select(Act).where(Act.party_id == act.party_id, Act.body_kind == act.body_kind,
                                              Act.number == number, Act.date == act.date)).first()
    if known is not None:
        return known
    title = act.title.strip() or f"Contratto di servizio n. {contract.code}"
    municipality = session.get(Municipality, act.party_id)
    body = body_name(act.body, body_kind=act.body_kind, form=municipality.form if municipality else "azienda")
    facts = {"party_id": act.party_id, "body_kind": act.body_kind, "body": body, "kind": "deliberazione",
             "number": number, "date": act.date, "title": title}
    made = parties.add_act(session, facts)
    session.flush()
    return made


def settle_approvals(session: ScopedSession, contract: Contract) -> Contract:
    """Let the log say which approvals stand: those recorded since the text was last sent back."""
    ever = {row.act_id for row in passages_of(session, "contract", contract.id)}
    approving: set[int | None] = set()
    for row in standing(session, "contract", contract.id):
        if row.action in ("approve", "approve_last"):
            approving.add(row.act_id)
        elif row.action == "send_back":
            approving.clear()
    for link in contract.acts:
        if link.act_id in approving:
            link.role = "approval"
        elif link.role == "approval" and link.act_id in ever:
            link.role = "superseded"
    return touch(session, contract)


def was_imported(session: ScopedSession, contract: Contract) -> bool:
    """True if it was signed before the program came: its approvals are on paper alone."""
    return any(passage.action == "import" for passage in passages_of(session, "contract", contract.id))


def linked(session: ScopedSession, contract: Contract) -> Iterator[tuple[str, Contract]]:
    """The contract that this one renews, and the one that renews it."""
    if contract.renews_id is not None and (renewed := session.get(Contract, contract.renews_id)) is not None:
        yield "renews", renewed
    if (successor := successor_of(session, contract)) is not None:
        yield "renewed_by", successor
