"""R152, X23, D5: the single budget by seven sources and three moments, from the core's budgets; what to check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue.model import Area, Sector, Service, ServiceSector
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.figures import BudgetFigure, budget_figures
from core.funding.model import FundingSource
from core.funding.rules import LineFacts
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda
from core.plugins.bound import bind
from core.plugins.loading import Registry
from plugins.fund_monitoring.channels import SingleBudget, channels, findings, reckoned, single_budget
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import visiting

D = Decimal
TODAY = date(2026, 3, 10)
# what the names of the sheet mean in the seed (X23)
SOURCES = {"FNPS": "fnps", "FSR": "fsr", "FNA": "non_self_sufficiency", "Intese regionali": "regional_agreements",
           "Comuni": "municipal_resources", "Partnership con la Provincia": "metropolitan_partnership",
           "Unione Europea": "other_contracts", "Utenti": "tariffs", "Privati": "private_contributions"}
SECTORS = {"home_care_vouchers": "disability_elderly", "professional_social_work": "social_work",
           "work_placement": "inclusion", "children_and_families": "minors"}


def paid(service: str, source: str, amount: str, *, stage: str = "accounts", kind: str = "source",
         approved: bool = True) -> BudgetFigure:
    """A row of a budget."""
    return BudgetFigure(stage, approved, service, f"Servizio {service}", frozenset({SECTORS[service]}), kind, source,
                        D(amount))


def reckon(*figures: BudgetFigure, sources: Mapping[str, str] = SOURCES) -> SingleBudget:
    return reckoned(figures, sources)


def said(budget: SingleBudget) -> list[str]:
    return [str(finding) for finding in findings(budget)]


def totals(budget: SingleBudget, moment: str) -> dict[str, Decimal]:
    return {channel.short: amount for channel in channels() if (amount := budget.total(channel, moment))}


def test_r152_the_sources_are_seven_in_the_order_of_the_sheet() -> None:
    assert [channel.short for channel in channels()] == [
        "FNPS", "FSR", "FNA", "Intese", "Comuni", "Città Metr.", "Altre"]


def test_x23_every_source_of_article_12_is_in_one_of_the_seven() -> None:
    names = [name for channel in channels() for name in channel.names]
    assert sorted(names) == sorted(SOURCES) and len(set(SOURCES.values())) == 9


def test_r152_users_and_private_money_are_the_seventh_source() -> None:
    budget = reckon(
        paid("home_care_vouchers", "non_self_sufficiency", "92000.00"),
        paid("home_care_vouchers", "", "95340.60", kind="user_fee"),
        paid("home_care_vouchers", "private_contributions", "1000.00"),
        paid("home_care_vouchers", "other_contracts", "500.40"),
        paid("home_care_vouchers", "municipal_resources", "203900.00"),
        paid("home_care_vouchers", "", "405118.90", kind="direct_cost"))
    assert totals(budget, "final") == {"FNA": D("92000.00"), "Comuni": D("203900.00"), "Altre": D("96841.00")}
    assert budget.whole("final") == D("392741.00"), "a cost is no source"


def test_r154_the_forecast_is_the_approved_budget_and_until_then_the_forecast() -> None:
    early = paid("children_and_families", "fnps", "90000.00", stage="forecast", approved=False)
    later = paid("children_and_families", "fnps", "98000.00", stage="budget")
    assert totals(reckon(early), "forecast") == {"FNPS": D("90000.00")}
    assert reckon(early).stages == {"forecast": ("forecast", False)}
    both = reckon(early, later, paid("children_and_families", "fnps", "97250.00"))
    assert totals(both, "forecast") == {"FNPS": D("98000.00")}
    assert both.stages == {"forecast": ("budget", True), "final": ("accounts", True)}
    [row] = both.paid
    assert row.amounts == {"forecast": D("98000.00"), "final": D("97250.00")}
    assert both.total(channels()[0], "check") is None, "no figure where there is no budget"


@pytest.mark.parametrize(("service", "source", "sentence"), [
    ("professional_social_work", "fsr", "FSR è speso per «Servizio professional_social_work», fuori dalla sua"),
    ("children_and_families", "non_self_sufficiency", "FNA è speso per «Servizio children_and_families», fuori"),
    ("home_care_vouchers", "regional_agreements", "Intese è speso per «Servizio home_care_vouchers», fuori"),
])
def test_d5_spending_outside_the_purposes_of_a_source_is_a_finding(service: str, source: str, sentence: str) -> None:
    [remark] = said(reckon(paid(service, source, "45000.00")))
    assert remark.startswith(sentence)


@pytest.mark.parametrize(("service", "source"), [
    ("home_care_vouchers", "fsr"), ("work_placement", "fsr"), ("children_and_families", "fsr"),
    ("home_care_vouchers", "non_self_sufficiency"), ("children_and_families", "regional_agreements"),
    ("professional_social_work", "metropolitan_partnership"), ("professional_social_work", "municipal_resources"),
])
def test_d5_spending_within_them_is_none(service: str, source: str) -> None:
    assert said(reckon(paid(service, source, "45000.00"))) == []


def test_d5_the_national_fund_adds_to_what_the_municipalities_pay() -> None:
    alone = paid("professional_social_work", "fnps", "100.00")
    assert said(reckon(alone)) == ["FNPS paga da solo «Servizio professional_social_work»: si aggiunge alle risorse "
                                   "dei Comuni, e qui non ce ne sono."]
    assert said(reckon(alone, paid("professional_social_work", "municipal_resources", "1.00"))) == []


def test_a_source_of_none_of_the_seven_and_a_name_without_a_source_are_told() -> None:
    known = {name: code for name, code in SOURCES.items() if name != "FNA"}
    budget = reckon(paid("home_care_vouchers", "non_self_sufficiency", "10.00"), sources=known)
    assert said(budget) == [
        "«FNA» non indica nessuna fonte di finanziamento: aggiungere questo nome alla fonte giusta.",
        "«Servizio home_care_vouchers»: una fonte del bilancio non è nessuna delle sette del budget unico: darle uno "
        "dei loro nomi, o correggere la voce."]
    assert budget.whole("final") == D("10.00"), "nothing is lost"


# --- from the core's budgets, and on the page -------------------------------------------------------------


@pytest.fixture
def house(full_database: Database, registry: Registry) -> Database:
    """The accounts of 2025, approved, and a forecast of 2026, a draft: social workers, partly paid by the region."""
    bind(full_database, registry)
    with unit_of_work(full_database, system("prova"), act="arrivo") as session:
        session.add_all([factories.municipality("Dresano"), factories.filled(
            Azienda, kind="azienda", name="Azienda Sociale", short_name="A.S.", tax_code=factories.body_tax_code())])
        sector = factories.filled(Sector, code="social_work", title="Servizio sociale", order=1,
                                  area=factories.filled(Area, code="1", title="Area", kind="services", order=1))
        service = factories.filled(Service, code="professional_social_work", title="Servizio sociale", order=1)
        service.sectors = [ServiceSector(sector=sector, order=1)]
        session.add_all([service, *(FundingSource(code=code, title=code.upper(), order=place)
                                    for place, code in enumerate(SOURCES.values()))])
        session.flush()
        keys = {row.code: row.id for row in session.scalars(select(FundingSource))}
        for name, code in SOURCES.items():
            if name.casefold() != code:
                funding.name_source(session, keys[code], name, "Scheda")
        lines = [LineFacts("direct_cost", "Assistenti sociali", D("395402.33")),
                 LineFacts("source", "Fondo regionale", D("45000.00"), keys["fsr"]),
                 LineFacts("source", "Quote", D("350402.33"), keys["municipal_resources"])]
        for year, stage in ((2025, "accounts"), (2026, "forecast")):
            budget = funding.open_budget(session, year, stage)
            funding.set_lines(session, budget.id, service.id, lines, version=None)
            if year == 2025:
                funding.approve(session, budget.id, Approval("5", date(2026, 2, 28), 7), today=TODAY)
    return full_database


def test_r152_it_reads_the_rows_of_the_budgets_and_keeps_no_second_one(house: Database, manager: Principal) -> None:
    with ScopedSession(house, manager) as session:
        assert totals(single_budget(session, 2025), "final") == {"FSR": D("45000.00"), "Comuni": D("350402.33")}
        assert single_budget(session, 2026).stages == {"forecast": ("forecast", False)}
        assert single_budget(session, 2024).paid == ()
    with ScopedSession(house, factories.clerk_of(1)) as session:
        assert [figure.stage for figure in budget_figures(session, 2025)] == ["accounts"] * 3
        assert budget_figures(session, 2026) == [], "a draft is the azienda's"


def test_r154_the_page_shows_sources_moments_and_remarks_and_is_taken_away(house: Database,
                                                                          application: Application) -> None:
    visit = visiting(house, application, TODAY)
    page = " ".join(visit(Role.ACCOUNTING).get("/admin/budget-unico/?anno=2025").text.split())
    assert "€ 45.000,00" in page and "<svg" in page
    assert "Consuntivo: dal bilancio d" in page, page[page.find("Consuntivo"):][:200]
    assert "fuori dalla sua finalità" in page
    draft = visit(Role.ACCOUNTING).get("/admin/budget-unico/").text
    assert "Budget unico 2026" in draft.replace("</h1>", "") and "non ancora approvato" in draft
    town = visit(Role.MUNICIPALITY).get("/admin/budget-unico/?anno=2026").text
    assert "Budget unico 2025" in town and "fuori dalla sua finalità" not in town
    file = visit(Role.ACCOUNTING).get("/admin/esporta/fund_monitoring_budget.csv?anno=2025").text
    assert "2025;Fondo Sociale Regionale (FSR);Servizio sociale;;;45000,00" in file.replace(".", "")
    assert visit(Role.ACCREDITATION).get("/admin/budget-unico/").status_code == 403
