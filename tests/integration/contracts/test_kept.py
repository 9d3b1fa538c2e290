"""What the Zone Plan leaves to a municipality: its article, the contract that cites it, and the one that forgets it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.contracts import kept
from core.contracts.assemble import contract_document, findings
from core.contracts.model import Contract, KeptService
from core.contracts.operations import generate_document
from core.documents.wordfile import plain, read_text
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from tests.district import TODAY, District
from tests.factories import clerk_of
from tests.integration.contracts.making import ACTOR, demo_contract


def leave(session: ScopedSession, contract: Contract, code: str) -> KeptService:
    assert contract.zone_plan_id is not None
    service = session.scalars(select(Service).where(Service.code == code)).one()
    [party] = contract.municipality_parties
    return kept.add_kept(session, {"zone_plan_id": contract.zone_plan_id, "municipality_id": party.party_id,
                                   "service_id": service.id, "article": "art. 7"})


def test_a_row_says_plan_municipality_service_and_article_once(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        row = leave(session, contract, "refugee_reception")
        whole = {name: getattr(row, name) for name in kept.KEPT}
        for lacking in ("zone_plan_id", "municipality_id", "service_id", "article"):
            with pytest.raises(RuleBroken) as refused:
                kept.add_kept(session, {**whole, lacking: None})
            assert refused.value.field == lacking
        with pytest.raises(RuleBroken, match="già fra quelli che il Piano lascia"):
            kept.add_kept(session, whole)
        kept.edit_kept(session, row.id, {"article": "art. 8"}, version=row.version)
        assert [one.article for one in kept.kept_on(session, contract.starts_on)] == ["art. 8"]
        assert kept.kept_on(session, date(2040, 1, 1)) == [], "the plan does not hold any more"
        kept.remove_kept(session, row.id)
        assert kept.kept_on(session, contract.starts_on) == []


def test_a_contract_cites_what_the_plan_leaves_and_confers_it_only_under_a_remark(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        leave(session, contract, "refugee_reception")
        assert not [r for r in findings(session, contract, district.registry, today=TODAY) if r.source == "R36"]
        [one] = contract_document(session, contract, district.registry).kept
        assert (one.service, one.article) == ("Accoglienza dei rifugiati (SPRAR)", "art. 7")
        version = generate_document(session, contract.id, registry=district.registry, today=TODAY)
        text = " ".join(map(plain, read_text(session.files.get(version.document.path))))
        assert f"Il Piano di Zona lo prevede per: «{one.service}», {one.party} (art. 7)." in text
        conferred = contract.conferrals[0].service
        leave(session, contract, conferred.code)
        [remark] = [r for r in findings(session, contract, district.registry, today=TODAY) if r.source == "R36"]
        assert conferred.title in str(remark) and "(art. 7)" in str(remark)
        assert remark.at is not None and (remark.at.kind, remark.at.key) == ("contract.services", contract.id)


def test_a_municipality_reads_its_own_rows_only(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        row = leave(session, contract, "refugee_reception")
        [party] = contract.municipality_parties
        key, own = row.id, party.party_id
    for municipality, sees in ((own, True), (own + 1, False)):
        with unit_of_work(district.database, clerk_of(municipality), act="prova") as session:
            assert (session.get(KeptService, key) is not None) is sees
