"""What the assembly decides: the act with its number and day, and the votes. Budgets and allocation plans share it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.required import require_past, require_text
from core.parties.azienda import the_azienda
from core.parties.bodies import organ_name
from core.parties.members import members_on
from core.parties.model import Act


@dataclass(frozen=True)
class Approval:
    """A resolution of the consortium assembly: its number, its day, and how the members voted."""

    number: str
    on: date
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0

    def check(self, today: date, members: int) -> None:
        """RuleBroken without a number, for a day that has not come, votes that do not approve, or that nobody has.

        ``members`` are those of that day; 0 if the program does not know them, and then more votes are nobody's error.
        """
        require_text(self.number, "Indicare il numero della deliberazione.", field="number")
        require_past(self.on, today, field="on")
        if min(self.votes_for, self.votes_against, self.votes_abstained) < 0:
            raise RuleBroken("I voti non possono essere meno di zero.", field="votes_for")
        if self.votes_for <= self.votes_against:
            raise RuleBroken("Con %(yes)s voti favorevoli e %(no)s contrari l'Assemblea non ha approvato: controllare "
                             "i voti.", field="votes_for", yes=self.votes_for, no=self.votes_against)
        if 0 < members < (votes := self.votes_for + self.votes_against + self.votes_abstained):
            raise RuleBroken("Il %(day)s i soci erano %(members)s e i voti sono %(votes)s: controllare i voti, "
                             "o i periodi in cui ogni ente è socio.", field="votes_for", day=f"{self.on:%d/%m/%Y}",
                             members=members, votes=votes)


class Approvable(Protocol):
    """A row that the assembly approves."""

    act_id: int | None
    approved_on: date | None
    votes_for: int | None
    votes_against: int | None
    votes_abstained: int | None


def record(session: ScopedSession, row: Approvable, approval: Approval, *, title: str, today: date) -> Act:
    """Write the approval on ``row``; give the act: the one that is known by number and day, or a new one of ``title``.

    RuleBroken as ``Approval.check``.
    """
    approval.check(today, members_on(session, approval.on))
    azienda = the_azienda(session)
    known = select(Act).where(Act.party_id == azienda.id, Act.body_kind == "assembly",
                              Act.number == approval.number.strip(), Act.date == approval.on)
    act = session.scalars(known).first()
    if act is None:
        act = Act(party_id=azienda.id, body_kind="assembly", body=organ_name(session, "assembly", approval.on),
                  kind="deliberazione", title=title, number=approval.number.strip(), date=approval.on)
        session.add(act)
        session.flush()
    row.act_id, row.approved_on = act.id, approval.on
    row.votes_for, row.votes_against = approval.votes_for, approval.votes_against
    row.votes_abstained = approval.votes_abstained
    return act


def clear(row: Approvable) -> None:
    """Take the approval off ``row``: the act stays among the acts, the passages stay in the diary."""
    row.act_id = row.approved_on = row.votes_for = row.votes_against = row.votes_abstained = None
