"""Requirement sets: the shipped ones, a new type by data alone, a new edition, files that are refused whole."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.accreditation import decree, operations
from core.accreditation.decree import DecidingAct
from core.accreditation.model import Requirement, RequirementSet
from core.accreditation.sets import add_set, install_sets, set_on
from core.deadlines.model import Deadline, DeadlineRule
from core.ground.errors import NotAllowed, RuleBroken
from core.providers import operations as providers
from core.providers import types
from tests.integration.accreditation.conftest import OFFICER, PDF, TODAY, Place, Procedure, open_nido
from tests.integration.providers.conftest import unit_facts
from tests.unit.accreditation.test_set_files import EIGHT

SHIPPED = {"nido", "micronido", "centro_prima_infanzia", "nido_famiglia", "cse", "sfa", "aes", "sad", "famiglie", "adh",
           "progetti_individuali"}


def test_the_sets_of_the_six_families_are_shipped_and_installed_once(unit, place: Place):
    with unit() as session:
        assert set(session.scalars(select(RequirementSet.code))) == SHIPPED
        assert install_sets(session) == 0


def test_every_requirement_says_where_it_comes_from(unit, place: Place):
    with unit() as session:
        bare = session.scalars(select(Requirement.code).where(
            Requirement.kind != "group", Requirement.legal_source == "")).all()
        assert bare == []
        verified = select(Requirement.limit).join(RequirementSet).where(
            Requirement.verified, Requirement.limit.is_not(None), RequirementSet.code != "nido")
        assert session.scalars(verified).all() == []  # only the figures of the nidi were read at their source


def test_a_new_type_with_eight_requirements_is_used_the_same_minute(procedure: Procedure):
    with procedure.unit("dati", OFFICER) as session:
        kind = types.add_type(session, {
            "code": "centro_estivo", "name": "Centro estivo", "area": "minors", "regional": False,
            "valid_from": date(2026, 1, 1), "legal_source": "Da verificare", "provides_at": "seat",
            "limits_verified": False})
        add_set(session, EIGHT.encode(), today=TODAY)
        centre = providers.add_unit(session, procedure.place.provider, unit_facts(kind.id, name="Centro del Parco"),
                                    today=TODAY)
        open_nido(session, centre.id)
    procedure.place = Place(procedure.place.provider, centre.id, procedure.place.planned, procedure.place.types)
    procedure.open()
    assert len([row for row in procedure.requirements() if row.kind != "group"]) == 8
    procedure.step(operations.declare, {"bambini": Decimal(40), "educatori": Decimal(4), "ore": Decimal("8.5")})
    for asked in procedure.requirements():
        if asked.evidence:
            procedure.step(operations.attach, asked.id, file=PDF, expires_on=None)
    procedure.step(operations.file)
    procedure.step(operations.find_complete)
    for code in procedure.unsettled():
        procedure.settle(code)
    procedure.step(decree.grant, DecidingAct("1", TODAY, "", PDF))
    assert procedure.row().state == "granted"


def test_a_new_edition_holds_from_its_day_and_running_procedures_keep_theirs(procedure: Procedure):
    procedure.open()
    before = procedure.row().set_id
    newer = EIGHT.replace('code = "centro_estivo"', 'code = "nido"').replace('["centro_estivo"]', '["nido"]').replace(
        "2026-01-01", "2026-07-01")
    with procedure.unit("dati", OFFICER) as session:
        edition = add_set(session, newer.encode(), today=TODAY)
        assert (edition.edition, edition.id != before) == (2, True)
        assert set_on(session, "nido", date(2026, 6, 30)).id == before
        assert set_on(session, "nido", date(2026, 7, 1)).id == edition.id
    assert procedure.row().set_id == before
    with pytest.raises(RuleBroken, match="più tardi"), procedure.unit("dati", OFFICER) as session:
        add_set(session, newer.replace("2026-07-01", "2026-06-01").encode(), today=TODAY)


def test_a_file_that_is_wrong_leaves_nothing(unit, place: Place):
    with unit() as session:
        before = session.scalar(select(func.count(Requirement.id)))
    for wrong, words in ((EIGHT.replace('kind = "ratio"', 'kind = "rapporto"'), "Riga "),
                         (EIGHT, "«centro_estivo» non è tra quelli registrati")):
        with pytest.raises(RuleBroken, match=words), unit("dati", OFFICER) as session:
            add_set(session, wrong.encode(), today=TODAY)
    with pytest.raises(NotAllowed), unit("dati", place.person) as session:
        add_set(session, EIGHT.encode(), today=TODAY)
    with unit() as session:
        assert session.scalar(select(func.count(Requirement.id))) == before


def test_a_type_without_a_set_is_said_in_words(procedure: Procedure):
    with procedure.unit("dati", OFFICER) as session:
        casa = providers.add_unit(session, procedure.place.provider, unit_facts(
            procedure.place.types["casa"], name="Casa Verde"), today=TODAY)
        open_nido(session, casa.id)
    with pytest.raises(RuleBroken, match="non c'è ancora un insieme di requisiti"), \
            procedure.unit("prova", OFFICER) as session:
        operations.open_application(session, casa.id, today=TODAY + timedelta(days=1))


def test_windows_fee_and_one_end_are_kept_to(procedure: Procedure):
    of_nidi = EIGHT.replace('code = "centro_estivo"', 'code = "nido"').replace('["centro_estivo"]', '["nido"]')
    windowed = of_nidi.replace("extension_months = 0", "extension_months = 0\nfee = 50.00\nends_on = 2027-12-31") + (
        "\n[[windows]]\nfrom = 2026-03-05\nto = 2026-03-20\ndecide_by = 2026-06-30\n"
        '\n[[services]]\ncode = "P1"\ntitle = "Retta"\nunit = "month"\nprice = 480\n')
    with procedure.unit("dati", OFFICER) as session:
        add_set(session, windowed.encode(), today=TODAY)
    day = date(2026, 3, 10)
    procedure.open()
    procedure.step(operations.declare, {"bambini": Decimal(40), "educatori": Decimal(4), "ore": Decimal("8.5")})
    for asked in procedure.requirements():
        if asked.evidence:
            procedure.step(operations.attach, asked.id, file=PDF, expires_on=None)
    with pytest.raises(RuleBroken, match="la prossima finestra va dal 05/03/2026 al 20/03/2026"):
        procedure.step(operations.file)
    procedure.step(operations.file, on=day)
    with pytest.raises(RuleBroken, match="Manca il pagamento del contributo di € 50,00"):
        procedure.step(operations.find_complete, on=day)
    with pytest.raises(RuleBroken, match="si ritrova il pagamento"):
        procedure.step(operations.pay_fee, paid_on=day, reference=" ", file=None, on=day)
    procedure.step(operations.pay_fee, paid_on=day, reference="Bonifico 77", file=PDF, on=day)
    procedure.step(operations.find_complete, on=day)
    with procedure.unit() as session:
        term = session.scalars(select(Deadline).join(DeadlineRule).where(
            DeadlineRule.code == "accreditation_decree")).one()
        assert term.nominal == date(2026, 6, 30)
    for code in procedure.unsettled():
        procedure.settle(code, on=day)
    procedure.step(decree.grant, DecidingAct("1", day, "", PDF), on=day)
    procedure.step(decree.sign_pact, signed_on=day, valid_from=day, file=PDF, on=day)
    assert procedure.row().runs_to == date(2027, 12, 31)
