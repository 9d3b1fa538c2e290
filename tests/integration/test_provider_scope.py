"""A provider sees its own cases and nothing else; who may add to a diary is said by the case."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.accreditation.model import Accreditation, RequirementSet
from core.cases import operations as cases
from core.cases.model import CaseFile, Note
from core.cases.operations import may_add
from core.contracts.model import Contract, ContractParty, ContractTerms
from core.documents.model import Document
from core.ground.access import PUBLIC, Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible
from core.ground.files import Upload
from core.parties.model import Party
from core.providers.model import OperatingNotice, Provider, ServiceUnit, UnitType
from core.users import operations as users
from tests.conftest import UnitFactory
from tests.factories import body_tax_code, clerk_of, filled

DAY = date(2026, 3, 2)
PDF = b"%PDF-1.7 una prova"


def provider_of(*provider_ids: int) -> Principal:
    """A person of one or more providers."""
    return Principal("Piera Gestore", frozenset({Role.PROVIDER}), user_id=9, provider_ids=frozenset(provider_ids))


@pytest.fixture
def procedures(unit: UnitFactory, two_municipalities: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """Two providers, each with a unit in Dresano and its accreditation: provider and accreditation by name."""
    with unit("arrivo", system("prova")) as session:
        held = filled(RequirementSet, code="nidi"), filled(UnitType, code="nido")
        session.add_all(held)
        found = {}
        for number, name in enumerate(("Il Melograno", "La Rondine"), start=1):
            provider = filled(Provider, name=name, kind="provider", tax_code=body_tax_code())
            row = filled(Accreditation, number=number, year=2026, set=held[0], unit=filled(
                ServiceUnit, name=f"Nido {name}", provider=provider, type=held[1],
                municipality_id=two_municipalities[0]))
            session.add(row)
            session.flush()
            cases.add_note(session, "accreditation", row.id, text=f"Da dire a {name}", shared=True)
            cases.add_note(session, "accreditation", row.id, text="Solo per l'ufficio", shared=False)
            found[name] = provider.id, row.id
        return found


def test_a_provider_sees_its_own_procedure_and_not_that_of_another(database: Database, procedures):
    own, accreditation = procedures["Il Melograno"]
    with ScopedSession(database, provider_of(own)) as session:
        assert session.scalars(select(Provider.name)).all() == ["Il Melograno"]
        assert session.scalars(select(ServiceUnit.name)).all() == ["Nido Il Melograno"]
        assert session.scalars(select(Accreditation.id)).all() == [accreditation]
        with pytest.raises(NotVisible):
            cases.case_of(session, "accreditation", procedures["La Rondine"][1])


def test_a_provider_reads_the_notes_that_are_shared_with_it(database: Database, procedures):
    with ScopedSession(database, provider_of(procedures["Il Melograno"][0])) as session:
        assert session.scalars(select(Note.text)).all() == ["Da dire a Il Melograno"]


def test_a_municipality_sees_the_units_on_its_territory_and_no_procedure(
    database: Database, procedures, two_municipalities
):
    here, elsewhere = two_municipalities
    with ScopedSession(database, clerk_of(here)) as session:
        assert len(session.scalars(select(ServiceUnit.id)).all()) == 2
        assert session.scalars(select(Accreditation.id)).all() == []
    with ScopedSession(database, clerk_of(elsewhere)) as session:
        assert session.scalars(select(ServiceUnit.id)).all() == []


def test_the_public_sees_neither_providers_nor_units(database: Database, procedures):
    with ScopedSession(database, PUBLIC) as session:
        assert session.scalars(select(ServiceUnit.id)).all() == []
        assert session.scalars(select(Party.id).where(Party.kind == "provider")).all() == []


def test_a_provider_adds_a_file_to_its_own_case_and_sees_it(unit: UnitFactory, procedures):
    own, accreditation = procedures["Il Melograno"]
    with unit("file", provider_of(own)) as session:
        held = cases.add_file(session, "accreditation", accreditation, title="Polizza", file=Upload("polizza.pdf", PDF))
        assert session.scalars(select(Document.id)).all() == [held.document_id]
        with pytest.raises(NotVisible):
            cases.add_file(session, "accreditation", procedures["La Rondine"][1], title="Polizza",
                           file=Upload("polizza.pdf", PDF))


def test_a_case_that_is_not_open_to_a_municipality_takes_no_file_from_it(
    unit: UnitFactory, two_municipalities
):
    own, _foreign = two_municipalities
    with unit("arrivo") as session:
        party = filled(ContractParty, party_id=own, capacity="municipality")
        contract = filled(Contract, terms=filled(ContractTerms), parties=[party])
        session.add(contract)
        session.flush()
        key = contract.id
    assert not may_add("contract", clerk_of(own))
    with unit("file", clerk_of(own)) as session:
        with pytest.raises(NotAllowed):
            cases.add_file(session, "contract", key, title="Una prova", file=Upload("prova.pdf", PDF))
        assert session.scalars(select(CaseFile.id)).all() == []


def test_whoever_works_for_a_provider_needs_one(unit: UnitFactory, procedures):
    with unit("invito", system("prova")) as session:
        user = users.invite(session, email="nido@melograno.example", name="Piera Gestore", roles=[Role.PROVIDER],
                            provider_ids=[procedures["Il Melograno"][0]])
        assert user.principal().provider_ids == {procedures["Il Melograno"][0]}
        with pytest.raises(Exception, match="almeno un gestore"):
            users.invite(session, email="nessuno@melograno.example", name="Nessun Gestore", roles=[Role.PROVIDER])


def test_who_works_for_a_municipality_and_a_provider_adds_nothing_to_the_papers_of_another_provider(
    unit: UnitFactory, procedures, two_municipalities
):
    """The municipality sees the notices of operation on its territory, and the provider adds to its own."""
    both = Principal("Bea Doppia", frozenset({Role.MUNICIPALITY, Role.PROVIDER}), user_id=10,
                     municipality_ids=frozenset(two_municipalities[:1]),
                     provider_ids=frozenset({procedures["Il Melograno"][0]}))
    with unit("arrivo") as session:
        units = {u.name: u.id for u in session.scalars(select(ServiceUnit))}
        notices = {name: filled(OperatingNotice, unit_id=units[f"Nido {name}"], number=number, year=2026, kind="start")
                   for number, name in enumerate(procedures, start=1)}
        session.add_all(notices.values())
        session.flush()
        ids = {name: notice.id for name, notice in notices.items()}
    with unit("file", both) as session:
        cases.add_file(session, "operating_notice", ids["Il Melograno"], title="Pianta", file=Upload("pianta.pdf", PDF))
        with pytest.raises(NotAllowed, match="a cui appartiene"):
            cases.add_file(session, "operating_notice", ids["La Rondine"], title="Pianta",
                       file=Upload("pianta.pdf", PDF))
