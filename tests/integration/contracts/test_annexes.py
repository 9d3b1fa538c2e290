"""A contract's annexes follow a cover made from the records: each sheet once, under one number (R120, X12, X25)."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import select

from core.catalogue import structure
from core.catalogue.model import OperationalSheet, Service
from core.contracts.annexes import bound, numbers_of
from core.contracts.assemble import contract_document, findings
from core.contracts.operations import set_clauses
from core.documents.blocks import Heading, Paragraph, Table
from core.ground.access import ScopedSession
from core.ground.errors import Level, Place
from core.ground.unit_of_work import unit_of_work
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR, demo_contract


def service(session: ScopedSession, code: str) -> Service:
    return session.scalars(select(Service).where(Service.code == code)).one()


def test_a_sheet_that_serves_two_services_is_bound_once_and_names_both(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        document = contract_document(session, contract, district.registry)
        fund, vouchers = service(session, "non_self_sufficiency_fund"), service(session, "home_care_vouchers")
        [annex] = [annex for annex in document.annexes if "home_care_vouchers" in annex.service_codes]
        assert annex.service_codes == (fund.code, vouchers.code)
        assert annex.title == f"{fund.title}; {vouchers.title}"
        assert annex.blocks[0] == Paragraph(
            f"Questa scheda descrive più servizi: «{fund.title}» e «{vouchers.title}».")
        assert annex.sheet_title == "Voucher per l'assistenza domiciliare e misure per la non autosufficienza"
        entries = {entry.text: entry.annex_number for area in document.areas for sector in area.sectors
                   for entry in sector.entries}
        assert entries[fund.entry] == entries[vouchers.entry] == annex.number
        codes = [code for one in document.annexes for code in one.service_codes]
        assert len(codes) == len(set(codes)) == len({c.service_id for c in contract.conferrals})
        assert [one.number for one in document.annexes] == list(range(1, len(document.annexes) + 1))


def test_the_cover_lists_every_annex_by_area_and_sector(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        cover = contract_document(session, contract, district.registry).cover
        numbers = numbers_of(bound(contract))
        headings = [block.text for block in cover if isinstance(block, Heading) and block.level == 1]
        assert headings == ["Area 1 – Gestione servizi sociali, psicologici, educativi e sociosanitari",
                            "Area 2 – Azioni di sistema, programmazione e governo della rete di unità d'offerta"]
        sectors = {block.text: after for block, after in pairwise(cover)
                   if isinstance(block, Heading) and isinstance(after, Table)}
        assert len(sectors) == 8, "the four sectors of area 1, and the four units of area 2 that the source forgets"
        placement = service(session, "work_placement")
        twice = [name for name, table in sectors.items() for row in table.rows if row[1] == placement.title]
        assert twice == ["Settore disabilità e anziani - non autosufficienza", "Settore inclusione sociale"]
        listed = {int(row[0]) for table in sectors.values() for row in table.rows}
        assert listed == set(numbers.values())
        lacking = str(numbers[service(session, "solidarity_funds").id])
        assert (lacking, service(session, "solidarity_funds").title, "non ancora redatta") in {
            row for table in sectors.values() for row in table.rows}


def test_the_numbers_follow_article_nine_wherever_a_service_stands_in_the_catalogue(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        last = service(session, "children_and_families")
        before = numbers_of(bound(contract))
        columns = {name: getattr(last, name) for name in structure.SERVICE}
        structure.edit_service(session, last.id, {**columns, "order": 99}, last.sector_ids, version=last.version)
        assert numbers_of(bound(contract)) == before, "its place in art. 9 is the one in its sector"


def test_what_a_sheet_says_wrong_is_told_before_the_signature_with_its_place(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        sheet, other = (session.scalars(select(OperationalSheet).where(OperationalSheet.code == code)).one()
                        for code in ("care_allowance", "legal_protection"))
        sheet.mission = f"Attualmente si veda la scheda «Non solo pari».\n\n{other.mission}"
        sheet.notes = ("Per la domanda: vedi scheda n. 2.",)
        session.flush()
        found = findings(session, contract, district.registry, today=TODAY)
        told = {str(remark): remark.at for remark in found if remark.where == sheet.code}
        for words in ("dice «Attualmente»", "rimanda a «scheda n. 2»", "scheda «Non solo pari», che non è allegata"):
            [at] = [place for sentence, place in told.items() if words in sentence]
            assert at == Place("sheet.record", sheet.id), "it is approved: its page says how it goes on"
        [pasted] = [remark for remark in found if "hanno lo stesso testo" in str(remark)]
        assert {pasted.values["one"], pasted.values["other"]} == {sheet.title, other.title}
        assert all(remark.level is Level.WARNING for remark in found if remark.where == sheet.code)


def test_a_clause_that_speaks_of_its_own_time_is_told(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        set_clauses(session, contract.id, [("Sede", "Il servizio usa attualmente la sede comunale."),
                                           ("Orari", "Lo sportello apre il martedì.")], version=contract.version)
        [remark] = [one for one in findings(session, contract, district.registry, today=TODAY)
                    if one.where == "clauses"]
        assert "«Sede»" in str(remark) and "«attualmente»" in str(remark)
        assert remark.at is not None and (remark.at.kind, remark.at.field) == ("contract.terms", "clauses")
