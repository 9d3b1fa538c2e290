"""A list of providers that comes from a workbook: two sheets, validated row by row, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import ImportReport, run
from core.imports.providers import PROVIDERS
from core.imports.subjects import IMPORTS
from core.providers.model import OperatingNotice, Provider, ProviderPaper, ServiceUnit
from core.tables.workbook import workbook
from tests.factories import body_tax_code
from tests.integration.imports.conftest import TODAY

OFFICER = Principal("Ada Accredita", frozenset({Role.ACCREDITATION}), user_id=7)
CODE = body_tax_code()
SEAT = {"address": "Via Roma, 3", "postal_code": 20077, "city": "Melegnano", "province": "MI"}
PROVIDER = {"name": "Il Melograno", "legal_form": "Cooperativa sociale", "tax_code": CODE,
            "third_sector": "Imprese sociali", "legal_representative": "Rosa Bianchi", **SEAT}
UNIT = {"provider": CODE, "name": "Nido La Chiocciola", "type": "Asilo nido", "municipality": "Melegnano",
        "capacity": 40, "min_age_months": 3, "max_age_months": 36, "manager": "Anna Verdi", **SEAT}
Rows = list[dict[str, object]]
Send = Callable[..., ImportReport]


def filled(sheets: dict[str, Rows]) -> bytes:
    """The program's own workbook with these rows in its sheets."""
    book = openpyxl.load_workbook(BytesIO(workbook(PROVIDERS.sheets)))
    for sheet in PROVIDERS.sheets:
        for row in sheets.get(sheet.name, []):
            assert row.keys() <= {column.name for column in sheet.columns}
            book[sheet.title].append([row.get(column.name) for column in sheet.columns])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def send(database: Database, loaded: None) -> Send:
    """``send([provider], [unit])`` imports these rows and gives the report."""

    def sending(providers: Rows, units: Rows = (), actor: Principal = OFFICER, **options: object) -> ImportReport:
        content = filled({"providers": list(providers), "units": list(units)})
        with unit_of_work(database, actor, act="import") as session:
            return run(session, IMPORTS["providers"], content, today=TODAY, **options)

    return sending


def told(report: ImportReport) -> list[str]:
    """What is said of the wrong rows."""
    return [str(row.findings[0]) for row in report.rows if row.findings]


def test_providers_come_with_their_insurance_and_their_units_in_operation(send: Send, database: Database):
    insured = {"insurer": "Assicurazioni Lombarde", "policy_number": "RC-1", "insured_from": "01/01/2026",
               "insured_to": "31/12/2026"}
    report = send([{**PROVIDER, **insured}],
                  [{**UNIT, "operating_from": "01/09/2021", "notice_number": "12/2021"},
                   {**UNIT, "provider": "il melograno", "name": "Aiuto a casa", "type": "sad", "capacity": None,
                    "min_age_months": None, "max_age_months": None}])
    assert report.applied, told(report)
    with ScopedSession(database, system("prova")) as session:
        provider = session.scalars(select(Provider)).one()
        assert (provider.legal_form, provider.third_sector, provider.postal_code) == (
            "social_cooperative", "social_enterprise", "20077")
        assert session.scalars(select(ProviderPaper.number)).all() == ["RC-1"]
        units = session.scalars(select(ServiceUnit).order_by(ServiceUnit.id)).all()
        assert [unit.state for unit in units] == ["operating", "planned"]
        assert session.scalars(select(OperatingNotice)).one().code == "12/2021"


def test_every_wrong_row_is_told_and_nothing_goes_in(send: Send, database: Database):
    report = send(
        [PROVIDER, {**PROVIDER, "name": "Due volte"}, {**PROVIDER, "tax_code": "01874170011"},
         {**PROVIDER, "tax_code": body_tax_code(), "legal_form": "Circo"},
         {**PROVIDER, "tax_code": body_tax_code(), "insurer": "Senza numero"}],
        [UNIT, {**UNIT, "capacity": 61}, {**UNIT, "capacity": 10}, {**UNIT, "type": "circo"},
         {**UNIT, "provider": "Nessuno"}, {**UNIT, "name": "Due", "operating_from": "01/09/2030"},
         {**UNIT, "name": "Tre", "notice_number": "1/2020"},
         {**UNIT, "name": "Quattro", "operating_from": "01/09/2021", "notice_number": "3/2020"},
         {**UNIT, "municipality": "Atlantide"}])
    assert not report.applied
    sentences = told(report)
    for word, sentence in zip(
        ("già di Il Melograno", "non è valido", "«Circo»", "il numero e il periodo", "61 non lo sono", "Micronido",
         "«circo»", "«Nessuno»", "non è ancora arrivato", "non il giorno", "Il numero è del 2020",
         "«Atlantide»"), sentences,
        strict=True,
    ):
        assert word in sentence
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(Provider)).all() == []


def test_forms_and_types_are_read_as_the_registers_spell_them(send: Send, database: Database):
    report = send([{**PROVIDER, "legal_form": "Soc. Coop. Soc. ONLUS"},
                   {**PROVIDER, "name": "Nidi Srl", "tax_code": body_tax_code(), "legal_form": "S.R.L."}],
                  [{**UNIT, "type": "Asili nido"}])
    assert report.applied, told(report)
    with ScopedSession(database, system("prova")) as session:
        assert sorted(session.scalars(select(Provider.legal_form))) == ["company", "social_cooperative"]
        assert session.scalars(select(ServiceUnit)).one().type.code == "nido"
    [sentence] = told(send([{**PROVIDER, "tax_code": body_tax_code(), "legal_form": "S.c.a r.l."}], []))
    assert "«S.c.a r.l.» non è tra le voci previste" in sentence  # a consortium or a cooperative: nobody guesses


def test_two_equal_units_of_a_file_are_refused_in_a_sentence(send: Send):
    report = send([PROVIDER], [UNIT, {**UNIT, "name": str(UNIT["name"]).upper()}])
    [sentence] = told(report)
    assert not report.applied and "dello stesso tipo e allo stesso indirizzo, è già registrata" in sentence


def test_a_provider_that_is_there_already_is_told(send: Send):
    assert send([PROVIDER]).applied
    [sentence] = told(send([PROVIDER], []))
    assert "una volta sola" in sentence
    assert send([], [UNIT]).applied


def test_a_rehearsal_keeps_nothing(send: Send, database: Database):
    assert send([PROVIDER], [UNIT], rehearse=True).is_clean
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(ServiceUnit)).all() == []


def test_it_is_not_everybodys_task(send: Send):
    with pytest.raises(NotAllowed):
        send([PROVIDER], actor=Principal("Conti", frozenset({Role.ACCOUNTING}), user_id=8))
