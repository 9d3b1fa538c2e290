"""Controls and disputes in the browser, each from its first page to its last, by who may and not by others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin.command import worker
from core.contracts.model import Contract, ContractTerms
from core.controls.model import Control
from core.disputes.model import Arbitration, Contestation, DamagingEvent
from core.penalties.model import DefaultNotice
from tests.factories import filled
from tests.integration.admin.browser import Enter, pdf
from tests.integration.admin.house import House

Party = Callable[[str], str]


def ask(house: House, person: Enter, party: Party, **typed: object) -> int:
    """Dresano asks for a visit."""
    wanted = {"party": party("dresano"), "kind": "visit", "title": "Accesso allo sportello",
              "text": "Vedere gli orari affissi.", **typed}
    said = person("dresano").fill("/admin/controlli/nuovo/", **wanted)
    assert "Il controllo è registrato" in said
    return house.last(Control)


def step(url: str, key: int, action: str) -> str:
    """The page of a passage."""
    return f"/admin/{url}/passaggio/?id={key}&atto={action}"


def record(url: str, key: int) -> str:
    """The page of a case."""
    return f"/admin/{url}/details/?id={key}"


def test_a_control_from_the_question_to_its_end(in_force: House, person: Enter, party: Party) -> None:
    key = ask(in_force, person, party)
    worker.run_once(in_force.settings, in_force.database, new_day=False)
    head, town = person("direzione"), person("dresano")
    page = head.get(record("controlli", key)).text
    assert "Si attende la risposta dell&#39;azienda entro il 17/03/2026, tra 15 giorni" in page
    assert "Risposta al controllo del Comune" in page, "its deadline stands on its page"
    said = head.fill(step("controlli", key, "answer"), text="Va bene il 2 marzo.", planned_on="2026-03-02",
                     file=pdf("risposta.pdf"))
    assert "fissato il 02/03/2026" in said and "Risposta al controllo n. 1/2026" in said
    said = town.fill(step("controlli", key, "hold"), present="Un istruttore e la coordinatrice",
                     minutes="Orari affissi.", serious="Sportello chiuso due martedì", findings="Manca la carta",
                     file=pdf("verbale.pdf"))
    assert "rilievi: 2, di cui gravi 1" in said and "Sportello chiuso due martedì" in said
    said = town.fill(step("controlli", key, "close"), why="La carta è stata affissa.")
    assert "Il controllo è chiuso" in said and "Rispondi" not in said
    assert "Accesso allo sportello" in town.get("/admin/controlli/?stato=closed&kind=visit").text


def test_a_notice_is_opened_from_what_a_control_found(in_force: House, person: Enter, party: Party) -> None:
    key, town = ask(in_force, person, party, kind="inspection"), person("dresano")
    said = town.fill(step("controlli", key, "hold"), present="Tutti", minutes="Chiuso.", serious="Sportello chiuso")
    assert f"/admin/diffide/nuova/?control={key}" in said and "Collega una diffida" not in said
    shown = town.get(f"/admin/diffide/nuova/?control={key}")
    assert shown.status_code == 200 and "Sportello chiuso" in shown.text
    assert person("melegnano").get(f"/admin/diffide/nuova/?control={key}").text.count("Sportello chiuso") == 0
    with in_force.unit("diffida") as session:
        session.add(filled(DefaultNotice, contract_id=in_force.contract_of("dresano"), year=2026, number=7,
                           municipality_id=in_force.id_of("dresano"), state="draft", addressee="Assemblea"))
    with in_force.session() as session:
        notice = session.scalars(select(DefaultNotice.id)).one()
    said = town.fill(step("controlli", key, "open_notice"), notice_id=str(notice))
    assert "Ne è nata una diffida" in said and f"/admin/diffide/details/?id={notice}" in said


def test_what_is_refused_is_said_and_what_was_typed_stays(in_force: House, person: Enter, party: Party) -> None:
    said = person("dresano").fill("/admin/controlli/nuovo/", party=party("dresano"), kind="request",
                                  title="Orari di agosto", text="Quali giorni?", answer_by="2026-02-01")
    assert "prima del giorno della richiesta" in said and "Orari di agosto" in said
    assert in_force.last(Control) == 0
    for wrong, why in (({"answer_by": "boh"}, "non è una data"), ({"kind": "blitz"}, "Scegliere una voce"),
                       ({"party": "1"}, "Scegliere una voce"), ({"title": "x" * 600}, "500")):
        wanted = {"party": party("dresano"), "kind": "request", "title": "Orari", "text": "Quali?", **wrong}
        assert why in person("dresano").fill("/admin/controlli/nuovo/", **wanted)
    assert in_force.last(Control) == 0


def test_a_form_sent_twice_asks_once(in_force: House, person: Enter, party: Party) -> None:
    town, page = person("dresano"), "/admin/controlli/nuovo/"
    fields = {**town.fields(page), "party": party("dresano"), "kind": "request", "title": "Uno", "text": "Solo."}
    for _time in range(2):
        assert town.post(page, fields, page=page).status_code == 302
    with in_force.session() as session:
        assert len(session.scalars(select(Control)).all()) == 1


def test_an_event_is_told_before_the_municipality_sees_it(in_force: House, person: Enter, party: Party) -> None:
    head, town = person("direzione"), person("dresano")
    said = head.fill("/admin/eventi-dannosi/nuovo/", party=party("dresano"), title="Infiltrazione d'acqua",
                     text="Bagnati gli arredi.", happened_on="2026-02-27", known_on="2026-02-27")
    assert "il Comune va avvisato subito" in said and "Comunicazione dell&#39;evento dannoso al Comune" in said
    key = in_force.last(DamagingEvent)
    assert town.get(record("eventi-dannosi", key)).status_code == 404
    assert "Infiltrazione" not in town.get("/admin/eventi-dannosi/").text
    said = head.fill(step("eventi-dannosi", key, "tell"), channel="pec", protocol_number="9/2026", file=pdf())
    assert "nessuna polizza è indicata" in said and "9/2026" in said
    assert "Bagnati gli arredi" in town.get(record("eventi-dannosi", key)).text
    said = head.fill(step("eventi-dannosi", key, "close"), outcome="Riparato.", compensation="1.250,50")
    assert "€ 1.250,50" in said and "L&#39;evento è chiuso" in said


def test_a_contestation_counts_with_its_receipt(in_force: House, person: Enter, party: Party) -> None:
    head, town = person("direzione"), person("dresano")
    said = head.fill("/admin/contestazioni/nuova/", party=party("dresano"), title="Locali non consegnati",
                     since="2026-02-01", text="Dovuti entro gennaio.", answer_by="2026-03-20")
    key = in_force.last(Contestation)
    assert "In bozza: non conta" in said and town.get(record("contestazioni", key)).status_code == 404
    said = head.fill(step("contestazioni", key, "send"), channel="pec", sent_on="2026-02-27", file=pdf())
    assert "non conta finché manca la prova" in said
    assert "Ricevuta della contestazione" in head.get("/admin/").text, "it waits on the first page"
    said = head.fill(step("contestazioni", key, "formalise"), received_on="2026-02-27", file=pdf("ricevuta.pdf"))
    assert "conta. La risposta è attesa entro il 20/03/2026" in said
    said = town.fill(step("contestazioni", key, "reply"), text="Le chiavi arrivano lunedì.", file=pdf("risposta.pdf"))
    assert "Il Comune ha risposto il 02/03/2026" in said
    assert "Definisci" not in said, "to settle it is the management's"
    assert "Ritira la contestazione" in head.get(record("contestazioni", key)).text


def test_an_arbitration_is_agreed_and_its_panel_named(in_force: House, person: Enter, party: Party) -> None:
    head, town = person("direzione"), person("dresano")
    said = town.fill("/admin/arbitrati/nuovo/", party=party("dresano"), title="Orari dello sportello",
                     text="Si legge in due modi.")
    key = in_force.last(Arbitration)
    assert "Chi non ha ancora dato il suo accordo: Azienda e Comune" in said and "preso alla lettera" in said
    town.fill(step("arbitrati", key, "agree"), consent="Giunta n. 4 del 27/02/2026", file=pdf())
    assert "Registra un accordo" not in town.get(record("arbitrati", key)).text
    said = head.fill(step("arbitrati", key, "agree"), consent="CdA n. 9", file=pdf())
    assert "Restano da nominare: Arbitro nominato dall&#39;azienda" in said
    twice = head.fill(step("arbitrati", key, "name"), azienda_arbitrator="Avv. Lina Verdi",
                      municipality_arbitrator="avv. LINA verdi")
    assert "nominato due volte" in twice and "avv. LINA verdi" in twice
    town.fill(step("arbitrati", key, "name"), municipality_arbitrator="Prof. Ugo Neri")
    said = head.fill(step("arbitrati", key, "name"), azienda_arbitrator="Avv. Lina Verdi",
                     third_arbitrator="Dott.ssa Ada Riva", third_named_by="court")
    assert "Il collegio è al completo" in said and "Il Presidente del Tribunale" in said
    said = head.fill(step("arbitrati", key, "award"), text="Si apre anche il sabato.", file=pdf("lodo.pdf"))
    assert "Deciso con il lodo del 02/03/2026" in said


def test_a_contract_that_excludes_arbitration_says_so(in_force: House, person: Enter, party: Party) -> None:
    with in_force.unit("condizioni") as session:
        session.get_one(Contract, in_force.contract_of("dresano")).terms = filled(
            ContractTerms, title="Senza arbitri", roll_policy="holiday", court="Lodi", renewal_direction="before",
            arbitration=False, arbitrators=3)
    said = person("dresano").fill("/admin/arbitrati/nuovo/", party=party("dresano"), title="Orari", text="Due modi.")
    assert "escludono l&#39;arbitrato: decide il foro di Lodi" in said and in_force.last(Arbitration) == 0


def test_a_mistake_is_corrected_by_whoever_made_it(in_force: House, person: Enter, party: Party) -> None:
    key = ask(in_force, person, party)
    head, town = person("direzione"), person("dresano")
    head.fill(step("controlli", key, "answer"), text="Il 30.", planned_on="2026-03-30")
    assert "Correggi l&#39;ultimo passaggio" not in town.get(record("controlli", key)).text
    said = head.fill(step("controlli", key, "undo"), why="Giorno sbagliato.")
    assert "Il passaggio è corretto" in said and "Si attende la risposta" in said


@pytest.mark.parametrize("url", ["controlli", "eventi-dannosi", "contestazioni", "arbitrati"])
def test_addresses_that_lead_nowhere_are_not_there(in_force: House, person: Enter, url: str) -> None:
    head = person("direzione")
    for address in (f"/admin/{url}/details/?id=99", f"/admin/{url}/passaggio/?id=99&atto=undo",
                    f"/admin/{url}/passaggio/?id='&atto=undo", f"/admin/{url}/passaggio/", f"/admin/{url}/edit/?id=1"):
        assert head.get(address).status_code == 404, address
    assert head.get(f"/admin/{url}/?stato='&comune=x&anno=1,2&search=%00").status_code == 200


def test_others_read_or_see_nothing(in_force: House, person: Enter, party: Party) -> None:
    key = ask(in_force, person, party)
    stranger, auditor, office = person("melegnano"), person("revisore"), person("contabilita")
    for page in (record("controlli", key), step("controlli", key, "cancel")):
        assert stranger.get(page).status_code == 404
    for reader in (auditor, office):
        shown = reader.get(record("controlli", key))
        assert shown.status_code == 200 and "Ritira la richiesta" not in shown.text
        assert reader.get(step("controlli", key, "cancel")).status_code == 403
        for url in ("controlli/nuovo", "eventi-dannosi/nuovo", "contestazioni/nuova", "arbitrati/nuovo"):
            assert reader.get(f"/admin/{url}/").status_code == 403
    assert person("dresano").get("/admin/contestazioni/nuova/").status_code == 403
    offered = stranger.get("/admin/controlli/nuovo/").text
    assert "Dresano" not in offered.split("<main", 1)[1]
