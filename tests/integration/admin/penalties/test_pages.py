"""Notices and penalties in the browser: from the first letter to the last cent, and for whom the pages are closed."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from admin.command import worker
from core.cases.model import CaseFile
from core.controls.model import Control, ControlFinding
from core.penalties.model import DamageClaim, DefaultNotice, NoticeFinding, OnBehalf, Penalty, PenaltyPayment
from core.providers.model import Provider
from tests.factories import body_tax_code, filled
from tests.integration.admin.browser import pdf


def test_a_municipality_contests_the_azienda_answers_and_the_penalty_is_paid_in_the_browser(dispute):
    key = dispute.open()
    record = f"/admin/diffide/details/?id={key}"
    comune, office, money = dispute.enter("dresano"), dispute.enter("direzione"), dispute.enter("contabilita")
    assert "Tocca al Comune: completare la diffida" in comune.get(record).text
    said = dispute.step("dresano", key, "send", channel="pec", sent_on="2026-01-20", protocol_number="12", file=pdf())
    assert "ora si attende la ricevuta" in said
    said = dispute.step("dresano", key, "receive", received_on="2026-01-21", file=pdf())
    assert "05/02/2026" in said
    said = dispute.step("direzione", key, "answer", kind="rebuttal", answered_on="2026-02-03", text="Furono due.",
                        file=pdf())
    assert "L&#39;azienda ha risposto il 03/02/2026" in said
    dispute.step("dresano", key, "summon", summoned_for="2026-02-10", at="10:30", place="Municipio")
    said = dispute.step("dresano", key, "hear", present="Anna Rossi\nMarta Gestione", minutes="Sentite.", file=pdf())
    assert "10/02/2026 alle 10:30, Municipio" in said
    finding = dispute.finding(key)
    said = comune.fill(f"/admin/diffide/decisione/?id={key}",
                       **{f"outcome_{finding}": "upheld", f"reasons_{finding}": "I ritardi sono provati."})
    assert "Applica la penale" in said
    said = comune.fill(f"/admin/diffide/penale/?id={key}&rilievo={finding}", amount="150,00",
                       gravity="Breve, senza danno.")
    penalty = dispute.last(Penalty)
    assert "Decisa per € 150,00" in said
    dispute.step("dresano", penalty, "request", "penali", channel="pec", sent_on="2026-03-02", protocol_number="13",
                 file=pdf())
    said = dispute.step("dresano", penalty, "receive", "penali", received_on="2026-03-02", file=pdf())
    assert "02/05/2026" in said  # sixty days end on 1 May, a holiday; the Saturday after it is none
    said = dispute.step("contabilita", penalty, "pay", "penali", amount="150,00")
    assert "Pagata per intero" in said
    assert money.get(f"/admin/penali/details/?id={penalty}").status_code == 200
    said = dispute.step("dresano", key, "close", why="Pagata.")
    assert dispute.state(key) == "closed"
    assert "Chiusa il 02/03/2026" in office.get(record).text


def test_the_form_takes_several_findings_without_javascript_and_keeps_what_was_typed(dispute):
    comune = dispute.enter("dresano")
    fields = {name: value for name, value in comune.fields(dispute.new).items() if value is not None}
    shown = comune.post(dispute.new, {**fields, **dispute.typed(), "another": "1"}, page=dispute.new).text
    assert "findings-1-facts" in shown and "Pasti consegnati dopo le 14." in shown
    assert dispute.last() == 0
    key = dispute.open(**{
        "findings-1-service_id": str(dispute.service), "findings-1-kind": dispute.kinds[1],
        "findings-1-happened_on": "2026-01-13", "findings-1-facts": "Pasti freddi.",
        "evidence": [pdf("uno.pdf"), pdf("due.pdf")]})
    with dispute.house.session() as session:
        assert len(session.get_one(DefaultNotice, key).findings) == 2
        titles = session.scalars(select(CaseFile.title).where(CaseFile.subject == "default_notice")).all()
    assert sorted(titles) == ["due.pdf", "uno.pdf"]


@pytest.mark.parametrize(("typed", "words"), [
    ({"facts": ""}, "Questo dato è necessario"),
    ({"findings-0-facts": ""}, "Scrivere i fatti precisi"),
    ({"findings-0-happened_on": "2025-12-31"}, "non era in vigore"),
    ({"findings-0-happened_on": "ieri"}, "non è una data"),
    ({"findings-0-happened_on": ""}, "Indicare il giorno dei fatti"),
    ({"findings-0-service_id": "999999"}, "Scegliere una voce dell"),
    ({"findings-0-kind": "x\x00"}, "Scegliere una voce dell"),
    ({"compliance_days": "0"}, "da 1 a 3650"),
    ({"compliance_days": "99999999999"}, "non è un numero intero"),
    ({"compliance_by": "2026-06-01"}, "termine per adempiere"),
    ({"evidence": "prova.exe"}, "non è di un tipo"),
    ({"evidence": "prova.pdf.docx"}, "non è quello che il nome promette"),
    ({"request_key": "corta"}, "ricaricare la pagina"),
])
def test_bad_input_is_refused_in_words_and_what_was_typed_stays(dispute, typed, words):
    if "evidence" in typed:  # a file is read once
        typed = {"evidence": pdf(typed["evidence"])}
    said = dispute.enter("dresano").fill(dispute.new, **dispute.typed(**typed))
    assert words in said
    assert "Il sindaco si astiene." in said
    assert dispute.last() == 0


def test_a_notice_without_any_finding_is_no_notice(dispute):
    emptied = {name: "" for name in dispute.typed() if name.startswith("findings-0")}
    assert "almeno un&#39;inadempienza" in dispute.enter("dresano").fill(dispute.new, **dispute.typed(**emptied))


def test_sent_twice_the_form_opens_one_notice(dispute):
    comune = dispute.enter("dresano")
    fields = {name: value for name, value in comune.fields(dispute.new).items() if value is not None}
    for _time in range(2):
        assert comune.post(dispute.new, {**fields, **dispute.typed()}, page=dispute.new).status_code == 302
    with dispute.house.session() as session:
        assert len(session.scalars(select(DefaultNotice.id)).all()) == 1


def test_a_draft_is_corrected_and_a_stale_form_is_refused(dispute):
    key = dispute.open()
    page = f"/admin/diffide/modifica/?id={key}"
    comune = dispute.enter("dresano")
    seen = {name: value for name, value in comune.fields(page).items() if value is not None}
    assert "La bozza è registrata" in comune.fill(page, **{"findings-0-facts": "Alle 15."})
    said = comune.post(page, {**seen, "findings-0-facts": "Alle 16."}, page=page).text
    assert "Nel frattempo" in said and "Alle 16." in said
    with dispute.house.session() as session:
        assert session.get_one(DefaultNotice, key).findings[0].facts == "Alle 15."


def test_others_get_404_outsiders_the_door_and_readers_no_button(dispute):
    key = dispute.open()
    for page in (f"details/?id={key}", f"modifica/?id={key}", f"passaggio/?id={key}&atto=send",
                 f"decisione/?id={key}", f"danno/?id={key}"):
        assert dispute.enter("melegnano").get(f"/admin/diffide/{page}").status_code == 404
        assert dispute.house.app.test_client().get(f"/admin/diffide/{page}").status_code == 302
    assert dispute.enter("melegnano").get("/admin/diffide/").status_code == 200
    assert "1/2026" not in dispute.enter("melegnano").get("/admin/diffide/").text
    reader = dispute.enter("revisore")
    assert reader.get(f"/admin/diffide/details/?id={key}").status_code == 200
    assert "Registra l'invio della diffida" not in reader.get(f"/admin/diffide/details/?id={key}").text
    assert reader.get("/admin/diffide/nuova/").status_code == 403
    assert dispute.enter("contabilita").get(f"/admin/diffide/passaggio/?id={key}&atto=send").status_code == 403


def test_a_municipality_neither_answers_nor_pays_nor_passes_on_for_the_azienda(dispute):
    penalty = dispute.penalty()
    with dispute.house.session() as session:
        notice, finding = session.get_one(Penalty, penalty).notice_id, session.get_one(Penalty, penalty).finding_id
    comune = dispute.enter("dresano")
    assert comune.get(f"/admin/penali/passaggio/?id={penalty}&atto=pay").status_code == 302
    assert comune.get(f"/admin/diffide/gestore/?id={notice}&rilievo={finding}").status_code == 403
    shown = comune.get(f"/admin/penali/details/?id={penalty}").text
    assert "Registra un pagamento" not in shown and "Registra la contestazione" not in shown
    assert dispute.enter("melegnano").get(f"/admin/penali/details/?id={penalty}").status_code == 404


@pytest.mark.parametrize(("typed", "words"), [
    ({"amount": "0,50"}, "sotto il minimo"), ({"amount": "999999,00"}, "sopra il massimo"),
    ({"amount": "100,005"}, "più di due decimali"), ({"amount": "cento"}, "non è un importo"),
    ({"gravity": ""}, "Questo dato è necessario"), ({"decided_on": "2026-01-01"}, "decisione"),
])
def test_a_penalty_out_of_its_band_or_unexplained_is_refused_on_the_page(dispute, typed, words):
    key = dispute.heard()
    finding = dispute.finding(key)
    comune = dispute.enter("dresano")
    comune.fill(f"/admin/diffide/decisione/?id={key}",
                **{f"outcome_{finding}": "upheld", f"reasons_{finding}": "Provata."})
    page = f"/admin/diffide/penale/?id={key}&rilievo={finding}"
    assert words in comune.fill(page, **{"amount": "150,00", "gravity": "Breve.", **typed})
    assert dispute.last(Penalty) == 0


def test_deciding_early_is_the_municipalitys_and_its_reason_is_read_by_all(dispute):
    key = dispute.open()
    dispute.step("dresano", key, "send", channel="pec", sent_on="2026-02-20", protocol_number="12", file=pdf())
    dispute.step("dresano", key, "receive", received_on="2026-02-21", file=pdf())
    page, finding = f"/admin/diffide/decisione/?id={key}", dispute.finding(key)
    said = {f"outcome_{finding}": "upheld", f"reasons_{finding}": "Ammessa."}
    comune = dispute.enter("dresano")
    assert 'name="file"' not in comune.get(page).text
    assert "sentite in contraddittorio" in comune.fill(page, **said)
    comune.fill(page, **said, override_why="Fatti ammessi per iscritto.")
    assert "Fatti ammessi per iscritto." in dispute.enter("direzione").get(f"/admin/diffide/details/?id={key}").text
    comune.fill(f"/admin/diffide/penale/?id={key}&rilievo={finding}", amount="150,00", gravity="Breve.")
    penalty = dispute.last(Penalty)
    assert "Fatti ammessi per iscritto." in comune.get(f"/admin/penali/details/?id={penalty}").text


def test_the_azienda_decides_early_only_on_behalf_with_the_municipalitys_document(dispute):
    key = dispute.open()
    dispute.step("dresano", key, "send", channel="pec", sent_on="2026-02-20", protocol_number="12", file=pdf())
    dispute.step("dresano", key, "receive", received_on="2026-02-21", file=pdf())
    page, finding = f"/admin/diffide/decisione/?id={key}", dispute.finding(key)
    office = dispute.enter("direzione")
    assert "È un atto dell&#39;ente" in office.get(page).text
    said = {f"outcome_{finding}": "not_upheld", f"reasons_{finding}": "Nulla.", "override_why": "Rinuncia."}
    assert "Questo dato è necessario" in office.fill(page, **said)
    office.fill(page, **said, file=pdf("lettera-del-comune.pdf"))
    assert dispute.state(key) == "decided"
    shown = dispute.enter("dresano").get(f"/admin/diffide/details/?id={key}").text
    assert "registrato dall&#39;azienda per conto del Comune, con il documento" in shown
    assert "lettera-del-comune.pdf" in shown


def test_the_municipality_finds_on_its_home_what_it_did_not_decide_and_stops_it(dispute):
    penalty = dispute.penalty()
    office, comune = dispute.enter("direzione"), dispute.enter("dresano")
    refused = dispute.step("direzione", penalty, "cancel", "penali", why="Accordo.")
    assert "Questo dato è necessario" in refused and dispute.state(penalty, Penalty) == "decided"
    dispute.step("direzione", penalty, "cancel", "penali", why="Accordo.", file=pdf("delibera.pdf"))
    assert dispute.state(penalty, Penalty) == "cancelled"
    record, act = f"/admin/penali/details/?id={penalty}", dispute.last(OnBehalf)
    # on the page and in the diary
    for reader in (office, comune, dispute.enter("revisore")):
        assert unescape(reader.get(record).text).count("registrato dall'azienda per conto del Comune") == 2
    mine = f"/admin/atti-per-conto/details/?id={act}"
    told = comune.get("/admin/").text
    assert "ha registrato per conto dell&#39;ente: l&#39;annullamento della penale" in told and mine in told
    assert "annullamento della penale" not in dispute.enter("melegnano").get("/admin/").text
    assert dispute.enter("melegnano").get(mine).status_code == 404
    assert "Opponiti" in comune.get(mine).text and "delibera.pdf" in comune.get(mine).text
    assert "Opponiti" not in office.get(mine).text and "registrato per errore" in office.get(mine).text
    page = "/admin/atti-per-conto/passaggio/?id={}&atto={}"
    assert office.get(page.format(act, "object")).status_code == 302
    assert "Questo dato è necessario" in comune.fill(page.format(act, "object"), why="")
    assert "l&#39;atto è fermo" in comune.fill(page.format(act, "object"), why="Nessuna delibera.")
    assert dispute.state(penalty, Penalty) == "decided"
    assert "Nessuna delibera." in office.get(record).text and "fermato in seguito" in office.get(record).text
    assert "Decidere sull&#39;atto" in comune.get("/admin/").text
    assert "L&#39;atto è annullato" in comune.fill(page.format(act, "take_back"), why="Mai deciso.")
    assert "Decidere sull&#39;atto" not in comune.get("/admin/").text
    assert "annullamento della penale" in comune.get("/admin/atti-per-conto/").text


def test_the_decision_chooses_the_kind_among_those_that_are_contested(dispute):
    key = dispute.open(**{
        "findings-1-service_id": str(dispute.service), "findings-1-kind": dispute.kinds[1],
        "findings-1-happened_on": "2026-01-13", "findings-1-facts": "Pasti freddi."})
    for action, said in (("send", {"channel": "pec", "sent_on": "2026-01-20", "protocol_number": "12"}),
                         ("receive", {"received_on": "2026-01-21"}),
                         ("summon", {"summoned_for": "2026-02-10", "place": "Municipio"}),
                         ("hear", {"present": "Anna Rossi", "minutes": "Sentite."})):
        dispute.step("dresano", key, action, **said, **({} if action == "summon" else {"file": pdf()}))
    page, comune = f"/admin/diffide/decisione/?id={key}", dispute.enter("dresano")
    with dispute.house.session() as session:
        first, second = (finding.id for finding in session.get_one(DefaultNotice, key).findings)
    said = {f"outcome_{first}": "upheld", f"reasons_{first}": "Danno agli utenti.",
            f"outcome_{second}": "not_upheld", f"reasons_{second}": "Non provata."}
    assert "Scegliere una voce" in comune.fill(page, **said, **{f"kind_{first}": dispute.kinds[2]})
    comune.fill(page, **said, **{f"kind_{first}": dispute.kinds[1]})
    assert "contestata come:" in comune.get(f"/admin/diffide/details/?id={key}").text
    penalty = f"/admin/diffide/penale/?id={key}&rilievo={first}"
    assert "sotto il minimo" in comune.fill(penalty, amount="150,00", gravity="Grave.")
    assert "Decisa per € 1.500,00" in comune.fill(penalty, amount="1.500,00", gravity="Grave.")


def test_the_end_of_a_damage_is_recorded_by_the_azienda_with_the_municipalitys_document_alone(dispute):
    key = dispute.heard()
    dispute.enter("dresano").fill(f"/admin/diffide/danno/?id={key}", description="Pasti altrove.", amount="80,00")
    page = f"/admin/diffide/danno/esito/?id={key}&danno={dispute.last(DamageClaim)}"
    office = dispute.enter("direzione")
    assert "Questo dato è necessario" in office.fill(page, outcome="reject", why="Non dovuto.")
    assert "Respinto" in office.fill(page, outcome="reject", why="Non dovuto.", file=pdf("lettera.pdf"))
    shown = dispute.enter("dresano").get(f"/admin/diffide/details/?id={key}").text
    assert "Il rigetto del danno" in shown and "per conto del Comune, con il documento lettera.pdf" in shown


def test_a_payment_is_reversed_and_a_penalty_contested_reduced_and_cancelled(dispute):
    penalty = dispute.penalty()
    said = dispute.step("contabilita", penalty, "pay", "penali", amount="200,00")
    assert "Della penale restano" in said
    dispute.step("contabilita", penalty, "pay", "penali", amount="50,00")
    assert dispute.state(penalty, Penalty) == "part_paid"
    paid = dispute.last(PenaltyPayment)
    dispute.enter("contabilita").fill(f"/admin/penali/storno/?id={penalty}&pagamento={paid}", why="Sbagliato.")
    assert dispute.state(penalty, Penalty) == "decided"
    dispute.step("direzione", penalty, "contest", "penali", kind="court", on="2026-03-02", why="Eccessiva.")
    said = dispute.step("dresano", penalty, "reduce", "penali", to="0,00", by="court", why="Sentenza.", file=pdf())
    assert "tra zero e" in said
    dispute.step("dresano", penalty, "reduce", "penali", to="120,00", by="court", why="Sentenza.", file=pdf())
    assert dispute.state(penalty, Penalty) == "reduced"
    said = dispute.step("dresano", penalty, "cancel", "penali", why="Accordo.")
    assert "Annullata: non si deve nulla" in said


def test_damages_and_the_provider_stand_on_the_record(dispute):
    key = dispute.heard()
    finding = dispute.finding(key)
    with dispute.house.unit("gestore") as session:
        provider = filled(Provider, kind="provider", name="Cooperativa Uno", tax_code=body_tax_code())
        session.add(provider)
        session.flush()
        chosen = provider.id
    said = dispute.enter("direzione").fill(f"/admin/diffide/gestore/?id={key}&rilievo={finding}",
                                           provider_id=str(chosen), note="Chiesti chiarimenti.")
    assert "girata al gestore" in said
    comune = dispute.enter("dresano")
    assert "Cooperativa Uno" in comune.get(f"/admin/diffide/details/?id={key}").text
    comune.fill(f"/admin/diffide/danno/?id={key}", description="Pasti comprati altrove.", amount="80,00")
    damage = dispute.last(DamageClaim)
    page = f"/admin/diffide/danno/esito/?id={key}&danno={damage}"
    assert "maggiore di zero" in comune.fill(page, outcome="settle", amount="", why="Accordo.")
    assert "Definito" in comune.fill(page, outcome="settle", amount="70,00", why="Accordo.")
    assert dispute.enter("direzione").get(f"/admin/diffide/?gestore={chosen}").text.count("1/2026") == 1
    assert "Cooperativa Uno" in dispute.enter("direzione").get("/admin/diffide/andamento/").text
    assert comune.get("/admin/diffide/andamento/").status_code == 403


def test_a_control_proposes_its_serious_findings_and_keeps_the_notice_that_it_led_to(dispute):
    own = dispute.house.id_of("dresano")
    with dispute.house.unit("controllo") as session:
        control = filled(Control, contract_id=dispute.contract, municipality_id=own, kind="visit", state="held",
                         title="Sportello", service_id=dispute.service)
        control.findings.append(filled(ControlFinding, text="Porta chiusa alle 9.", serious=True))
        session.add(control)
        session.flush()
        key = control.id
    page = f"/admin/diffide/nuova/?control={key}"
    comune = dispute.enter("dresano")
    assert "Porta chiusa alle 9." in comune.get(page).text
    comune.fill(page, **{"findings-0-kind": dispute.kinds[0], "findings-0-happened_on": "2026-01-12"})
    with dispute.house.session() as session:
        assert session.get_one(Control, key).notice_id == dispute.last()


def test_home_tells_the_municipality_what_waits_for_it(dispute):
    key = dispute.open()
    assert "Completare la diffida" in dispute.enter("dresano").get("/admin/").text
    assert "Completare la diffida" not in dispute.enter("melegnano").get("/admin/").text
    with dispute.house.session() as session:
        assert session.scalars(select(NoticeFinding.outcome).where(NoticeFinding.notice_id == key)).one() == "open"


@pytest.mark.parametrize("address", [
    "/admin/diffide/details/?id=99999999999999999999", "/admin/diffide/details/?id=abc", "/admin/penali/details/?id=",
    "/admin/diffide/passaggio/?id=1&atto=nulla", "/admin/diffide/penale/?id=1&rilievo=x",
    "/admin/penali/storno/?id=1&pagamento=9999999999999",
])
def test_an_address_of_nothing_is_404(dispute, address):
    assert dispute.enter("direzione").get(address).status_code == 404


@pytest.mark.parametrize("address", [
    "/admin/diffide/?stato=x&comune=x&servizio=x&gestore=x&anno=x", "/admin/diffide/?search=%00%25_", "/admin/diffide/",
    "/admin/diffide/nuova/?parte=1-x", "/admin/diffide/nuova/?control=99999999999", "/admin/penali/?contest=court",
    "/admin/diffide/andamento/?anno=99999", "/admin/diffide/andamento/?anno=-1",
])
def test_nonsense_in_the_address_asks_for_the_plain_page(dispute, address):
    assert dispute.enter("direzione").get(address).status_code == 200


def test_a_term_on_the_home_leads_to_the_act_itself(dispute):
    """To the passage for who may do it now, to the page of the case for the others."""
    key, house = dispute.open(), dispute.house
    dispute.step("dresano", key, "send", channel="pec", sent_on="2026-01-20", protocol_number="12", file=pdf())
    worker.run_once(house.settings, house.database, new_day=False)
    assert f'passaggio/?id={key}&amp;atto=receive"' in dispute.enter("dresano").get("/admin/").text
    dispute.step("dresano", key, "receive", received_on="2026-01-21", file=pdf())
    worker.run_once(house.settings, house.database, new_day=False)
    office = dispute.enter("direzione")
    assert f'/admin/diffide/passaggio/?id={key}&amp;atto=answer" aria-label="Registra la risposta: ' in office.get(
        "/admin/").text
    said = office.fill(f"/admin/diffide/passaggio/?id={key}&atto=answer", kind="rebuttal", answered_on="2026-02-03",
                       text="Furono due.", file=pdf())
    assert "La risposta è registrata" in said
    assert "Apri la scadenza" not in dispute.enter("revisore").get("/admin/").text
