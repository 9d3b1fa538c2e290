"""What a contract contains beside its text: things entrusted, policies, documents to attach, accounts; its versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from core.cases.model import CaseFile, Note
from core.contracts import assets, attachments, completeness, insurance
from core.contracts.annexes import bound
from core.contracts.codes import set_codes
from core.contracts.model import Attachment, Contract, EntrustedAsset
from core.contracts.operations import generate_document, upload_negotiated
from core.documents import comparing
from core.documents.wordfile import plain, read_text
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties import operations as parties
from core.parties.model import BankAccount
from tests import factories
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, demo_contract, in_force


def building(contract: Contract, **facts: Any) -> dict[str, Any]:
    """What a form says of a rented building."""
    return {
        "contract_id": contract.id, "municipality_id": contract.municipality_parties[0].party_id, "kind": "building",
        "name": "Centro diurno", "address": "via Roma 3", "title": "rent", "rent": Decimal("6000.00"),
        "rent_due": "01-31", "ordinary_upkeep": "azienda", "extraordinary_upkeep": "municipality", "agreements": "",
        **facts,
    }


def text_of(district: District, contract: Contract) -> list[str]:
    """The paragraphs of the last version."""
    return list(map(plain, read_text(district.store.get(contract.documents[-1].document.path))))


# --- things entrusted (R79-R82) ---------------------------------------------------------------------------


def test_what_is_entrusted_is_printed_as_the_last_annex(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        sheets = len(bound(contract))
        assert not [line for line in text_of(district, contract) if "Immobili e beni affidati" in line]
        assets.add_asset(session, building(contract, agreements="Una rampa."), today=TODAY)
        generate_document(session, contract.id, registry=district.registry, today=TODAY)
        text = text_of(district, contract)
        assert text[-20:].count(f"Allegato n. {sheets + 1} — Immobili e beni affidati") == 1
        assert "locazione, canone annuo di € 6.000,00 (seimila/00), da versare entro il 31 gennaio" in text
        assert any(f"descritti nell'Allegato n. {sheets + 1}" in line for line in text)
        assert {"a carico dell'Azienda", "a carico dell'ente che concede il bene", "Una rampa."} <= set(text)


WRONG_ASSETS = {
    "a rent without an amount": ({"rent": None}, "rent"),
    "a rent of zero": ({"rent": Decimal(0)}, "rent"),
    "a rent without a day": ({"rent_due": None}, "rent_due"),
    "a day that no year has": ({"rent_due": "02-30"}, "rent_due"),
    "a week instead of a day": ({"rent_due": "W05"}, "rent_due"),
    "a free loan with a rent": ({"title": "free_loan"}, "rent"),
    "a building without address": ({"address": " "}, "address"),
    "a municipality that does not sign": ({"municipality_id": 3}, "municipality_id"),
}


@pytest.mark.parametrize(("facts", "field"), WRONG_ASSETS.values(), ids=WRONG_ASSETS)
def test_a_thing_entrusted_on_impossible_terms_is_refused(district: District, facts: dict[str, Any],
                                                          field: str) -> None:
    with pytest.raises(RuleBroken) as refusal, unit_of_work(district.database, ACTOR, act="prova") as session:
        assets.add_asset(session, building(demo_contract(session), **facts), today=TODAY)
    assert refusal.value.field == field
    with ScopedSession(district.database, ACTOR) as session:
        assert not demo_contract(session).assets


def test_after_the_signature_every_change_of_what_is_entrusted_stands_in_the_diary(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = in_force(session, district)
        asset = assets.add_asset(session, building(contract), today=TODAY)
        assets.edit_asset(session, asset.id, building(contract, title="free_loan", rent=None, rent_due=None),
                          version=asset.version, today=TODAY)
        assert asset.rent is None
        assets.remove_asset(session, asset.id, today=TODAY)
        told = session.scalars(select(Note.text).where(Note.subject_id == contract.id, Note.shared)).all()
        assert [text.partition(":")[0] for text in told] == [
            "Affidato all'azienda", "Cambiati i dati del bene affidato", "Tolto dai beni affidati"]
        assert not session.scalars(select(EntrustedAsset)).all()


def test_the_technical_annex_is_kept_with_its_day_and_among_the_files_of_the_contract(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        asset = assets.add_asset(session, building(contract), today=TODAY)
        sign = {"file": Upload("allegato.pdf", SIGNED_FILE), "today": TODAY}
        with pytest.raises(RuleBroken, match="non è ancora arrivato"):
            assets.sign_annex(session, asset.id, signed_on=date(2030, 1, 1), **sign)
        with pytest.raises(RuleBroken, match="non è quello che il nome promette"):
            assets.sign_annex(session, asset.id, signed_on=TODAY, **{**sign, "file": Upload("allegato.pdf", b"niente")})
        assets.sign_annex(session, asset.id, signed_on=TODAY, **sign)
        [held] = session.scalars(select(CaseFile).where(CaseFile.subject_id == contract.id))
        assert asset.annex is held.document and asset.annex_signed_on == TODAY


def test_a_stale_form_of_a_thing_entrusted_is_refused(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        asset = assets.add_asset(session, building(contract), today=TODAY)
        with pytest.raises(RuleBroken, match="qualcun altro"):
            assets.edit_asset(session, asset.id, building(contract), version=asset.version - 1, today=TODAY)


# --- insurance (R97) --------------------------------------------------------------------------------------


def cover(**facts: Any) -> dict[str, Any]:
    """What a form says of a policy."""
    return {"contract_id": None, "insurer": "Alfa", "number": "77", "cover": "Responsabilità verso terzi",
            "amount": Decimal("1000000.00"), "valid_from": date(2026, 1, 1), "valid_to": date(2027, 12, 31),
            "by_municipality": False, **facts}


def test_a_policy_for_all_contracts_covers_each_of_them(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        first, second = demo_contract(session, 1), demo_contract(session, 2)
        for policy in insurance.policies_of(session, first):
            insurance.remove_policy(session, policy.id, today=TODAY)
        insurance.add_policy(session, cover(valid_to=date(2026, 12, 31)), today=TODAY)
        insurance.add_policy(session, cover(contract_id=first.id, by_municipality=True, valid_from=date(2027, 1, 1)),
                             today=TODAY)
        assert not insurance.findings(first, insurance.policies_of(session, first))
        [gap] = insurance.findings(second, insurance.policies_of(session, second))
        assert "Dal 01/01/2027 al 31/12/2027" in str(gap)


WRONG_POLICIES = {
    "ends before it begins": ({"valid_to": date(2025, 1, 1)}, "valid_to"),
    "covers nothing": ({"amount": Decimal(0)}, "amount"),
    "the municipality's, of no contract": ({"by_municipality": True}, "contract_id"),
}


@pytest.mark.parametrize(("facts", "field"), WRONG_POLICIES.values(), ids=WRONG_POLICIES)
def test_an_impossible_policy_is_refused(district: District, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal, unit_of_work(district.database, ACTOR, act="prova") as session:
        insurance.add_policy(session, cover(**facts), today=TODAY)
    assert refusal.value.field == field


# --- documents to attach (R119) ---------------------------------------------------------------------------


def test_the_documents_that_the_contract_names_are_asked_for_once(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        attachments.ask(session, contract.id, "Statuto – Azienda Sociale Sud Est Milano", today=TODAY)
        assert attachments.ask_standard(session, contract.id, today=TODAY) == 5
        assert attachments.ask_standard(session, contract.id, today=TODAY) == 0
        titles = [held.title for held in contract.attachments]
        assert "Deliberazione della Giunta – Comune di Carpiano" in titles and len(titles) == len(set(titles)) == 6
        with pytest.raises(RuleBroken, match="già nell'elenco"):
            attachments.ask(session, contract.id, titles[0], today=TODAY)


def received(session: ScopedSession, district: District, held: Attachment, **facts: Any) -> Attachment:
    """Receive a document with what the test says."""
    values = {"register_number": "123/2026", "received_on": TODAY, "file": Upload("delibera.pdf", SIGNED_FILE), **facts}
    return attachments.receive(session, held.id, today=TODAY, **values)


def test_a_document_is_received_once_with_file_and_register_number(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        held = attachments.ask(session, contract.id, "Statuto", today=TODAY)
        for facts, field in (({"register_number": " "}, "register_number"), ({"received_on": date(2030, 1, 1)},
                                                                              "received_on")):
            with pytest.raises(RuleBroken) as refusal:
                received(session, district, held, **facts)
            assert refusal.value.field == field and held.state == "asked"
        received(session, district, held)
        assert (held.state, held.register_number) == ("received", "123/2026")
        assert held.document is not None and district.store.get(held.document.path) == SIGNED_FILE
        with pytest.raises(RuleBroken, match="non è previsto"):
            received(session, district, held)
        with pytest.raises(RuleBroken, match="resta nell'elenco"):
            attachments.remove(session, held.id)


def test_a_wrong_file_leaves_the_document_asked(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        key = attachments.ask(session, demo_contract(session).id, "Statuto", today=TODAY).id
    with pytest.raises(RuleBroken, match="non è di un tipo"), \
            unit_of_work(district.database, ACTOR, act="prova") as session:
        received(session, district, session.require(Attachment, key), file=Upload("virus.exe", SIGNED_FILE))
    with ScopedSession(district.database, ACTOR) as session:
        assert session.require(Attachment, key).state == "asked"


# --- traceability (R110-R112) -----------------------------------------------------------------------------


def an_account(session: ScopedSession) -> BankAccount:
    """The municipality's dedicated account, communicated in time."""
    account = demo_contract(session).municipality_parties[0].party.accounts[0]
    account.opened_on, account.communicated_on = date(2026, 1, 2), date(2026, 1, 8)
    session.flush()
    return account


def facts_of(account: BankAccount, **facts: Any) -> dict[str, Any]:
    """What the account's form says, with the test's changes."""
    return {name: getattr(account, name) for name in parties.ACCOUNT} | facts


CHANGES: dict[str, Callable[[ScopedSession, BankAccount], Any]] = {
    "another bank": lambda session, account: parties.edit_account(
        session, account.id, facts_of(account, bank="Banca Nuova"), version=account.version, today=TODAY),
    "a delegate less": lambda session, account: parties.remove_delegate(session, account.delegates[0].id, today=TODAY),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_account_is_to_be_communicated_anew(district: District, change: Any) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        account = an_account(session)
        change(session, account)
        assert (account.communicated_on, account.changed_on) == (None, TODAY)
        parties.edit_account(session, account.id, facts_of(account, communicated_on=TODAY), version=account.version,
                             today=TODAY)
        assert (account.communicated_on, account.changed_on) == (TODAY, TODAY)


def test_a_corrected_day_is_no_change_of_the_account(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        account = an_account(session)
        parties.edit_account(session, account.id, facts_of(account, communicated_on=date(2026, 1, 9)),
                             version=account.version, today=TODAY)
        assert (account.communicated_on, account.changed_on) == (date(2026, 1, 9), None)


WRONG_DAYS = {
    "communicated tomorrow": ({"communicated_on": date(2026, 2, 11)}, "communicated_on"),
    "communicated before it was opened": ({"communicated_on": date(2026, 1, 1)}, "communicated_on"),
    "used before it was opened": ({"first_used_on": date(2026, 1, 1)}, "first_used_on"),
}


@pytest.mark.parametrize(("facts", "field"), WRONG_DAYS.values(), ids=WRONG_DAYS)
def test_days_of_an_account_that_cannot_be_are_refused(district: District, facts: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal, unit_of_work(district.database, ACTOR, act="prova") as session:
        account = an_account(session)
        parties.edit_account(session, account.id, facts_of(account, **facts), version=account.version, today=TODAY)
    assert refusal.value.field == field


def test_the_codes_of_payments_may_come_after_the_signature(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = in_force(session, district)
        set_codes(session, contract.id, cig="b123 4567a9", cup="", version=contract.version)
        assert (contract.cig, contract.cup) == ("B1234567A9", None)
        [note] = session.scalars(select(Note.text).where(Note.subject_id == contract.id))
        assert note == "Codici dei pagamenti: CIG B1234567A9, CUP non indicato."
        for codes, field in ((("B123", ""), "cig"), (("", "123456789012345"), "cup")):
            with pytest.raises(RuleBroken) as refusal:
                set_codes(session, contract.id, cig=codes[0], cup=codes[1], version=None)
            assert refusal.value.field == field


# --- versions and completeness ----------------------------------------------------------------------------


def test_a_generated_text_is_compared_with_the_one_negotiated_by_hand(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        old = text_of(district, contract)
        document, packed = Document(BytesIO(district.store.get(contract.documents[-1].document.path))), BytesIO()
        paragraph = next(p for p in document.paragraphs if p.text.startswith("Le premesse sono parte"))
        paragraph.add_run(" Lo chiede il Comune.")
        document.add_paragraph("Clausola scritta a mano.")
        document.save(packed)
        upload_negotiated(session, contract.id, file=Upload("dal-comune.docx", packed.getvalue()), note="")
        found = [s for s in comparing.paragraphs(old, text_of(district, contract))
                 if s.kind is not comparing.Change.SAME]
        assert [(s.kind, s.after[0][-25:]) for s in found] == [
            (comparing.Change.CHANGED, "ratto. Lo chiede il Comune."[-25:]),
            (comparing.Change.ADDED, "Clausola scritta a mano."[-25:])]


def test_the_contract_of_the_demo_has_what_the_source_contract_lacked(district: District) -> None:
    """Law B1: over-compensation, next award, disputes with users, availability of data, personal data."""
    added = ("Art. 16-bis", "Art. 22-bis", "Art. 23-bis")
    with ScopedSession(district.database, ACTOR) as session:
        lines = list(completeness.located(text_of(district, demo_contract(session))))
    assert not [answer for answer in completeness.check(lines) if answer.presence is not completeness.Presence.PRESENT]
    source = [line for line in lines if not line.where.startswith(added) and "sovracompensazione" not in line.text
              and "garanzia finanziaria" not in line.text]
    by_state = {state: [a.clause.place[-2] for a in completeness.check(source)
                        if a.presence is state and "lett." in a.clause.place] for state in completeness.Presence}
    assert by_state == {
        completeness.Presence.PRESENT: ["a", "b", "c", "d", "f", "g", "h", "n"],
        completeness.Presence.PARTLY: ["m"],
        completeness.Presence.MISSING: ["e", "i", "l", "o", "p"],
    }


def test_a_clerk_of_the_municipality_writes_none_of_this(district: District) -> None:
    with ScopedSession(district.database, ACTOR) as session:
        contract = demo_contract(session)
        clerk = factories.clerk_of(contract.municipality_parties[0].party_id)
        facts = building(contract)
    acts: list[Callable[[ScopedSession], Any]] = [
        lambda s: assets.add_asset(s, facts, today=TODAY),
        lambda s: insurance.add_policy(s, cover(contract_id=facts["contract_id"]), today=TODAY),
        lambda s: attachments.ask(s, facts["contract_id"], "Statuto", today=TODAY),
        lambda s: set_codes(s, facts["contract_id"], cig="B1234567A9", cup="", version=None),
    ]
    for attempt in acts:
        with pytest.raises(NotAllowed), unit_of_work(district.database, clerk, act="prova") as session:
            attempt(session)
