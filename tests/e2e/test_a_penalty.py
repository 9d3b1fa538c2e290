"""A penalty at a real browser: a visit, the notice, its letters, the hearing, the decision, arbitration, the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from admin.app import create_app
from admin.command import demo_users, worker
from core.documents.reading import blocks_of
from core.ground.access import system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import run
from core.imports.subjects import IMPORTS
from core.instalments.model import InterestRate
from core.plugins.loading import Registry
from demo.load import load
from tests.conftest import Migrated
from tests.e2e.conftest import enter, move_to, picture, served
from tests.ground import Ground
from tests.integration.imports.conftest import filled

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

OPENING = date(2026, 10, 1)
CLERK, STRANGER = "ufficio@melegnano.example", "ufficio@dresano.example"
MANAGEMENT, ACCOUNTING, AUDITOR = "direzione@assemi.example", "contabilita@assemi.example", "revisore@assemi.example"
SERVICE = "Centro Affidi Territoriale (C.A.T.)"


@pytest.fixture(scope="module")
def app(ground: Ground, migrated: Migrated, registry: Registry, cheap_passwords: None) -> Flask:
    """The district with Melegnano's and Dresano's contracts in force, and the legal rate of interest."""
    database, folder = ground.copy("penalty", *migrated("sqlite", registry))
    settings = Settings(data_dir=folder, today=OPENING)
    rows: list[dict[str, object]] = [
        {"code": f"{number}/2026", "municipalities": name, "starts_on": "01/01/2026", "ends_on": "31/12/2027",
         "signed_on": "16/12/2025", "services": SERVICE} for number, name in ((1, "Melegnano"), (2, "Dresano"))]
    with unit_of_work(database, system("prova"), act="carico") as session:
        load(session, registry)
        demo_users.ensure(session)
        session.add(InterestRate(kind="legal", valid_from=date(2026, 1, 1), percent=Decimal("1.6"), source="D.M."))
    with unit_of_work(database, system("prova"), act="importa") as session:
        report = run(session, IMPORTS["contracts"], filled("contracts", *rows), today=OPENING)
        assert report.applied, report.wrong
    return create_app(settings, database=database, registry=registry)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as place:
        yield place


@pytest.fixture
def play(app: Flask) -> Callable[[date], None]:
    """Let another day come, with a round of the worker."""

    def go(day: date) -> None:
        office = move_to(app, day)
        worker.run_once(office.settings, office.database, new_day=False)

    return go


@pytest.fixture
def scan(tmp_path: Path) -> Callable[[str], Path]:
    """A file to send."""

    def make(name: str) -> Path:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(b"%PDF-1.7 prova")
        return path

    return make


def press(page: Page, name: str) -> None:
    """The button or link of the page that says ``name``."""
    main = page.locator("main")
    main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()


def fill(page: Page, **typed: str | Path) -> None:
    """Fill in fields by their names: a choice by its words, a file by its path."""
    for name, value in typed.items():
        field = page.locator(f"main [name={name}]")
        if isinstance(value, Path):
            field.set_input_files(value)
        elif field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def send(page: Page) -> None:
    """The button of the form that is open."""
    page.locator("main form button[type=submit]").last.click()


def do(page: Page, verb: str, done: str, **typed: str | Path) -> None:
    """A passage on its own page, from the button of the record to the sentence that says that it is done."""
    press(page, verb)
    fill(page, **typed)
    send(page)
    expect(page.get_by_role("status")).to_contain_text(done)


def refused(page: Page, words: str, **typed: str) -> None:
    """Send the form that is open: it is refused with ``words``, and what was typed stays."""
    fill(page, **typed)
    send(page)
    expect(page.locator("main")).to_contain_text(words)
    for name, value in typed.items():
        expect(page.locator(f"main [name={name}]")).to_have_value(value)


def letter(page: Page, name: str, *words: str, **typed: str) -> None:
    """Prepare a letter of the record that is open, download it and read it; come back to the record."""
    record = page.url
    press(page, f"Prepara: {name}")
    fill(page, **typed)
    press(page, "Prepara la lettera")
    expect(page.get_by_role("status")).to_contain_text("La lettera è pronta")
    with page.expect_download() as download:
        press(page, "Scarica l'ultima versione")
    said = " ".join(str(block) for block in blocks_of(Path(download.value.path()).read_bytes())).replace("\\xa0", " ")
    for text in words:
        assert text in said, (name, text, said)
    page.goto(record)


def closed_to(page: Page, who: str, *addresses: str) -> None:
    """Nobody learns that it is there: the pages are not found."""
    enter(page, who)
    for place in addresses:
        assert page.request.get(place).status == 404, place


def object_to_what_was_not_decided(page: Page, penalty: str, scan: Callable[[str], Path]) -> None:
    """The debtor cancels the penalty on the municipality's behalf: the municipality reads it at home, and stops it."""
    enter(page, MANAGEMENT)
    page.goto(penalty)
    page.locator("summary", has_text="Altri passaggi").click()
    press(page, "Annulla la penale")
    expect(page.locator("main")).to_contain_text("È un atto dell'ente")
    refused(page, "Questo dato è necessario", why="Così inteso.")  # without the municipality's document
    fill(page, file=scan("lettera-del-comune"))
    send(page)
    expect(page.locator("main")).to_contain_text("registrato dall'azienda per conto del Comune")
    enter(page, CLERK)
    page.goto("/admin/")
    expect(page.locator("main")).to_contain_text("ha registrato per conto dell'ente: l'annullamento della penale")
    press(page, "Apri l'atto")
    expect(page.locator("main")).to_contain_text("lettera-del-comune.pdf")
    do(page, "Opponiti", "l'atto è fermo", why="Nessuno ha deciso.")
    act = page.url
    page.goto(penalty)
    expect(page.locator("main")).to_contain_text("Decisa per € 600,00")
    page.goto(act)
    do(page, "Annulla l'atto", "L'atto è annullato", why="Il Comune non ha deciso nulla.")
    page.goto(penalty)
    expect(page.locator("main")).to_contain_text("Decisa per € 600,00")


def test_a_penalty_goes_from_the_visit_to_the_award_and_the_last_letter(
    page: Page, play: Callable[[date], None], scan: Callable[[str], Path]
) -> None:
    enter(page, CLERK)
    page.goto("/admin/contratti/")
    page.get_by_role("link", name="1/2026", exact=True).first.click()
    do(page, "Chiedi un controllo", "Il controllo è registrato", title="Visita al Centro Affidi", kind="Visita",
       service_id=SERVICE, text="Vedere la sede e il registro degli incontri.")
    control = page.url
    enter(page, MANAGEMENT)
    page.goto(control)
    do(page, "Rispondi", "La risposta è registrata", text="Si propone il 5 ottobre.", planned_on="2026-10-05")

    play(date(2026, 10, 5))
    enter(page, CLERK)
    page.goto(control)
    do(page, "Registra il verbale", "Il verbale è registrato", held_on="2026-10-05", present="Carla Spinelli",
       minutes="La sede era chiusa.", serious="Sede chiusa dieci giorni.\nOtto incontri saltati.", file=scan("verbale"))
    expect(page.locator("main .diary")).to_contain_text("(verbale.pdf)")
    press(page, "Apri una diffida")
    refused(page, "Scegliere il tipo di inadempienza", conflict_note="La Sindaca si astiene.")
    for row, kind in ((0, 1), (1, 2)):
        page.locator(f"[name=findings-{row}-kind]").select_option(index=kind)
    press(page, "Registra la bozza")
    notice = page.url
    expect(page.locator("main")).to_contain_text("Bozza: non è ancora partita")
    letter(page, "Diffida", "diffida n. 1/2026", "Otto incontri saltati.", "entro 15 (quindici) giorni",
           "La Sindaca si astiene.")
    press(page, "Registra l'invio della diffida")
    page.locator("main [name=file]").set_input_files(scan("accettazione"))
    refused(page, "Già scelto: accettazione.pdf", protocol_number="1500/2026")  # how it left is missing
    fill(page, channel="PEC")
    send(page)
    do(page, "Registra il ricevimento", "i termini corrono", file=scan("consegna"))
    expect(page.locator("main")).to_contain_text("Ricevuta il 05/10/2026, con risposta entro il 20/10/2026")

    play(date(2026, 10, 6))
    enter(page, MANAGEMENT)
    page.goto("/admin/scadenze/")
    picture(page, "deadline-list")
    page.goto("/admin/")  # it waits at home
    expect(page.locator("main")).to_contain_text("Diffida n. 1/2026")
    picture(page, "home")
    page.goto(notice)
    picture(page, "notice-record")
    letter(page, "Conferma di ricevimento", "5 ottobre 2026", "20 ottobre 2026")
    do(page, "Registra la risposta", "La risposta è registrata", kind="presenta deduzioni", answered_on="2026-10-05",
       text="La chiusura era concordata.", file=scan("deduzioni"))

    enter(page, CLERK)
    page.goto(notice)
    do(page, "Convoca le parti", "La convocazione è registrata", summoned_for="2026-10-12", at="10:30",
       place="Municipio, sala giunta")
    letter(page, "Convocazione in contraddittorio", "12 ottobre 2026", "10:30", "Municipio, sala giunta")
    play(date(2026, 10, 12))
    page.goto(notice)
    letter(page, "Verbale del contraddittorio", "Carla Spinelli, Comune", "Il Comune conferma.",
           "La chiusura era concordata.", present="Carla Spinelli, Comune\nIlaria Montevecchi, azienda",
           minutes="Il Comune conferma.")
    do(page, "Registra il contraddittorio", "Il verbale è registrato", present="Carla Spinelli\nIlaria Montevecchi",
       minutes="Il Comune conferma.", file=scan("firmato"))
    expect(page.locator("main")).to_contain_text("attendere la fine del termine per rispondere")
    expect(page.get_by_role("link", name="Decidi", exact=True)).to_have_count(0)

    play(date(2026, 10, 21))
    page.goto(notice)
    press(page, "Decidi")
    for field in page.locator("[name^=outcome_]").all():
        field.select_option(label="Confermata")
    for field in page.locator("[name^=reasons_]").all():
        field.fill("La prova il verbale della visita.")
    press(page, "Registra la decisione")
    expect(page.locator("main")).to_contain_text("confermate 2 inadempienze su 2")
    letter(page, "Decisione sulla diffida", "confermata", "La prova il verbale della visita.", "60 (sessanta) giorni")
    press(page, "Applica la penale")
    finding = page.url
    refused(page, "sotto il minimo della sua fascia (€ 100,00)", amount="99,99", gravity="Dieci giorni.")
    refused(page, "sopra il massimo della sua fascia (€ 1.000,00)", amount="1.000,01")
    fill(page, amount="600,00")
    press(page, "Applica la penale")
    penalty = page.url
    expect(page.locator("main")).to_contain_text("Decisa per € 600,00")
    page.goto(finding)
    refused(page, "c'è già la penale n. 1/2026", amount="500,00", gravity="Ancora.")
    object_to_what_was_not_decided(page, penalty, scan)
    page.goto(penalty)
    letter(page, "Richiesta di pagamento", "€ 600,00 (seicento/00)", "60 (sessanta) giorni", "Penale n. 1/2026")
    do(page, "Registra l'invio della richiesta", "L'invio è registrato", channel="PEC", protocol_number="1600/2026",
       file=scan("richiesta"))
    do(page, "Registra il ricevimento", "il termine corre", file=scan("ricevuta"))
    expect(page.locator("main")).to_contain_text("entro il 21/12/2026")  # the sixtieth day, 20 December, is a Sunday
    picture(page, "penalty-record")

    play(date(2026, 11, 2))
    enter(page, ACCOUNTING)
    page.goto(penalty)
    do(page, "Registra un pagamento", "Il pagamento è registrato", amount="200,00")
    expect(page.locator("main")).to_contain_text("restano € 400,00")
    enter(page, MANAGEMENT)
    page.goto(penalty)
    do(page, "Registra la contestazione", "La contestazione è registrata", kind="Arbitrato",
       why="Metà degli incontri è recuperata.")
    do(page, "Proponi un arbitrato", "La proposta è registrata", proposed_by="Azienda", title="Importo della penale",
       text="Si chiede una riduzione.")
    arbitration = page.url
    do(page, "Registra un accordo", "L'accordo è registrato", side="Azienda", consent="Delibera n. 3", file=scan("a"))
    enter(page, CLERK)
    page.goto(arbitration)
    do(page, "Registra un accordo", "L'accordo è registrato", consent="Delibera n. 8", file=scan("b"))
    enter(page, MANAGEMENT)
    page.goto(arbitration)
    do(page, "Scrivi gli arbitri", "Le nomine sono registrate", azienda_arbitrator="avv. Rosa Verdi",
       municipality_arbitrator="avv. Paolo Neri", third_arbitrator="prof. Ugo Bianchi",
       third_named_by="D'accordo, senza il tribunale")
    expect(page.locator("main")).to_contain_text("Il collegio è al completo")

    play(date(2026, 12, 30))
    page.goto(arbitration)
    do(page, "Registra il lodo", "Il lodo è registrato", text="La penale è ridotta a 400 euro.", file=scan("lodo"))
    enter(page, CLERK)
    page.goto(penalty)
    press(page, "Registra una riduzione")
    refused(page, "Questo dato è necessario", to="400,00", why="Il lodo.")  # without the award itself
    fill(page, file=scan("lodo-firmato"))
    send(page)
    expect(page.locator("main")).to_contain_text("In ritardo: restano € 200,00")
    enter(page, ACCOUNTING)
    page.goto(penalty)
    expect(page.locator("#conto ~ table").first).to_contain_text("Interessi ancora da pagare, a oggi")
    press(page, "Registra un pagamento")
    expect(page.locator("main")).to_contain_text("sono già nell'importo proposto")
    press(page, "Registra un pagamento")
    expect(page.locator("main")).to_contain_text("Pagata per intero il 30/12/2026")

    enter(page, CLERK)
    page.goto(notice)
    do(page, "Chiudi la diffida", "La diffida è chiusa", why="La penale è pagata.")
    letter(page, "Chiusura della diffida", "La penale è pagata.", "€ 400,00", "pagata", "confermata")

    closed_to(page, STRANGER, control, notice, penalty, arbitration)
    enter(page, AUDITOR)
    page.goto(notice)
    expect(page.locator("main")).to_contain_text("Chiusa il 30/12/2026")
    expect(page.locator("main").get_by_role("link", name="Correggi")).to_have_count(0)
