"""An accreditation at a real browser: a new type and its requirements as data, letters, pact, register, suspension."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from admin.app import create_app
from admin.command import demo_users
from core.documents.blocks import Bullets, Heading, Paragraph, Table
from core.documents.reading import blocks_of
from core.ground.access import system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry
from core.providers.operations import add_provider
from demo.load import load
from demo.papers import pdf
from tests.conftest import Migrated
from tests.e2e.conftest import SIZES, enter, move_to, picture, served
from tests.ground import Ground
from tests.integration.providers.conftest import provider_facts

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

OPENING = date(2026, 3, 2)
OFFICE = "accreditamento@assemi.example"
[GIRASOLE] = [person for person in demo_users.PEOPLE if person.provider]
HEAD = """code = "spazio_gioco"
title = "Spazio gioco: requisiti"
unit_types = ["spazio_gioco"]
valid_from = 2026-03-02
legal_source = "Deliberazione dell'Assemblea n. 4/2026"
verified = true
examination_days = 60
months = 24
extensions = 1
extension_months = 6
monitoring = ["half_year"]
monitoring_days = 30
[measures.posti]
title = "Posti"
from = "capacity"
[measures.educatori]
title = "Educatori presenti insieme"
[[requirements]]
code = "A"
title = "Gestore"
kind = "group"
[[requirements]]
code = "B"
title = "Spazi e persone"
kind = "group"
"""
EIGHT = {
    "A.1": ("Polizza", 'kind = "paper"\npaper = "insurance"'),
    "A.2": ("Contributi", 'kind = "paper"\npaper = "durc"'),
    "A.3": ("Progetto educativo", 'evidence = "Progetto educativo"'),
    "B.1": ("Bambini per educatore", 'kind = "ratio"\nmeasure = "posti"\nper = "educatori"\nlimit = 8'),
    "B.2": ("Posti", 'kind = "at_most"\nmeasure = "posti"\nlimit = 24'),
    "B.3": ("Arredi sicuri", 'hint = "Mobili ancorati, spigoli, prese."'),
    "B.4": ("Spazio all'aperto", "mandatory = false"),
    "B.5": ("Piano delle emergenze", 'evidence = "Piano delle emergenze"'),
}


@pytest.fixture(scope="module")
def app(ground: Ground, migrated: Migrated, registry: Registry, cheap_passwords: None) -> Flask:
    """The district, its people and one cooperative with nothing yet."""
    database, folder = ground.copy("accreditation", *migrated("sqlite", registry))
    settings = Settings(data_dir=folder, today=OPENING)
    with unit_of_work(database, system("prova"), act="carico") as session:
        load(session, registry)
        add_provider(session, provider_facts(name=GIRASOLE.provider))
        demo_users.ensure(session)
    return create_app(settings, database=database, registry=registry)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as place:
        yield place


@pytest.fixture
def play(app: Flask) -> Callable[[date], None]:
    """Let another day come."""

    def go(day: date) -> None:
        move_to(app, day)

    return go


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file as an office keeps it."""
    found = tmp_path / "documento.pdf"
    found.write_bytes(pdf("Documento", ["Testo del documento."]))
    return found


def press(page: Page, name: str) -> None:
    """The button or link of the page that says ``name``."""
    main = page.locator("main")
    main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True)).first.click()


def send(page: Page, done: str, file: Path | None = None, **values: str) -> None:
    """Fill the form of the page and send it; the next page says ``done``."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]")
        expect(field).to_be_visible()
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    if file is not None:
        page.set_input_files("main [type=file]", file)
    page.locator("main form[method=post] [type=submit]").last.click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_contain_text(done)


def record(page: Page) -> None:
    """The page of the one accreditation."""
    page.goto("/admin/accreditamenti/")
    page.locator("main table").get_by_role("link", name="1/2026").click()
    expect(page.locator("main h1")).to_contain_text("Accreditamento n. 1/2026")


def attach(page: Page, title: str, file: Path) -> None:
    """The document of a requirement."""
    record(page)
    page.locator("main table").get_by_role("link", name=title).click()
    send(page, "Il requisito è aggiornato", file)


def rarely(page: Page, name: str) -> None:
    """A passage that stands apart."""
    record(page)
    page.locator("summary", has_text="Altri passaggi").click()
    press(page, name)


def letter(page: Page, name: str, **values: str) -> str:
    """Prepare a letter of the case, download it and read it."""
    if "/lettere/" not in page.url:
        press(page, "Lettere")
    page.locator("main table").get_by_role("link", name=name).first.click()
    for field, value in values.items():
        page.fill(f"main [name={field}]", value)
    press(page, "Prepara la lettera")
    expect(page.get_by_role("status")).to_contain_text("La lettera è pronta")
    link = page.locator("main").get_by_role("link", name="Scarica").first
    answer = page.context.request.get(link.get_attribute("href"))
    assert answer.ok
    return "\n".join(_text(block) for block in blocks_of(answer.body()))


def _text(block: object) -> str:
    if isinstance(block, Heading | Paragraph):
        return block.text
    if isinstance(block, Bullets):
        return "\n".join(block.items)
    assert isinstance(block, Table)
    return "\n".join(" | ".join(row) for row in (block.headers, *block.rows))


def bring_the_type(page: Page, folder: Path) -> None:
    """A type by its page, eight requirements by a file: refused first for a word that is no number."""
    page.goto("/admin/tipi-di-unita/new/")
    page.uncheck("main [name=regional]")
    page.check("main [name=limits_verified]")
    send(page, "Registrato", name="Spazio gioco", code="spazio_gioco", area="function", min_places="8",
         max_places="24", legal_source="Deliberazione n. 4/2026", valid_from="2026-03-02")
    blocks = [f'[[requirements]]\ncode = "{code}"\nparent = "{code[0]}"\ntitle = "{title}"\n{rest}\n'
              f'legal_source = "Deliberazione n. 4/2026"\nverified = true\n' for code, (title, rest) in EIGHT.items()]
    file = folder / "spazio_gioco.toml"
    file.write_text((HEAD + "".join(blocks)).replace("limit = 8", 'limit = "otto"'), encoding="utf-8")
    page.goto("/admin/requisiti/importa/")
    send(page, "Non è stato registrato nulla", file)
    file.write_text(HEAD + "".join(blocks), encoding="utf-8")
    press(page, "Manda il file corretto")
    send(page, "Il file va bene", file)
    press(page, "Registra i requisiti")
    expect(page.get_by_role("status")).to_contain_text("I requisiti sono registrati")


def apply(page: Page, file: Path) -> None:
    """The cooperative's own person: papers, unit, notice of operation, application; one document is missing."""
    enter(page, GIRASOLE.email)
    for kind, until in (("insurance", "2028-12-31"), ("durc", "2026-06-30")):
        page.goto("/admin/gestori/")
        press(page, "Nuovo documento")
        send(page, "Il documento è registrato", file, kind=kind, issuer="Ente", number="1", valid_from="2026-01-01",
             valid_to=until)
    press(page, "Nuova unità")
    page.select_option("main [name=type_id]", label="Funzioni accreditate dall'azienda: Spazio gioco")
    send(page, "25 non lo sono", name="Spazio gioco Girotondo", capacity="25", manager="Laura Verdi")
    expect(page.locator("main [name=name]")).to_have_value("Spazio gioco Girotondo")
    send(page, "L'unità è registrata", capacity="20")
    press(page, "Comunica l'avvio")
    send(page, "La comunicazione è registrata", file, effective_from="2026-03-02")
    page.goto("/admin/accreditamenti/")
    press(page, "Nuova domanda")
    page.select_option("main [name=unit_id]", index=1)
    send(page, "La domanda è aperta")
    expect(page.locator("main [name=dato_posti]")).to_have_value("20")
    send(page, "I dati sono registrati", dato_educatori="3")
    attach(page, "Progetto educativo", file)
    press(page, "Presenta la domanda")
    expect(page.locator("main")).to_contain_text("B.5, Piano delle emergenze: manca il documento")
    send(page, "La domanda è presentata")


def complete(page: Page, file: Path) -> None:
    """The office asks for what is missing, by letter; the cooperative gives it."""
    enter(page, OFFICE)
    record(page)
    press(page, "Riconosci la domanda completa")
    send(page, "La domanda non è completa")
    record(page)
    press(page, "Chiedi di completarla")
    send(page, "La richiesta è registrata", due="2026-03-20")
    said = letter(page, "Richiesta di integrazione")
    assert "Piano delle emergenze" in said and "20 marzo 2026" in said
    enter(page, GIRASOLE.email)
    attach(page, "Piano delle emergenze", file)
    press(page, "Presenta quanto mancava")
    send(page, "La domanda torna all'ufficio")
    enter(page, OFFICE)
    record(page)
    press(page, "Riconosci la domanda completa")
    send(page, "corre il tempo dell'esame")


def examine(page: Page, file: Path) -> None:
    """Every requirement is met but one, which an inspection finds; the cooperative answers and the office looks."""
    for heading in "AB":
        record(page)
        page.locator(f"#titolo-{heading}").locator("xpath=..").get_by_role("link", name="Esamina").click()
        picture(page, "accreditation-examination")
        for choice in page.locator("main select").all():
            if choice.locator("option", has_text="Come si calcola").count() == 0:
                choice.select_option("met")
        send(page, "Gli esiti sono registrati")
    press(page, "Fissa un sopralluogo")
    send(page, "Il sopralluogo è fissato", appointed_for="2026-03-02", inspectors="Silvia Barbaglio")
    assert "2 marzo 2026" in letter(page, "Avviso di sopralluogo")
    record(page)
    press(page, "Registra il verbale")
    send(page, "Il verbale è registrato", minutes="Locali visti.")
    press(page, "Aggiungi un rilievo")
    send(page, "Il rilievo è registrato", text="Un mobile non è ancorato", prescription="Ancorare il mobile",
         due_on="2026-03-16")
    assert "Ancorare il mobile | 16/03/2026" in letter(page, "Verbale di sopralluogo")
    record(page)
    press(page, "Accredita")
    send(page, "rilievo aperto: Un mobile non è ancorato", file, number="7/2026")
    expect(page.locator("main [name=number]")).to_have_value("7/2026")
    enter(page, GIRASOLE.email)
    record(page)
    press(page, "Rispondi")
    send(page, "La risposta è registrata", file, text="Il mobile è ancorato")
    enter(page, OFFICE)
    record(page)
    press(page, "Verifica")
    send(page, "La verifica è registrata", satisfied="yes")
    press(page, "Registra un incontro")
    send(page, "L'incontro è registrato", kind="commission", present="Barbaglio", text="Favorevole.", proposal="grant")


def decide(page: Page, file: Path) -> None:
    """Decree, pact, publication: until then the public reads nothing."""
    picture(page, "accreditation-record")
    said = letter(page, "Decreto", number="7/2026")
    assert "Decreto n. 7/2026 del 2 marzo 2026" in said and "per due anni" in said
    record(page)
    press(page, "Accredita")
    send(page, "manca il patto", file, number="7/2026")
    assert "Spazio gioco Girotondo" in letter(page, "Patto di accreditamento")
    record(page)
    press(page, "Registra il patto")
    send(page, "L'unità è accreditata", file)
    assert "Girotondo" not in page.context.request.get("/albo.json").text()
    page.goto("/admin/albo/")
    picture(page, "register-list")
    page.locator("main").get_by_role("link", name="Spazio gioco Girotondo").click()
    send(page, "L'unità è pubblicata nell'albo")


def be_told(page: Page, file: Path) -> None:
    """The start of the procedure: its letter, its sending, its receipt; the cooperative reads why, and answers."""
    record(page)
    press(page, "Sospendi")
    send(page, "Prima di sospendere si comunica al gestore", file, number="9", reasons="Manca personale.")
    rarely(page, "Avvia il procedimento di sospensione")
    send(page, "La bozza è registrata", reasons="Manca personale.", days="10")
    said = letter(page, "Avvio del procedimento")
    assert "Manca personale." in said and "Entro 10 (dieci) giorni" in said
    page.goto("/admin/preavvisi/")
    page.locator("main table").get_by_role("link", name="Sospensione").click()
    press(page, "Registra l'invio")
    send(page, "L'invio è registrato", file, channel="pec", protocol_number="77")
    press(page, "Registra il ricevimento")
    send(page, "Il ricevimento è registrato", file)
    enter(page, GIRASOLE.email)
    record(page)
    page.locator("#preavvisi + table").get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("può rispondere fino al 20/01/2028")
    picture(page, "forewarning-record")
    press(page, "Rispondi con osservazioni")
    send(page, "Le osservazioni sono registrate", text="Si assume a febbraio.")


def albo(page: Page, state: str) -> None:
    """A citizen reads the state, on a phone."""
    page.context.clear_cookies()
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["phone"], strict=True)))
    page.goto("/albo")
    page.get_by_role("link", name="Spazio gioco Girotondo").click()
    expect(page.locator("main")).to_contain_text(state)
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["desk"], strict=True)))


def test_an_accreditation_goes_from_a_new_type_to_the_register(
    page: Page, play: Callable[[date], None], tmp_path: Path, paper: Path
) -> None:
    enter(page, OFFICE)
    bring_the_type(page, tmp_path)
    apply(page, paper)
    complete(page, paper)
    examine(page, paper)
    decide(page, paper)
    albo(page, "Accreditata dal 02/03/2026 al 01/03/2028")

    play(date(2028, 1, 10))
    enter(page, GIRASOLE.email)
    rarely(page, "Chiedi una proroga")
    send(page, "La richiesta è registrata", why="La sede cambia a fine anno.")
    enter(page, OFFICE)
    rarely(page, "Concedi una proroga")
    send(page, "al più tardi il 01/09/2028", number="3", decided_on="2028-01-10", to_day="2028-12-31", why="Trasloco")
    rarely(page, "Rifiuta la proroga")
    send(page, "Prima di rifiutare", paper, number="4", reasons="Oltre il limite dei requisiti.")
    rarely(page, "Concedi una proroga")
    send(page, "La proroga è registrata", number="4", decided_on="2028-01-10", to_day="2028-09-01", why="Trasloco")
    assert "Trasloco" in letter(page, "Lettera sulla proroga")

    be_told(page, paper)
    play(date(2028, 1, 25))
    enter(page, OFFICE)
    record(page)
    press(page, "Sospendi")
    send(page, "L'accreditamento è sospeso", paper, number="9", answer="L'assunzione non è ancora avvenuta.")
    said = letter(page, "Lettera sulla misura")
    assert "sospensione" in said.lower() and "Manca personale" in said
    assert "L'assunzione non è ancora avvenuta." in said and "entro 60 (sessanta) giorni" in said
    albo(page, "sospeso dal 25/01/2028")
    [entry] = page.context.request.get("/albo.json").json()["entries"]
    assert (entry["unit"], entry["state"]) == ("Spazio gioco Girotondo", "suspended")
