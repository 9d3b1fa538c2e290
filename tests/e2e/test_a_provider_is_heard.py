"""What a provider meets before an act against it, at a real browser: a refusal, a revocation; and its renewal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from admin.app import create_app
from admin.command import demo_users, worker
from core.accreditation.sets import install_sets
from core.ground.access import Principal, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry
from core.providers.model import Provider, UnitType
from core.providers.operations import add_provider, add_unit
from demo.load import load
from demo.papers import pdf
from migrations import runner
from tests.e2e.conftest import enter, move_to, served
from tests.e2e.test_an_accreditation import GIRASOLE, OFFICE, letter, press, rarely, record, send
from tests.integration.accreditation.conftest import Place, Procedure, add_paper, open_nido
from tests.integration.providers.conftest import provider_facts, unit_facts

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

OPENING = date(2026, 3, 2)
COURT = "Tribunale amministrativo regionale per la Lombardia entro 60 (sessanta) giorni"


@pytest.fixture
def app(tmp_path: Path, registry: Registry, cheap_passwords: None) -> Iterator[Flask]:
    """The district and one cooperative, whose nido is in operation."""
    settings = Settings(data_dir=tmp_path, today=OPENING)
    database = Database(settings.url, settings.data_dir)
    runner.upgrade(database, registry)
    with unit_of_work(database, system("prova"), act="carico") as session:
        load(session, registry)
        install_sets(session)
        add_provider(session, provider_facts(name=GIRASOLE.provider))
        demo_users.ensure(session)
    yield create_app(settings, database=database, registry=registry)
    database.dispose()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as place:
        yield place


@pytest.fixture
def play(app: Flask) -> Callable[[date], None]:
    """Let another day come, with a round of the worker."""

    def go(day: date) -> None:
        office = move_to(app, day)
        worker.run_once(office.settings, office.database)

    return go


@pytest.fixture
def procedure(app: Flask) -> Procedure:
    """The procedure of the cooperative's nido, not opened yet."""
    database = app.extensions["patto"].database

    def unit(act: str = "prova", principal: Principal | None = None) -> object:
        return unit_of_work(database, principal or system("prova"), act=act)

    with unit() as session:
        types = {row.code: row.id for row in session.scalars(select(UnitType))}
        provider = session.scalars(select(Provider.id)).one()
        nido = add_unit(session, provider, unit_facts(types["nido"], name="Nido Girasole"), today=OPENING).id
        open_nido(session, nido)
        for kind in ("insurance", "durc"):
            add_paper(session, provider, kind, date(2031, 1, 1))
    return Procedure(unit, Place(provider, nido, 0, types), lambda _step, play: play())  # each story plays its own


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A file as an office keeps it."""
    found = tmp_path / "documento.pdf"
    found.write_bytes(pdf("Documento", ["Testo del documento."]))
    return found


def leave_and_arrive(page: Page, paper: Path, letter_name: str, *words: str) -> None:
    """The draft that is open: its letter is read, signed, sent, and received on the same day."""
    notice = page.url
    said = letter(page, letter_name)
    assert [text for text in words if text not in said] == []
    page.goto(notice)
    press(page, "Registra l'invio")
    send(page, "L'invio è registrato", paper, channel="pec", protocol_number="77")
    press(page, "Registra il ricevimento")
    send(page, "Il ricevimento è registrato", paper)


def told_at_home(page: Page, word: str) -> None:
    """The cooperative's person reads on the first page what waits, and goes to the very act."""
    enter(page, GIRASOLE.email)
    page.locator("main table").get_by_role("link", name=word).first.click()


def ask_to_be_heard(page: Page, text: str, begun: str) -> None:
    """The cooperative's person answers, asks for a hearing, and reads on its record what is begun against it."""
    told_at_home(page, "Rispondi con osservazioni")
    page.check("main [name=asks_hearing]")
    send(page, "Le osservazioni sono registrate", text=text)
    record(page)
    expect(page.locator("main")).to_contain_text(begun)


def hear(page: Page, minutes: str) -> None:
    """The refusal that is open leads to the hearing, which is held."""
    page.get_by_role("alert").get_by_role("link").first.click()
    press(page, "Registra l'audizione")
    send(page, "L'audizione è registrata", present="Rosa Bianchi", minutes=minutes)


def test_before_a_refusal_the_provider_reads_why_answers_and_reads_what_was_found(
    page: Page, play: Callable[[date], None], procedure: Procedure, paper: Path
) -> None:
    procedure.examined().settle("C.3", "not_met", "Il registro della formazione è fermo al 2024.")
    play(date(2026, 3, 16))
    enter(page, OFFICE)
    rarely(page, "Non accreditare")
    send(page, "Prima di un diniego", paper, number="31", reasons="La formazione non è documentata.")
    page.get_by_role("alert").get_by_role("link").first.click()
    send(page, "La bozza è registrata", reasons="La formazione degli educatori non è documentata.")
    leave_and_arrive(page, paper, "Preavviso di rigetto", "Entro 10 (dieci) giorni",
                     "Il registro della formazione è fermo al 2024", "non è ancora una decisione")

    play(date(2026, 3, 20))
    told_at_home(page, "Rispondi con osservazioni")
    expect(page.locator("main")).to_contain_text("L'ufficio deve tenerne conto")
    send(page, "Le osservazioni sono registrate", paper, text="Il registro del 2025 è in allegato.")
    expect(page.locator("main")).to_contain_text("È arrivata 1 risposta")
    expect(page.locator("main")).to_contain_text("Il termine per decidere è sospeso fino al 30/03/2026")
    # its own term is not its to move
    expect(page.locator("main").get_by_role("link", name="Correggi")).to_have_count(0)
    record(page)
    expect(page.locator("main")).to_contain_text("il gestore può rispondere fino al 26/03/2026")
    expect(page.locator("main")).to_contain_text("Non è rispettato 1 requisito: C.3.")
    expect(page.locator("main").get_by_role("link", name="Rispondi con osservazioni")).to_be_visible()

    play(date(2026, 3, 31))
    enter(page, OFFICE)
    record(page)
    expect(page.locator("main")).to_contain_text("il gestore ha risposto, e ora si decide")
    rarely(page, "Non accreditare")
    send(page, "Questo dato è necessario", paper, number="31", reasons="La formazione non è documentata.")
    send(page, "Il diniego è registrato", paper, answer="Il registro del 2025 non porta firme.")
    said = letter(page, "Decreto")
    for words in ("NON ACCOGLIE", "Il registro della formazione è fermo al 2024", COURT,
                  "Il registro del 2025 non porta firme.", "Ha risposto per iscritto il 20 marzo 2026"):
        assert words in said, said
    enter(page, GIRASOLE.email)
    record(page)
    expect(page.locator("main")).to_contain_text("Non concesso")
    expect(page.locator("main")).to_contain_text("La formazione non è documentata.")


def test_before_a_revocation_the_provider_asks_to_be_heard_and_is_heard(
    page: Page, play: Callable[[date], None], procedure: Procedure, paper: Path
) -> None:
    procedure.accredited()
    play(date(2026, 9, 1))
    enter(page, OFFICE)
    rarely(page, "Avvia il procedimento di revoca")
    send(page, "La bozza è registrata", reasons="Due educatori non hanno il titolo.", days="15")
    leave_and_arrive(page, paper, "Avvio del procedimento", "Entro 15 (quindici) giorni", "chiedere di essere sentito")

    play(date(2026, 9, 7))
    ask_to_be_heard(page, "I titoli sono in corso di riconoscimento.", "È avviato il procedimento di revoca")
    play(date(2026, 9, 17))
    enter(page, OFFICE)
    rarely(page, "Revoca")
    send(page, "chiesto di essere sentito", paper, number="40", reasons="Due educatori non hanno il titolo.",
         answer="I titoli non ci sono ancora.")
    hear(page, "I titoli arrivano in ottobre.")
    rarely(page, "Revoca")
    send(page, "L'accreditamento è revocato", paper, number="40", reasons="Due educatori non hanno il titolo.",
         answer="I titoli non ci sono ancora.")
    said = letter(page, "Lettera sulla misura")
    for words in ("revocato", "convocato in audizione", "I titoli non ci sono ancora.", COURT):
        assert words in said, said
    enter(page, GIRASOLE.email)
    record(page)
    expect(page.locator("main")).to_contain_text("Revocato")


def test_a_provider_opens_its_renewal_and_finds_what_it_declared(
    page: Page, play: Callable[[date], None], procedure: Procedure
) -> None:
    procedure.accredited()
    play(date(2028, 10, 2))
    enter(page, GIRASOLE.email)
    row = page.locator("main table tr", has_text="per continuare si apre il rinnovo")
    expect(row).to_contain_text("01/03/2029")
    row.get_by_role("link", name="Apri l'accreditamento").click()
    press(page, "Apri il rinnovo")
    send(page, "Il rinnovo è aperto")
    expect(page.locator("main [name=dato_posti]")).to_have_value("30")
    send(page, "I dati sono registrati")
    expect(page.locator("main")).to_contain_text("Rinnova")
    press(page, "Presenta la domanda")
    expect(page.locator("main")).to_contain_text("manca il documento")


def test_before_a_suspension_the_provider_is_heard_and_afterwards_it_is_readmitted(
    page: Page, play: Callable[[date], None], procedure: Procedure, paper: Path
) -> None:
    procedure.accredited()
    play(date(2026, 9, 1))
    why = {"number": "50", "reasons": "Manca un educatore per turno."}
    enter(page, OFFICE)
    record(page)
    press(page, "Sospendi")
    send(page, "Prima di sospendere si comunica al gestore", paper, **why)
    rarely(page, "Avvia il procedimento di sospensione")
    send(page, "La bozza è registrata", reasons="Manca un educatore per turno.", days="10")
    leave_and_arrive(page, paper, "Avvio del procedimento", "Entro 10 (dieci) giorni", "chiedere di essere sentito")

    play(date(2026, 9, 4))
    ask_to_be_heard(page, "L'educatrice nuova comincia il 15.", "È avviato il procedimento di sospensione")
    play(date(2026, 9, 14))
    enter(page, OFFICE)
    record(page)
    press(page, "Sospendi")
    send(page, "chiesto di essere sentito", paper, answer="Non è ancora al lavoro.", **why)
    hear(page, "L'educatrice non è ancora al lavoro.")
    record(page)
    press(page, "Sospendi")
    send(page, "L'accreditamento è sospeso", paper, answer="Non è ancora al lavoro.", until="2026-12-31", **why)
    said = letter(page, "Lettera sulla misura")
    for words in ("sospensione", "Manca un educatore per turno.", "convocato in audizione", "Non è ancora al lavoro.",
                  "31 dicembre 2026", COURT):
        assert words in said, said
    enter(page, GIRASOLE.email)
    record(page)
    expect(page.locator("main")).to_contain_text("Sospeso")

    play(date(2026, 10, 1))
    enter(page, OFFICE)
    record(page)
    press(page, "Riammetti")
    send(page, "L'unità è di nuovo accreditata", paper, number="58", reasons="L'educatrice è al lavoro.")
    assert "L'educatrice è al lavoro." in letter(page, "Lettera sulla misura, 01/10/2026")
    enter(page, GIRASOLE.email)
    record(page)
    expect(page.locator("main")).to_contain_text("Accreditata")
    expect(page.locator("main")).not_to_contain_text("Sospeso")
