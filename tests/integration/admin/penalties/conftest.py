"""The steps of a notice and of a penalty, as people take them in the browser."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from core.contracts.model import Conferral, Contract, PenaltyBand
from core.penalties.model import DefaultNotice, Penalty
from tests.integration.admin.browser import Enter, pdf
from tests.integration.admin.house import House


@dataclass
class Dispute:
    """Dresano's contract, the services that it confers, and the steps of a notice as pages."""

    house: House
    enter: Enter
    contract: int
    service: int
    kinds: list[str]

    @property
    def new(self) -> str:
        """The page of a new notice of Dresano."""
        return f"/admin/diffide/nuova/?parte={self.contract}-{self.house.id_of('dresano')}"

    def typed(self, **other: object) -> dict[str, object]:
        """What a clerk writes in it."""
        return {
            "facts": "Ritardi nella consegna dei pasti.", "conflict_note": "Il sindaco si astiene.",
            "findings-0-service_id": str(self.service), "findings-0-kind": self.kinds[0],
            "findings-0-happened_on": "2026-01-12", "findings-0-facts": "Pasti consegnati dopo le 14.", **other}

    def open(self, who: str = "dresano", **other: object) -> int:
        """A draft; its key."""
        said = self.enter(who).fill(self.new, **self.typed(**other))
        assert "La bozza è registrata" in said, said.partition("note-error")[2][:600]
        return self.last()

    def last(self, entity: type = DefaultNotice) -> int:
        """The key of the newest."""
        return self.house.last(entity)

    def state(self, key: int, entity: type = DefaultNotice) -> str:
        """Where it stands."""
        with self.house.session() as session:
            return session.get_one(entity, key).state

    def step(self, who: str, key: int, action: str, folder: str = "diffide", **typed: object) -> str:
        """One step of a notice or a penalty on its page."""
        return self.enter(who).fill(f"/admin/{folder}/passaggio/?id={key}&atto={action}", **typed)

    def heard(self) -> int:
        """A notice of which both sides have been heard."""
        key: int = self.house.reach("heard", self._come_to_the_hearing)
        return key

    def _come_to_the_hearing(self) -> int:
        key = self.open()
        self.step("dresano", key, "send", channel="pec", sent_on="2026-01-20", protocol_number="12", file=pdf())
        self.step("dresano", key, "receive", received_on="2026-01-21", file=pdf())
        self.step("dresano", key, "summon", summoned_for="2026-02-10", at="10:30", place="Municipio")
        self.step("dresano", key, "hear", present="Anna Rossi\nMarta Gestione", minutes="Sentite.", file=pdf())
        return key

    def penalty(self) -> int:
        """A penalty of the least amount, decided by Dresano."""
        key: int = self.house.reach("penalty", self._come_to_the_penalty)
        return key

    def _come_to_the_penalty(self) -> int:
        key = self.heard()
        finding = self.finding(key)
        dresano = self.enter("dresano")
        dresano.fill(f"/admin/diffide/decisione/?id={key}",
                     **{f"outcome_{finding}": "upheld", f"reasons_{finding}": "Provata."})
        dresano.fill(f"/admin/diffide/penale/?id={key}&rilievo={finding}", amount="150,00",
                     gravity="Breve, senza danno.")
        return self.last(Penalty)

    def finding(self, key: int) -> int:
        """The first finding of a notice."""
        with self.house.session() as session:
            return session.get_one(DefaultNotice, key).findings[0].id


@pytest.fixture
def dispute(in_force: House, person: Enter) -> Dispute:
    """The dispute under Dresano's contract, before its first notice."""
    key, own = in_force.contract_of("dresano"), in_force.id_of("dresano")
    with in_force.session() as session:
        terms = session.get_one(Contract, key).terms_id
        kinds = session.scalars(select(PenaltyBand.kind).where(PenaltyBand.terms_id == terms)
                                .order_by(PenaltyBand.order)).all()
        service = session.scalars(select(Conferral.service_id).where(
            Conferral.contract_id == key, Conferral.municipality_id == own)).first()
    return Dispute(in_force, person, key, service or 0, list(kinds))
