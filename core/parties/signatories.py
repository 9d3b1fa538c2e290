"""Who signs for a party: among those in office, by the kind of the act (art. 107 D.Lgs. 267/2000).

A notice of default, a penalty, a letter are acts of management: mostly the head of the service signs them, and not the
mayor. Contracts have theirs. A body that signs a contract once more in another capacity (lead body, the one that
accredits) may name who does it: that person signs nothing else.
"""

from __future__ import annotations

from datetime import date

from core.parties.capacities import KINDS as CAPACITIES
from core.parties.model import Party, Signatory, within

ALL, CONTRACTS, LETTERS = "all", "contracts", "letters"
KINDS = (ALL, CONTRACTS, LETTERS, *CAPACITIES)


def signers(party: Party, kind: str, day: date) -> list[Signatory]:
    """Those who may sign an act of ``kind`` (CONTRACTS, LETTERS) for a party on ``day``.

    First who is there for that kind and no other, then who signs everything; among these who took office last.
    """
    found = [s for s in party.signatories if within(day, s.valid_from, s.valid_to) and (s.signs or ALL) in (kind, ALL)]
    return sorted(found, key=lambda s: (s.signs == kind, s.valid_from), reverse=True)


def signer(party: Party, kind: str, day: date) -> Signatory | None:
    """Who signs where nobody chose: the first of ``signers``."""
    return next(iter(signers(party, kind, day)), None)


def named_for(party: Party, capacity: str, day: date) -> Signatory | None:
    """Who was named to sign for a party in another ``capacity`` (lead, accrediting, other), and is not out of office
    before ``day``; of several who took office last. None: nobody was named.
    """
    found = [s for s in party.signatories if s.signs == capacity and (s.valid_to is None or s.valid_to >= day)]
    return max(found, key=lambda s: s.valid_from, default=None)
