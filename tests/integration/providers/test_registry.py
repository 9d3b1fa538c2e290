"""The registry: providers, papers, units, sites and types, for the office and for a provider's own person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.cases.operations import add_file
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.waiting import waiting
from core.documents.model import Document
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.files import Upload
from core.parties.model import Municipality
from core.providers import findings, operations, types
from core.providers.model import Provider, ProviderPaper, ServiceUnit, UnitType
from tests.factories import clerk_of
from tests.integration.providers.conftest import (
    OFFICER,
    TODAY,
    provider_facts,
    provider_of,
    unit_facts,
)

PDF = b"%PDF-1.7 una polizza"
PROGRAM = b"MZ\x90\x00 un programma che nasconde %PDF-1.7"
ZIP = b"PK\x03\x04 un archivio"


def paper(**own: Any) -> dict[str, Any]:
    """An insurance of a year."""
    return {"kind": "insurance", "issuer": "Assicurazioni Lombarde", "number": "RC-1", "valid_from": date(2025, 4, 1),
            "valid_to": date(2026, 3, 31), "unit_id": None, "cover": "", **own}


# --- providers --------------------------------------------------------------------------------------------


def test_a_provider_is_registered_once_under_its_fiscal_code(unit, registry_of, database):
    with ScopedSession(database, system("prova")) as session:
        code = session.require(Provider, registry_of.provider).tax_code
    with pytest.raises(RuleBroken, match="già di Il Melograno") as twice, unit("prova", OFFICER) as session:
        operations.add_provider(session, provider_facts(name="Un altro", tax_code=f" {code} "))
    assert twice.value.field == "tax_code"
    with unit("prova") as session:
        comune = session.scalars(select(Municipality)).first()
        comune_code = comune.tax_code
    with pytest.raises(RuleBroken, match=f"già di {comune.name}"), unit("prova", OFFICER) as session:
        operations.edit_provider(session, registry_of.provider, {"tax_code": comune_code}, version=None)


def test_a_sole_trader_has_a_persons_fiscal_code(unit, registry_of):
    with unit("prova", OFFICER) as session:
        row = operations.add_provider(session, provider_facts(tax_code="rssmra85t10a562s", legal_form="sole_trader"))
        assert row.tax_code == "RSSMRA85T10A562S"


@pytest.mark.parametrize(("wrong", "field"), [
    ({"tax_code": "01874170011"}, "tax_code"), ({"legal_form": "spa"}, "legal_form"),
    ({"third_sector": "onlus"}, "third_sector"), ({"third_sector": None}, "third_sector"),
    ({"runts": "numero «12»"}, "runts"), ({"pec": "non è posta"}, "pec"),
    ({"website": "javascript:alert(1)"}, "website"),
    ({"name": "  "}, "name"), ({"legal_representative": ""}, "legal_representative"), ({"email": "x"}, "email"),
    ({"name": "N" * 501}, "name"),
])
def test_what_cannot_be_is_refused_on_its_field(unit, registry_of, wrong, field):
    with pytest.raises(RuleBroken) as refused, unit("prova", OFFICER) as session:
        operations.add_provider(session, provider_facts(**wrong))
    assert refused.value.field == field


def test_a_providers_person_keeps_its_contacts_and_nothing_more(unit, registry_of, database):
    owner = provider_of(registry_of.provider)
    with unit("prova", owner) as session:
        operations.edit_provider(session, registry_of.provider, {"phone": "02 123", "email": "a@b.it"}, version=None)
    with pytest.raises(NotAllowed), unit("prova", owner) as session:
        operations.edit_provider(session, registry_of.provider, {"name": "Altro nome"}, version=None)
    with pytest.raises(NotAllowed), unit("prova", owner) as session:
        operations.add_provider(session, provider_facts())
    with unit("prova", OFFICER) as session:
        other = operations.add_provider(session, provider_facts(name="La Rondine"))
    with pytest.raises(NotVisible), unit("prova", owner) as session:
        operations.edit_provider(session, other.id, {"phone": "1"}, version=None)
    with pytest.raises(RuleBroken), unit("prova", owner) as session:  # a stale form
        operations.edit_provider(session, registry_of.provider, {"phone": "1"}, version=99)


# --- papers -----------------------------------------------------------------------------------------------


def pending(database: Database) -> list[tuple[str, str]]:
    """The deadlines of papers with their states."""
    with ScopedSession(database, system("prova")) as session:
        rows = session.execute(select(DeadlineRule.code, Deadline.state).join(
            Deadline, Deadline.rule_id == DeadlineRule.id).where(Deadline.subject == "provider_paper").order_by(
            Deadline.id))
        return [tuple(row) for row in rows]


def test_a_paper_that_expires_is_a_deadline_until_another_follows(unit, registry_of, database):
    with unit("prova", OFFICER) as session:
        operations.add_paper(session, registry_of.provider, paper(), today=TODAY)
    assert {state for _code, state in pending(database)} == {"open"}
    with unit("prova", OFFICER) as session:  # a day is left uncovered
        operations.add_paper(session, registry_of.provider, paper(number="RC-2", valid_from=date(2026, 4, 2),
                                                                  valid_to=date(2027, 4, 1)), today=TODAY)
    assert "met" not in {state for _code, state in pending(database)}
    with unit("prova", OFFICER) as session:
        operations.add_paper(session, registry_of.provider, paper(number="RC-3", valid_from=date(2026, 4, 1),
                                                                  valid_to=date(2027, 3, 31)), today=TODAY)
    assert pending(database)[0] == ("provider_paper_renewal", "met")


def test_a_providers_person_adds_a_paper_with_its_file_and_sees_it(unit, registry_of, database):
    owner = provider_of(registry_of.provider)
    with unit("prova", owner) as session:
        row = operations.add_paper(session, registry_of.provider, paper(), file=Upload("polizza.pdf", PDF), today=TODAY)
        kept = row.document_id
    with ScopedSession(database, owner) as session:
        assert session.require(Document, kept).file_name == "polizza.pdf"
        mine = waiting(session, TODAY)
    assert [(item.kind, item.role) for item in mine if item.kind == "provider_paper"] == []  # followed in the outbox
    for stranger in (provider_of(registry_of.provider + 1000), clerk_of(registry_of.municipality)):
        with ScopedSession(database, stranger) as session:
            assert session.get(Document, kept) is None
            assert session.scalars(select(ProviderPaper)).all() == []
    with unit("prova", owner) as session:
        operations.edit_paper(session, row.id, {"number": "RC-9"}, file=Upload("nuova.pdf", PDF + b"."),
                              version=None, today=TODAY)
        assert session.require(ProviderPaper, row.id).document.file_name == "nuova.pdf"
    with pytest.raises(RuleBroken, match="li corregge l'ufficio"), unit("prova", owner) as session:
        operations.edit_paper(session, row.id, {"valid_to": date(2029, 1, 1)}, version=None, today=TODAY)


@pytest.mark.parametrize(("name", "content"), [
    ("polizza.pdf.exe", PDF), ("polizza.exe.pdf", PROGRAM), ("polizza.pdf", ZIP), ("polizza.pdf", b""),
    ("polizza", PDF), ("polizza.pdf", b" " * (25 * 1024 * 1024 + 1)), ("polizza.docx", ZIP),
])
def test_a_file_that_is_not_what_it_says_is_refused(unit, registry_of, name, content):
    with pytest.raises(RuleBroken) as refused, unit("prova", OFFICER) as session:
        operations.add_paper(session, registry_of.provider, paper(), file=Upload(name, content), today=TODAY)
    assert refused.value.field == "file"


@pytest.mark.parametrize(("wrong", "field"), [
    ({"kind": "foto"}, "kind"), ({"valid_to": None}, "valid_to"), ({"valid_to": date(2025, 3, 31)}, "valid_to"),
    ({"issuer": ""}, "issuer"), ({"number": " "}, "number"), ({"valid_to": date(9999, 12, 31)}, "valid_to"),
    ({"unit_id": 999_999}, "unit_id"),
])
def test_a_paper_that_cannot_be_is_refused(unit, registry_of, wrong, field):
    with pytest.raises(RuleBroken) as refused, unit("prova", OFFICER) as session:
        operations.add_paper(session, registry_of.provider, paper(**wrong), today=TODAY)
    assert refused.value.field == field


# --- units ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "own", "words"), [
    ("nido", {"capacity": 61}, "61 non lo sono"), ("nido", {"capacity": 10}, "Micronido"),
    ("nido", {"capacity": None}, "Indicare i posti"), ("nido", {"max_age_months": 72}, "età ammesse"),
    ("sad", {"capacity": 20}, "non ha posti"), ("nido", {"name": ""}, "necessario"),
])
def test_a_unit_outside_the_limits_of_its_type_is_refused(unit, registry_of, kind, own, words):
    with pytest.raises(RuleBroken, match=words), unit("prova", OFFICER) as session:
        operations.add_unit(session, registry_of.provider, unit_facts(registry_of.types[kind], **own), today=TODAY)


def test_a_limit_to_be_verified_is_a_remark_on_the_unit(unit, registry_of):
    with unit("prova", OFFICER) as session:
        row = operations.add_unit(session, registry_of.provider,
                                  unit_facts(registry_of.types["micronido"], capacity=12), today=TODAY)
        session.refresh(row)
        [remark] = findings.unit_findings(session, row, TODAY)
    assert "da verificare" in str(remark)


def test_once_it_operates_only_a_notice_changes_what_it_declares(unit, registry_of, give):
    with unit("prova", OFFICER) as session:
        operations.edit_unit(session, registry_of.unit, {"capacity": 35, "manager": "Altri"}, version=None, today=TODAY)
    give("start", TODAY)
    with unit("prova", OFFICER) as session:
        operations.edit_unit(session, registry_of.unit, {"phone": "02 44"}, version=None, today=TODAY)
        with pytest.raises(RuleBroken, match="comunicazione preventiva"):
            operations.edit_unit(session, registry_of.unit, {"capacity": 40}, version=None, today=TODAY)


def test_a_type_that_a_newer_row_replaced_stands_for_the_newer_one(unit, registry_of, database):
    with unit("prova", OFFICER) as session:
        old = session.require(UnitType, registry_of.types["nido"])
        facts = {name: getattr(old, name) for name in types.TYPE}
        types.add_type(session, {**facts, "max_places": 50, "valid_from": TODAY})
        assert session.require(UnitType, old.id).valid_to == date(2026, 3, 1)
    with pytest.raises(RuleBroken, match="11-50"), unit("prova", OFFICER) as session:
        operations.add_unit(session, registry_of.provider, unit_facts(registry_of.types["nido"], capacity=55),
                            today=TODAY)


def test_a_new_type_is_added_by_data_alone_and_used_the_same_minute(unit, registry_of):
    with unit("prova", OFFICER) as session:
        kind = types.add_type(session, {
            "code": "centro_estivo", "name": "Centro estivo", "area": "minors", "regional": False,
            "provides_at": "seat", "min_places": 5, "max_places": 40, "limits_verified": True, "valid_from": TODAY,
            "legal_source": "Deliberazione dell'Assemblea, da verificare"})
        row = operations.add_unit(session, registry_of.provider, unit_facts(kind.id, capacity=20, min_age_months=72,
                                                                            max_age_months=132), today=TODAY)
        assert row.type_id == kind.id
        assert types.install_types(session) == 0


@pytest.mark.parametrize(("wrong", "field"), [
    ({"code": "Città"}, "code"), ({"legal_source": " "}, "legal_source"), ({"min_places": 50}, "max_places"),
    ({"area": "sport"}, "area"), ({"valid_from": date(2025, 1, 1)}, "valid_from"), ({"name": ""}, "name"),
    ({"valid_to": date(2020, 1, 1)}, "valid_to"), ({"max_places": 9999}, "max_places"),
])
def test_a_type_that_cannot_be_is_refused(unit, registry_of, wrong, field):
    facts = {"code": "nido", "name": "Nido", "area": "childhood", "regional": True, "provides_at": "seat",
             "min_places": 11, "max_places": 40, "limits_verified": True, "valid_from": TODAY, "valid_to": None,
             "legal_source": "Una delibera"}
    with pytest.raises(RuleBroken) as refused, unit("prova", OFFICER) as session:
        types.add_type(session, {**facts, **wrong})
    assert refused.value.field == field


def test_the_sites_of_a_unit_share_its_places(unit, registry_of):
    site = {"name": "Sezione primavera", "address": "Via Verdi, 2", "city": "Dresano", "places": 20}
    with unit("prova", OFFICER) as session:
        made = operations.set_site(session, registry_of.unit, site)
        with pytest.raises(RuleBroken, match="avrebbero 31 posti"):
            operations.set_site(session, registry_of.unit, {**site, "places": 11})
    with pytest.raises(RuleBroken, match="già 20 posti"), unit("prova", OFFICER) as session:
        operations.edit_unit(session, registry_of.unit, {"capacity": 15}, version=None, today=TODAY)
    with unit("prova", OFFICER) as session:
        assert operations.remove_site(session, made.id) == registry_of.unit


def test_who_works_for_the_municipality_too_reads_the_units_of_others_and_changes_none(unit, registry_of, give):
    with unit("prova", OFFICER) as session:
        other = operations.add_provider(session, provider_facts(name="La Rondine")).id
        site = operations.set_site(session, registry_of.unit, {"name": "Prati", "address": "Via Verdi, 2",
                                                               "city": "Dresano", "places": 5}).id
    both = Principal("Bruna Doppia", frozenset({Role.PROVIDER, Role.MUNICIPALITY}), user_id=8,
                     municipality_ids=frozenset({registry_of.municipality}), provider_ids=frozenset({other}))
    for change in (
        lambda session: operations.edit_unit(session, registry_of.unit, {"name": "Mio"}, version=None, today=TODAY),
        lambda session: operations.set_site(session, registry_of.unit, {"places": 6}, site_id=site),
        lambda session: operations.remove_site(session, site),
    ):
        with pytest.raises(NotAllowed), unit("prova", both) as session:
            change(session)
    with pytest.raises(NotAllowed):
        give("start", date(2026, 5, 1), actor=both)
    with pytest.raises(RuleBroken, match="Nel frattempo"), unit("prova", OFFICER) as session:
        operations.set_site(session, registry_of.unit, {"places": 6}, site_id=site, version=99)


def test_a_unit_that_never_opens_is_given_up_with_a_reason(unit, registry_of, give, database):
    key = give("start", date(2026, 9, 1))
    with pytest.raises(RuleBroken, match="in attesa"), unit("prova", OFFICER) as session:
        operations.give_up(session, registry_of.unit, why="Fondi finiti", version=None, today=TODAY)
    from core.providers import operating_notices

    with unit("prova", OFFICER) as session:
        operating_notices.void(session, key, why="Fondi finiti", version=None, today=TODAY)
        with pytest.raises(RuleBroken, match="motivo"):
            operations.give_up(session, registry_of.unit, why=" ", version=None, today=TODAY)
        operations.give_up(session, registry_of.unit, why="Fondi finiti", version=None, today=TODAY)
        assert session.require(ServiceUnit, registry_of.unit).state == "closed"


def test_a_providers_person_registers_a_unit_of_its_own_in_a_municipality_that_it_does_not_see(
    unit, registry_of, database
):
    owner = provider_of(registry_of.provider)
    with unit("prova", owner) as session:
        row = operations.add_unit(session, registry_of.provider,
                                  unit_facts(registry_of.types["cag"], name="CAG", min_age_months=None,
                                             max_age_months=None, municipality_id=registry_of.elsewhere),
                                  today=TODAY)
        add_file(session, "service_unit", row.id, title="Planimetria", file=Upload("pianta.pdf", PDF))
    with ScopedSession(database, clerk_of(registry_of.elsewhere)) as session:
        assert session.scalars(select(ServiceUnit.name)).all() == ["CAG"]
        assert session.scalars(select(Document.file_name)).all() == ["pianta.pdf"]
    with pytest.raises(NotVisible), unit("prova", owner) as session:
        operations.add_unit(session, registry_of.provider, unit_facts(registry_of.types["cag"], municipality_id=99_999),
                            today=TODAY)


def test_what_waits_for_the_office_and_for_the_provider(unit, registry_of, give, database):
    owner = provider_of(registry_of.provider)
    with ScopedSession(database, owner) as session:
        assert [(item.kind, str(item.what)) for item in waiting(session, TODAY)] == [
            ("service_unit", "Prima di cominciare, comunicare l'avvio.")]
    give("start", date(2026, 5, 1))
    with ScopedSession(database, OFFICER) as session:
        assert "operating_notice" in {item.kind for item in waiting(session, TODAY)}
    with unit("prova", OFFICER) as session:
        operations.add_paper(session, registry_of.provider, paper(), today=TODAY)
    with ScopedSession(database, owner) as session:
        [item] = waiting(session, TODAY)
        assert (item.kind, item.due) == ("provider_paper", date(2026, 3, 31))
    both = Principal("Bruna Doppia", frozenset({Role.PROVIDER, Role.MUNICIPALITY}), user_id=8,
                     municipality_ids=frozenset({registry_of.elsewhere}),
                     provider_ids=frozenset({registry_of.provider}))
    with ScopedSession(database, both) as session:
        assert item in waiting(session, TODAY)  # who works for a municipality too has its own tasks all the same
