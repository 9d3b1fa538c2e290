"""The place where an event of the story happens: its day, and the things that it names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.catalogue.model import Service
from core.contracts.model import Contract
from core.contracts.passages import Resolution
from core.ground.access import ScopedSession
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.parties.model import Azienda, Municipality, Party
from core.plugins.loading import Registry
from demo.load import BODIES, Facts


@dataclass(frozen=True)
class Scene:
    """One act of the story: a session that commits at its end, and the day on which it is played."""

    session: ScopedSession
    registry: Registry
    today: date
    money: Facts

    def contract(self, code: str) -> Contract:
        """The contract with a number as people write it."""
        number, year = (int(part) for part in code.split("/"))
        return self.session.scalars(select(Contract).where(Contract.number == number, Contract.year == year)).one()

    def municipality(self, slug: str) -> Municipality:
        """A municipality by its short name."""
        return self.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()

    def party(self, slug: str) -> Party:
        """A municipality, or ``azienda``."""
        if slug == "azienda":
            return self.session.scalars(select(Azienda)).one()
        return self.municipality(slug)

    def services(self, codes: list[str]) -> list[int]:
        """The ids of services by their codes, in order."""
        ids = {code: key for key, code in self.session.execute(select(Service.id, Service.code))}
        return [ids[code] for code in codes]

    def instalment(self, slug: str, year: int, title: str) -> Instalment:
        """The instalment of a municipality by its name."""
        found = select(Instalment).join(Municipality, Municipality.id == Instalment.municipality_id)
        named = found.where(Municipality.slug == slug, Instalment.year == year, Instalment.title == title)
        return self.session.scalars(named.where(Instalment.state != State.CANCELLED)).one()

    def resolution(self, facts: Facts) -> Resolution:
        """An act of a party as the story writes it."""
        return Resolution(self.party(facts["party"]).id, facts["body_kind"], BODIES[facts["body_kind"]],
                          facts["number"], facts["date"], facts.get("title", ""))
