"""The demo district with its contracts in force, and people who contest, answer and decide in the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest
from sqlalchemy import select

from core.contracts.model import Conferral, Contract, PenaltyBand
from core.ground.access import system
from core.ground.unit_of_work import unit_of_work
from core.penalties.model import DefaultNotice, Penalty
from tests.integration.admin.conftest import House, Person, house, person

__all__ = ["house", "person"]
PDF = b"%PDF-1.7 prova"
Enter = Callable[[str], Person]


def pdf(name: str = "prova.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """A file to send."""
    return BytesIO(content), name


def fill(someone: Person, page: str, **typed: object) -> str:
    """Fill in a form as it is offered, with what is ``typed`` over it; the page that comes."""
    fields = {name: value for name, value in someone.fields(page).items() if value is not None}
    fields.update(typed)
    return someone.post(page, fields, page=page, follow_redirects=True, content_type="multipart/form-data").text


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
        said = fill(self.enter(who), self.new, **self.typed(**other))
        assert "La bozza è registrata" in said
        return self.last()

    def last(self, entity: type = DefaultNotice) -> int:
        """The key of the newest."""
        with self.house.session() as session:
            return session.scalars(select(entity.id).order_by(entity.id.desc())).first() or 0

    def state(self, key: int, entity: type = DefaultNotice) -> str:
        """Where it stands."""
        with self.house.session() as session:
            return session.get_one(entity, key).state

    def step(self, who: str, key: int, action: str, folder: str = "diffide", **typed: object) -> str:
        """One step of a notice or a penalty on its page."""
        return fill(self.enter(who), f"/admin/{folder}/passaggio/?id={key}&atto={action}", **typed)

    def heard(self) -> int:
        """A notice of which both sides have been heard."""
        key = self.open()
        self.step("dresano", key, "send", channel="pec", sent_on="2026-01-20", protocol_number="12", file=pdf())
        self.step("dresano", key, "receive", received_on="2026-01-21", file=pdf())
        self.step("dresano", key, "summon", summoned_for="2026-02-10", at="10:30", place="Municipio")
        self.step("dresano", key, "hear", present="Anna Rossi\nMarta Gestione", minutes="Sentite.", file=pdf())
        return key

    def penalty(self) -> int:
        """A penalty of the least amount, decided by Dresano."""
        key = self.heard()
        finding = self.finding(key)
        fill(self.enter("dresano"), f"/admin/diffide/decisione/?id={key}",
             **{f"outcome_{finding}": "upheld", f"reasons_{finding}": "Provata."})
        fill(self.enter("dresano"), f"/admin/diffide/penale/?id={key}&rilievo={finding}", amount="150,00",
             gravity="Breve, senza danno.")
        return self.last(Penalty)

    def finding(self, key: int) -> int:
        """The first finding of a notice."""
        with self.house.session() as session:
            return session.get_one(DefaultNotice, key).findings[0].id


@pytest.fixture
def dispute(house: House, person: Enter) -> Dispute:
    """The contracts of the district are in force."""
    with unit_of_work(house.database, system("prova"), act="firma") as session:
        for contract in session.scalars(select(Contract)):
            contract.state = "in_force"
        key = house.contract_of("dresano")
        terms = session.get_one(Contract, key).terms_id
        kinds = session.scalars(select(PenaltyBand.kind).where(PenaltyBand.terms_id == terms)
                                .order_by(PenaltyBand.order)).all()
        service = session.scalars(select(Conferral.service_id).where(
            Conferral.contract_id == key, Conferral.municipality_id == house.id_of("dresano"))).first()
    return Dispute(house, person, key, service or 0, list(kinds))
