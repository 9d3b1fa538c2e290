"""A service whose function is another body's: its agreement, the deadline of its end, what a contract prints of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.catalogue import agreements, structure
from core.catalogue.model import Service, ServiceAgreement
from core.contracts.assemble import contract_document, findings
from core.contracts.model import Contract
from core.deadlines import operations as deadlines
from core.deadlines.model import Deadline
from core.deadlines.standard import install_rules
from core.documents.blocks import KeyValues
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.parties import bodies
from core.parties.model import Body
from tests.district import District
from tests.integration.catalogue.test_structure import TODAY, opened
from tests.integration.contracts.making import ACTOR, demo_contract


def of_the_province(session: ScopedSession) -> tuple[Service, Body]:
    """A service whose function is the Province's."""
    province = bodies.add_body(session, {"name": "Provincia di Lodi", "kind": "province", "owner": "external"})
    service = opened(session, title="Sostegno agli alunni", function_owner_id=province.id)
    return service, province


def agreed(session: ScopedSession, service: Service, body: Body, first: date, last: date | None) -> ServiceAgreement:
    return agreements.add_agreement(session, {
        "service_id": service.id, "body_id": body.id, "title": "Convenzione n. 12", "signed_on": date(2024, 12, 20),
        "valid_from": first, "valid_to": last}, today=TODAY)


def test_an_agreement_needs_its_words_its_body_its_first_day_and_days_of_its_own(session: ScopedSession) -> None:
    service, province = of_the_province(session)
    whole = {"service_id": service.id, "body_id": province.id, "title": "Accordo", "valid_from": date(2026, 1, 1)}
    for lacking, field in (({"title": " "}, "title"), ({"body_id": None}, "body_id"),
                           ({"valid_from": None}, "valid_from"), ({"valid_to": date(2025, 1, 1)}, "valid_to")):
        with pytest.raises(RuleBroken) as refused:
            agreements.add_agreement(session, {**whole, **lacking}, today=TODAY)
        assert refused.value.field == field
    agreed(session, service, province, date(2025, 1, 1), date(2026, 12, 31))
    with pytest.raises(RuleBroken, match="in una parte degli stessi giorni"):
        agreed(session, service, province, date(2026, 12, 31), None)
    other = bodies.add_body(session, {"name": "ATS di Lodi", "kind": "health_authority", "owner": "external"})
    assert agreed(session, service, other, date(2026, 1, 1), None) in agreements.holding(service, TODAY)


def test_the_end_of_an_agreement_is_a_deadline_until_another_follows_without_a_gap(session: ScopedSession) -> None:
    install_rules(session)
    service, province = of_the_province(session)
    first = agreed(session, service, province, date(2025, 1, 1), date(2026, 12, 31))
    due = select(Deadline.effective, Deadline.state).where(
        Deadline.subject == "service_agreement", Deadline.subject_id == first.id)
    assert session.execute(due).one() == (date(2026, 12, 31), "open")
    agreed(session, service, province, date(2027, 1, 1), None)
    assert session.execute(due).one() == (date(2026, 12, 31), "met")
    deadlines.follow(session, "service_agreement", [first.id], today=date(2027, 2, 1))
    assert session.execute(due).one() == (date(2026, 12, 31), "met")


def test_an_agreement_that_passes_to_another_service_no_longer_follows_that_of_the_first(
    session: ScopedSession,
) -> None:
    install_rules(session)
    service, province = of_the_province(session)
    other = structure.add_service(session, {"title": "Trasporto degli alunni"}, service.sector_ids)
    first = agreed(session, service, province, date(2025, 1, 1), date(2026, 12, 31))
    wrong = agreed(session, service, province, date(2027, 1, 1), None)
    states = select(Deadline.state).where(Deadline.subject == "service_agreement", Deadline.subject_id == first.id)
    assert session.scalars(states).all() == ["met"]
    agreements.edit_agreement(session, wrong.id, {"service_id": other.id}, version=wrong.version, today=TODAY)
    assert session.scalars(states).all() == ["open"], "on the same day, not on the night after"
    assert (service.agreements, other.agreements) == ([first], [wrong])
    agreements.edit_agreement(session, wrong.id, {"service_id": service.id}, version=wrong.version, today=TODAY)
    assert session.scalars(states).all() == ["met"]


def test_a_contract_says_whose_function_it_is_and_remarks_the_agreement_that_lacks_or_ends_before_it(
    district: District,
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        service = session.scalars(select(Service).where(Service.code == "sensory_school_support")).one()
        assert service in {held.service for held in contract.conferrals} and service.function_owner is not None

        def remarks(of: Contract) -> list[str]:
            found = findings(session, of, district.registry, today=TODAY)
            return [str(remark) for remark in found if remark.source == "R131"]

        [lacks] = remarks(contract)
        assert "(Città Metropolitana di Milano)" in lacks and "non risulta un accordo in vigore" in lacks
        agreed(session, service, service.function_owner, date(2025, 1, 1), date(2026, 12, 31))
        ends = "finisce il 31/12/2026, prima del contratto"
        assert [ends in words for words in remarks(contract)] == [contract.ends_on > date(2026, 12, 31)]
        agreed(session, service, service.function_owner, date(2027, 1, 1), contract.ends_on)
        assert remarks(contract) == []
        annex = next(a for a in contract_document(session, contract, district.registry).annexes
                     if service.code in a.service_codes)
        told = dict(next(block for block in annex.blocks if isinstance(block, KeyValues)).pairs)
        assert told == {
            "Titolare della funzione": "Città Metropolitana di Milano",
            "Accordo": "Convenzione n. 12 del 20 dicembre 2024 con la Città Metropolitana di Milano, fino al "
                       "31 dicembre 2026"}


def test_who_owns_the_function_is_corrected_with_the_service_and_comes_with_it_from_the_starting_set(
    session: ScopedSession,
) -> None:
    service, province = of_the_province(session)
    structure.edit_service(session, service.id, {"function_owner_id": None}, service.sector_ids,
                           version=service.version)
    session.refresh(service)
    assert service.function_owner is None and list(agreements.agreement_findings(service, TODAY)) == []
    structure.edit_service(session, service.id, {"function_owner_id": province.id}, service.sector_ids,
                           version=service.version)
    session.refresh(service)
    [lacks] = agreements.agreement_findings(service, TODAY)
    assert (lacks.source, lacks.at.kind, lacks.at.key) == ("R131", "service_agreement.new", service.id)
