"""A service without its sheet stops nobody from drafting, and everybody from signing (R31, X12)."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlalchemy import select

from core.catalogue import editions
from core.catalogue.editions import SheetApproval
from core.catalogue.model import OperationalSheet
from core.catalogue.operations import edit_sheet, new_edition, new_sheet
from core.catalogue.rules import sheet_of
from core.contracts import life
from core.contracts.assemble import contract_document, findings
from core.contracts.model import Contract
from core.contracts.operations import generate_document
from core.contracts.sheets import unapproved, without_sheet
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from tests.district import LIVED_UP_TO, TODAY, District
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approve_all, demo_contract, text_to_sign


def approved(session: ScopedSession, district: District) -> Contract:
    """Carpiano's contract, approved: two of its services have no sheet."""
    contract = demo_contract(session)
    generate_document(session, contract.id, registry=district.registry, today=TODAY)
    life.submit(session, contract.id, version=None, today=TODAY)
    approve_all(session, contract)
    return contract


def sign(session: ScopedSession, contract: Contract) -> Contract:
    return life.sign(session, contract.id, signed_on=TODAY, signed_at=time(10, 30), place="Melegnano", by_hand=True,
                     file=Upload("contratto.pdf", SIGNED_FILE), version=None, today=TODAY)


def test_a_contract_is_drafted_and_approved_without_a_sheet_and_signed_only_with_it(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = approved(session, district)
        lacking = without_sheet(contract)
        assert contract.state == "approved" and lacking
        with pytest.raises(RuleBroken, match=f"schede operative di: .*«{lacking[0].title}»"):
            sign(session, contract)
        assert contract.state == "approved"
        for service in lacking:
            sheet = new_sheet(session, service.id, title=service.title, edition=2026, registry=district.registry)
            session.refresh(service, ["sheets"])
            assert service in without_sheet(contract), "an empty sheet is none"
            edit_sheet(session, sheet.id, changes={"mission": "Accompagna chi ne ha bisogno."}, data=None,
                       version=sheet.version)
        text_to_sign(session, district.registry, contract, by_hand=True)
        with pytest.raises(RuleBroken, match="l'Assemblea non aveva approvato queste schede: "):
            sign(session, contract)
        for sheet in unapproved(contract, TODAY):
            editions.approve(session, sheet.id, SheetApproval("3", TODAY), version=None, today=TODAY)
        with pytest.raises(RuleBroken, match=r"Allegato n\. \d+ — .+: scheda operativa"):
            sign(session, contract)  # the text that was approved is still without them
        life.send_back(session, contract.id, why="Le schede sono scritte.", version=None, today=TODAY)
        approved(session, district)
        text_to_sign(session, district.registry, contract, by_hand=True)
        assert sign(session, contract).state == "signed"


def test_a_sheet_of_a_later_year_is_none(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = approved(session, district)
        [service, *_others] = without_sheet(contract)
        later = new_sheet(session, service.id, title=service.title, edition=2027, registry=district.registry)
        later.mission = "Dal 2027."
        session.refresh(service, ["sheets"])
        assert service in without_sheet(contract)


@pytest.mark.parametrize(("facts", "field"), [({"title": " "}, "title"), ({"edition": 26}, "edition")])
def test_a_sheet_has_title_and_year_and_comes_once(district: District, facts: dict[str, object], field: str) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        [service, *_others] = without_sheet(approved(session, district))
        given = {"title": "Scheda", "edition": 2026, **facts}
        with pytest.raises(RuleBroken) as refusal:
            new_sheet(session, service.id, registry=district.registry, **given)  # type: ignore[arg-type]
        assert refusal.value.field == field
        new_sheet(session, service.id, title="Scheda", edition=2026, registry=district.registry)
        session.refresh(service, ["sheets"])
        with pytest.raises(RuleBroken, match="ha già una scheda"):
            new_sheet(session, service.id, title="Altra", edition=2027, registry=district.registry)


def test_a_draft_is_printed_as_one_until_its_act_comes(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        sheet = next(s for given in contract.conferrals for s in given.service.sheets)
        editions.take_back(session, sheet.id, why="Registrata per errore.", version=None, today=TODAY)
        assert [sheet] == unapproved(contract, TODAY)
        assert any(remark.source == "R76" for remark in findings(session, contract, district.registry,
                                                               today=TODAY))
        document = contract_document(session, contract, district.registry)
        draft = next(annex for annex in document.annexes if annex.standing and not annex.standing.text)
        assert draft.standing is not None
        assert draft.standing.open == "Edizione 2026, bozza: l'Assemblea non l'ha ancora approvata"
        editions.approve(session, sheet.id, SheetApproval("12", date(2026, 1, 15)), version=None, today=TODAY)
        assert unapproved(contract, date(2026, 1, 14)) == [sheet], "approved a day after the signature"
        printed = contract_document(session, contract, district.registry).annexes[draft.number - 1].standing
        assert printed is not None
        assert printed.text == "Edizione 2026, approvata dall'Assemblea con deliberazione n. 12 del 15 gennaio 2026"


def test_what_a_signed_contract_annexes_stays(lived_district: District) -> None:
    with unit_of_work(lived_district.database, ACTOR, act="prova") as session:
        signed = session.scalars(select(Contract).where(Contract.state == "in_force", Contract.year == 2026)).first()
        assert signed is not None
        sheet = next(s for given in signed.conferrals for s in given.service.sheets)
        with pytest.raises(RuleBroken, match="allegata al contratto firmato"):
            editions.take_back(session, sheet.id, why="Errore.", version=None, today=LIVED_UP_TO)
        later = new_edition(session, sheet.id, 2027, registry=lived_district.registry)
        editions.approve(session, later.id, SheetApproval("30", LIVED_UP_TO), version=None, today=LIVED_UP_TO)
        session.refresh(sheet)
        assert (sheet.state, sheet_of(sheet.services[0], 2026)) == ("superseded", sheet)
        assert isinstance(sheet, OperationalSheet)
