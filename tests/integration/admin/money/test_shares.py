"""From a budget to the share of a municipality, as accounting does it in the browser; and who sees what of it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import lxml.html
import pytest
from docx import Document
from sqlalchemy import select

from core.allocation import operations as allocation
from core.allocation.groups import GroupFacts, KeyFacts
from core.allocation.model import AllocationGroup, AllocationPlan, ShareLine, YearShare
from core.catalogue.model import Service
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.model import Budget, BudgetLine, FundingSource
from core.funding.rules import LineFacts
from core.parties.model import Membership
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import TODAY, House

APPROVAL = {"number": "4", "on": "2026-02-27", "votes_for": "7", "votes_against": "0", "votes_abstained": "1"}


def send(screen: Person, url: str, **typed: object) -> str:
    """Fill in the form of ``url`` and send it; the words of the page that follows."""
    screen.get(url)
    assert screen.send(**typed).status_code == 200
    return screen.text()


@pytest.fixture
def accountant(person: Enter) -> Person:
    """Accounting at the screen."""
    return person("contabilita")


def open_budget(house: House, screen: Person, year: int = 2026) -> int:
    """A budget with one service of 9.000 euros, half of them from a fund."""
    assert "Il bilancio è aperto" in send(screen, "/admin/bilanci/apri/", year=str(year), stage="budget")
    key = house.last(Budget)
    service = house.last(Service, Service.code == "neutral_space")
    fund = house.last(FundingSource, FundingSource.code == "fsr")
    page = send(screen, f"/admin/bilanci/voci/?id={key}&servizio={service}", **{
        "lines-0-title": "Educatori", "lines-0-kind": "direct_cost", "lines-0-amount": "9.000,00",
        "lines-1-title": "Fondo", "lines-1-kind": "source", "lines-1-amount": "4.500,00",
        "lines-1-source_id": str(fund)})
    assert "Le voci sono registrate" in page
    assert "€ -4.500,00" in page, "the service closes with its own result"
    return key


def open_plan(house: House, screen: Person, budget: int) -> int:
    """A plan that shares the service by residents."""
    assert "Il piano è aperto" in send(screen, f"/admin/riparto/apri/?budget={budget}")
    key = house.last(AllocationPlan)
    service = house.last(Service, Service.code == "neutral_space")
    page = send(screen, f"/admin/riparto/gruppo/?id={key}", title="Minori", service_ids=str(service),
                **{"keys-0-kind": "residents", "keys-0-weight": "100"})
    assert "Il gruppo è registrato" in page
    return key


def test_accounting_goes_from_the_first_cost_to_the_shares(house: House, accountant: Person) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    page = accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "€ 4.500,00" in page
    assert "Le quote, come risulterebbero" in page

    assert "non è ancora approvato" in send(accountant, f"/admin/riparto/passaggio/?atto=approve&id={plan}", **APPROVAL)
    said = send(accountant, f"/admin/bilanci/passaggio/?atto=approve&id={budget}", **APPROVAL)
    assert "Il bilancio è approvato" in said
    page = send(accountant, f"/admin/riparto/passaggio/?atto=approve&id={plan}", **APPROVAL)
    assert "Il piano di riparto è approvato" in page
    assert "deliberazione n. 4 del 27/02/2026: favorevoli 7, contrari 0, astenuti 1" in page
    with house.session() as session:
        shares = session.scalars(select(YearShare)).all()
        assert sum(share.amount for share in shares) == 4500
        assert all(share.document_id for share in shares)

    page = accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={house.id_of('dresano')}")
    assert "Residenti al" in page
    assert "Quota per il gruppo" in page

    record = accountant.read(f"/admin/bilanci/details/?id={budget}")
    apart = lxml.html.fromstring(accountant.page).xpath("//summary[.='Altri passaggi']/../div/a/text()")
    assert "Altri passaggi" in record and apart == ["Riapri"], "what is done by mistake at most stands apart"
    page = send(accountant, f"/admin/riparto/passaggio/?atto=undo&id={plan}", why="Voti sbagliati")
    assert "di nuovo in bozza" in page
    assert "di nuovo in bozza" in send(accountant, f"/admin/bilanci/passaggio/?atto=undo&id={budget}", why="Anche qui")


@pytest.mark.parametrize(("typed", "said"), [
    ({"keys-1-rate": "3,50"}, "Scegliere il tipo di ogni chiave"),
    ({"keys-0-bands-0-up_to": "5000", "keys-0-bands-1-value": "1"}, "A una fascia di popolazione manca il peso"),
    ({"deductions-0-amount": "100", "deductions-0-why": "sede"}, "Indicare di quale Comune è ogni detrazione"),
], ids=["a key without its kind", "a band without its value", "a deduction of nobody"])
def test_a_row_that_was_half_typed_is_asked_again_and_not_read_as_zero_or_left_out(
    house: House, accountant: Person, typed: dict[str, str], said: str
) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    page = send(accountant, f"/admin/riparto/gruppo/?id={plan}&gruppo={house.last(AllocationGroup)}", **typed)
    assert said in page and "Il gruppo è registrato" not in page


def test_a_key_that_is_there_is_taken_away_by_the_blank_kind(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    group = f"/admin/riparto/gruppo/?id={plan}&gruppo={house.last(AllocationGroup)}"
    page = send(accountant, group, **{"keys-0-kind": "", "keys-1-kind": "equal", "keys-1-weight": "100"})
    assert "Il gruppo è registrato" in page and "Parti uguali, peso 100 %" in page and "Residenti" not in page


def test_a_municipality_reads_its_own_share_and_no_other(
    house: House, accountant: Person, person: Enter
) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    dresano = person("dresano")
    assert dresano.get(f"/admin/riparto/details/?id={plan}").status_code == 404
    send(accountant, f"/admin/bilanci/passaggio/?atto=approve&id={budget}", **APPROVAL)
    send(accountant, f"/admin/riparto/passaggio/?atto=approve&id={plan}", **APPROVAL)

    page = dresano.read("/admin/quote/")
    assert "Le nostre quote" in page
    assert "1 voce" in page
    record = dresano.read(f"/admin/riparto/details/?id={plan}")
    assert "Dresano" in record
    assert "Melegnano" not in record
    own, other = house.id_of("dresano"), house.id_of("melegnano")
    assert "Quota per il gruppo" in dresano.read(f"/admin/riparto/calcolo/?id={plan}&comune={own}")
    assert dresano.get(f"/admin/riparto/calcolo/?id={plan}&comune={other}").status_code == 404

    with house.session() as session:
        ids = dict(session.execute(select(YearShare.municipality_id, YearShare.id)).all())
    answer = dresano.get(f"/admin/quote/documento/?id={ids[own]}")
    text = "\n".join(p.text for p in Document(BytesIO(answer.data)).paragraphs)
    assert "Comune di Dresano" in text
    assert dresano.get(f"/admin/quote/documento/?id={ids[other]}").status_code == 404
    assert dresano.get(f"/admin/bilanci/passaggio/?atto=undo&id={budget}").status_code == 403
    assert "Dresano" in dresano.read("/admin/quote/tre-anni/")


def test_what_is_wrong_is_said_and_what_was_typed_stays(house: House, accountant: Person) -> None:
    budget = open_budget(house, accountant)
    service = house.last(Service, Service.code == "neutral_space")
    url = f"/admin/bilanci/voci/?id={budget}&servizio={service}"
    for amount, word in (("-5,00", "non può essere negativo"), ("1.234", "più di due decimali"),
                         ("tanto", "non è un importo"), ("", "manca l'importo")):
        fields = {**accountant.fields(url), "lines-0-amount": amount}
        answer = accountant.post(url, fields, page=url)
        assert word in accountant.text(), amount
        assert 'value="Educatori"' in answer.text
    with house.session() as session:
        assert len(session.scalars(select(BudgetLine)).all()) == 2


def test_two_people_at_one_budget_do_not_overwrite_each_other(
    house: House, accountant: Person, person: Enter
) -> None:
    budget = open_budget(house, accountant)
    service = house.last(Service, Service.code == "neutral_space")
    url = f"/admin/bilanci/voci/?id={budget}&servizio={service}"
    seen = accountant.fields(url)
    send(person("direzione"), url, **{"lines-0-amount": "8.000,00"})
    accountant.post(url, {**seen, "lines-0-amount": "7.000,00"}, page=url)
    assert "Nel frattempo qualcun altro" in accountant.text()
    with house.session() as session:
        assert {str(line.amount) for line in session.scalars(select(BudgetLine))} == {"8000.00", "4500.00"}


def test_weights_that_do_not_make_100_are_refused_beside_the_keys(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    group = house.last(AllocationGroup)
    url = f"/admin/riparto/gruppo/?id={plan}&gruppo={group}"
    page = send(accountant, url, **{"keys-0-weight": "90"})
    assert "i pesi delle chiavi devono fare 100 e fanno 90" in page


def test_a_figure_typed_for_a_municipality_without_the_service_is_refused_by_name(
    house: House, accountant: Person
) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    group = house.last(AllocationGroup)
    url = f"/admin/riparto/gruppo/?id={plan}&gruppo={group}"
    stranger = house.id_of("san-giuliano-milanese")
    send(accountant, url, **{"keys-0-kind": "users", f"valore-0-{stranger}": "3"})
    assert "«San Giuliano Milanese» ha un valore" in accountant.read(f"/admin/riparto/details/?id={plan}")


def test_a_group_is_taken_out_after_asking(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    url = f"/admin/riparto/gruppo/togli/?id={plan}&gruppo={house.last(AllocationGroup)}"
    assert "Minori" in accountant.read(url)
    assert "è tolto dal piano" in send(accountant, url)


def test_a_key_is_tried_against_another_with_a_chart(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    answer = accountant.get(f"/admin/riparto/confronto/?piano={plan}&una=plan&altra=equal")
    assert "<svg" in answer.text
    page = accountant.text()
    assert "Parti uguali" in page
    assert "€ 0,00" in page
    assert "Scegliere una chiave" in accountant.read(
        f"/admin/riparto/confronto/?piano={plan}&una=plan&altra=stelle")
    assert "Due piani a confronto" in accountant.get(f"/admin/riparto/confronto/?piano={plan}&altro={plan}").text


def test_a_source_gets_the_name_that_another_document_uses(house: House, accountant: Person) -> None:
    source = house.last(FundingSource, FundingSource.code == "fsr")
    back = f"/admin/fonti/details/?id={source}"
    url = f"/admin/fonti/nomi/new/?source_id={source}&url={back}"
    assert "F.S.R." in send(accountant, url, name="F.S.R.", document="Scheda dei debiti informativi")
    assert "indica già la fonte" in send(accountant, url, name="f.s.r.", document="altra")


@pytest.mark.parametrize("name", ["contabilita", "direzione", "revisore", "dresano"])
def test_nonsense_in_an_address_is_never_an_error_of_the_program(
    house: House, accountant: Person, person: Enter, name: str
) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    someone = person(name)
    for url in (
        "/admin/bilanci/details/?id=x", "/admin/bilanci/voci/?id=1&servizio=-1", "/admin/bilanci/voci/?id=9e9",
        f"/admin/bilanci/voci/?id={budget}&servizio=99999", "/admin/riparto/apri/?budget=%00",
        f"/admin/riparto/gruppo/?id={plan}&gruppo=77", f"/admin/riparto/calcolo/?id={plan}&comune=x",
        "/admin/riparto/confronto/?piano=77", "/admin/riparto/confronto/?piano=&una=1&altra=2",
        "/admin/quote/tre-anni/?dal=99999999", "/admin/quote/documento/?id=0",
    ):
        assert someone.get(url).status_code in (200, 302, 403, 404), url


def test_an_auditor_reads_and_changes_nothing(
    house: House, accountant: Person, person: Enter
) -> None:
    budget = open_budget(house, accountant)
    auditor = person("revisore")
    page = auditor.get(f"/admin/bilanci/details/?id={budget}").text
    assert "Spazio Neutro" in page
    assert not re.search(r"bilanci/(voci|passaggio|cassa)", page)
    assert auditor.post(f"/admin/bilanci/passaggio/?atto=approve&id={budget}", dict(APPROVAL)).status_code == 403
    with house.session() as session:
        assert session.scalars(select(ShareLine)).all() == []


def test_three_years_go_into_the_municipality_s_own_spreadsheet(
    house: House, accountant: Person, person: Enter
) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    send(accountant, f"/admin/bilanci/passaggio/?atto=approve&id={budget}", **APPROVAL)
    send(accountant, f"/admin/riparto/passaggio/?atto=approve&id={plan}", **APPROVAL)
    text = person("dresano").get("/admin/quote/tre-anni/file/?dal=2026&formato=csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("Dresano;2026;")
    assert len(text.splitlines()) == 2, "its own row and no other"
    assert accountant.get("/admin/quote/tre-anni/file/?dal=2026&formato=xlsx").data[:2] == b"PK"
    assert accountant.get("/admin/quote/tre-anni/file/?formato=exe").status_code == 404


def test_a_key_that_counts_nothing_typed_asks_for_no_figures(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    url = f"/admin/riparto/gruppo/?id={plan}&gruppo={house.last(AllocationGroup)}"
    page = accountant.get(url).text
    assert "valore-0-" not in page, "residents are known"
    assert "valore-1-" in page, "a key that is still to be chosen may want figures"


def test_what_was_opened_by_mistake_is_cancelled_with_its_reason(house: House, accountant: Person) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    refused = send(accountant, f"/admin/bilanci/passaggio/?id={budget}&atto=cancel", why="Anno sbagliato")
    assert "annullare prima quello" in refused
    assert "è annullato" in send(accountant, f"/admin/riparto/passaggio/?id={plan}&atto=cancel", why="Doppione")
    assert "è annullato" in send(accountant, f"/admin/bilanci/passaggio/?id={budget}&atto=cancel", why="Anno sbagliato")
    shown = accountant.read(f"/admin/bilanci/details/?id={budget}")
    assert "Bilancio annullato il" in shown
    assert "Anno sbagliato" in shown
    assert "Nuovo piano di riparto" not in shown
    assert "Annullato" in accountant.read("/admin/riparto/")
    record = accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "Annullato: il motivo è nella storia" in record
    assert "Registra l'approvazione" not in record
    assert "non è più una bozza" in accountant.open(f"/admin/riparto/gruppo/?id={plan}").text
    assert "è già stato inviato" in send(accountant, "/admin/bilanci/apri/", year="2026", stage="budget")
    assert accountant.send().status_code == 200
    assert "Il bilancio è aperto" in accountant.text()


def test_a_plan_that_does_not_agree_with_the_memberships_asks_why(house: House, accountant: Person) -> None:
    with house.unit("uscita") as session:
        held = session.scalars(select(Membership).where(Membership.municipality_id == house.id_of("dresano"))).one()
        held.valid_to = date(2026, 9, 30)
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    send(accountant, f"/admin/bilanci/passaggio/?id={budget}&atto=approve", **APPROVAL)
    page = f"/admin/riparto/passaggio/?id={plan}&atto=approve"
    assert "Dresano non è più socio dal 01/10/2026" in accountant.read(page)
    assert "non concordano: indicare perché" in send(accountant, page, **APPROVAL)
    assert "è approvato" in send(accountant, page, **APPROVAL, reason="Recesso in corso di firma")
    shown = accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "Approvato con una motivazione" in shown
    assert "Recesso in corso di firma" in shown
    municipality = house.person("melegnano").read(f"/admin/riparto/details/?id={plan}")
    assert "Recesso in corso" not in municipality
    assert "Dresano" not in municipality


def test_final_shares_are_corrected_in_the_browser(house: House, accountant: Person) -> None:
    with house.unit("conti") as session:
        service = session.scalars(select(Service.id).where(Service.code == "neutral_space")).one()
        budget = funding.open_budget(session, 2026, "accounts")
        cost = [LineFacts("direct_cost", "Educatori", Decimal("9000.00"))]
        funding.set_lines(session, budget.id, service, cost, version=None)
        funding.approve(session, budget.id, Approval("3", date(2026, 2, 26), 7), today=TODAY)
        plan = allocation.open_plan(session, budget.id, title="Riparto definitivo 2026")
        allocation.set_group(session, plan.id, None, GroupFacts("Minori", [service], [KeyFacts("equal", Decimal(100))]))
        allocation.approve(session, plan.id, Approval("3", date(2026, 2, 26), 7), letters=False, today=TODAY)
        key = plan.id
    assert "La rettifica è aperta" in send(accountant, f"/admin/riparto/rettifica/?id={key}", why="Chiavi sbagliate")
    made = house.last(AllocationPlan)
    group = house.last(AllocationGroup)
    send(accountant, f"/admin/riparto/gruppo/?id={made}&gruppo={group}", **{"keys-0-kind": "residents"})
    shown = accountant.read(f"/admin/riparto/details/?id={made}")
    assert "Che cosa cambia" in shown
    assert "Chiavi sbagliate" in shown
    assert "Prende il posto di «Riparto definitivo 2026»" in accountant.read(
        f"/admin/riparto/passaggio/?id={made}&atto=approve")
    send(accountant, f"/admin/riparto/passaggio/?id={made}&atto=approve", **APPROVAL)
    assert "Corretto da un altro piano" in accountant.read(f"/admin/riparto/details/?id={key}")
    own = house.person("dresano").read(f"/admin/riparto/details/?id={made}")
    assert "Che cosa cambia" in own
    assert "Melegnano" not in own


# --- keys in euro, bands, deductions, limits --------------------------------------------------------------


def group_page(house: House, plan: int) -> str:
    return f"/admin/riparto/gruppo/?id={plan}&gruppo={house.last(AllocationGroup)}"


def test_a_rate_by_bands_is_typed_in_and_explained(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    url = group_page(house, plan)
    refused = send(accountant, url, **{"keys-0-kind": "rate", "keys-0-weight": ""})
    assert "ha un importo in euro maggiore di zero" in refused
    assert "keys-0-rate" in accountant.fields(), "the page asks now what a rate needs"
    assert "L'ultima fascia" in send(accountant, url, **{
        "keys-0-kind": "rate", "keys-0-weight": "", "keys-0-bands-0-up_to": "5.000", "keys-0-bands-0-value": "0,10"})
    done = send(accountant, url, **{
        "keys-0-kind": "rate", "keys-0-weight": "", "keys-0-banding": "marginal", "keys-0-bands-0-up_to": "5.000",
        "keys-0-bands-0-value": "0,10", "keys-0-bands-1-value": "0,05"})
    assert "Il gruppo è registrato" in done
    assert "a fasce: fino a 5.000 abitanti 0,1; oltre 0,05" in done
    assert "il costo da ripartire nel bilancio è € 4.500,00" in done
    assert 'value="5000"' in accountant.get(url).text
    shown = accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={house.id_of('melegnano')}")
    assert re.search(r"5\.000 × € 0,10 \+ [\d.]+ × € 0,05 = € ", shown)
    assert "5.000" not in accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={house.id_of('dresano')}")


def test_a_fee_with_what_families_pay_is_typed_in_beside_each_municipality(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    url, own = group_page(house, plan), house.id_of("dresano")
    accountant.get(url)
    accountant.send(more="1", **{"keys-1-kind": "daily_fee"})
    assert f"recupero-1-{own}" in accountant.fields(), "nothing is recorded, the page asks for what a fee needs"
    done = {f"valore-1-{own}": "20", f"recupero-1-{own}": "1.000,00", "keys-1-rate": "48,50"}
    accountant.send(**done)
    assert "supera la sua retta" in accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "Il gruppo è registrato" in send(accountant, url, **{f"recupero-1-{own}": "100,00"})
    shown = accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={own}")
    assert "20 × € 48,50 = € 970,00" in shown
    assert "le famiglie pagano all'Azienda" in accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "resta al Comune € 970,00 − € 100,00 = € 870,00" in shown


def test_a_figure_with_a_dot_for_thousands_is_not_read_as_thousandths(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    url, own = group_page(house, plan), house.id_of("dresano")
    send(accountant, url, **{"keys-0-kind": "users", f"valore-0-{own}": "1.980"})
    assert 'value="1980"' in accountant.get(url).text
    send(accountant, url, **{"keys-0-kind": "residents", f"valore-0-{own}": ""})
    typed = {"keys-1-kind": "steps", "keys-1-steps": "5", "keys-1-step": "2", f"valore-1-{own}": "1.000"}
    assert "più di due decimali" in send(accountant, url, **typed)
    done = send(accountant, url, **{**typed, f"valore-1-{own}": "1.000,00"})
    assert "Quota storica in euro, passo 2 di 5" in done
    shown = accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={own}")
    assert "€ 1.000,00 × 3/5 = € 600,00" in shown


def test_a_deduction_of_one_municipality_is_typed_in_with_its_reason(
    house: House, accountant: Person, person: Enter
) -> None:
    budget = open_budget(house, accountant)
    plan = open_plan(house, accountant, budget)
    url, own = group_page(house, plan), house.id_of("dresano")
    typed = {"deductions-0-municipality_id": str(own), "deductions-0-amount": "10,00"}
    assert "Indicare il motivo di ogni detrazione" in send(accountant, url, **typed)
    done = send(accountant, url, **typed, **{"deductions-0-why": "Sede propria"})
    assert "Dresano € 10,00, Sede propria" in done
    send(accountant, f"/admin/bilanci/passaggio/?atto=approve&id={budget}", **APPROVAL)
    send(accountant, f"/admin/riparto/passaggio/?atto=approve&id={plan}", **APPROVAL)
    melegnano = person("melegnano")
    shown = melegnano.read(f"/admin/riparto/calcolo/?id={plan}&comune={house.id_of('melegnano')}")
    assert "Detrazione di un altro Comune: Sede propria" in shown
    assert "Dresano" not in shown
    assert "Dresano" not in melegnano.read(f"/admin/riparto/details/?id={plan}")


def test_limits_to_the_yearly_change_are_set_and_tried(house: House, accountant: Person) -> None:
    plan = open_plan(house, accountant, open_budget(house, accountant))
    settings = f"/admin/riparto/impostazioni/?id={plan}"
    assert "una percentuale da 0 a 100" in send(accountant, settings, cap="5", floor="101")
    assert "non è nota alcuna quota" in send(accountant, settings, cap="5", floor="10")
    with house.unit("quote") as session:
        session.add_all(YearShare(year=2025, kind="budget", origin="import", approved_on=date(2025, 1, 31),
                                  municipality_id=house.id_of(slug), amount=Decimal(amount))
                        for slug, amount in (("dresano", "100.00"), ("carpiano", "90.00")))
    page = accountant.read(f"/admin/riparto/details/?id={plan}")
    assert "Limiti alla variazione della quota" in page
    assert "I limiti alla variazione non vincolano" in page
    shown = accountant.read(f"/admin/riparto/calcolo/?id={plan}&comune={house.id_of('dresano')}")
    assert "quota del 2025 € 100,00, più il 5%: € 105,00" in shown
    trial = accountant.read(f"/admin/riparto/confronto/?piano={plan}&una=before&altra=plan")
    assert "Quote del 2025" in trial
    assert "5,0 %" in trial
    assert "senza limiti alla variazione" in accountant.read(
        f"/admin/riparto/confronto/?piano={plan}&una=plan&altra=unlimited")
