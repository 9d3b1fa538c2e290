"""What was approved is what is signed: a contract negotiated in Word, approved, completed, signed, compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from sqlalchemy import select

from core.contracts import final, life
from core.contracts.assemble import contract_document
from core.contracts.codes import set_codes
from core.contracts.final import Fate, FinalText
from core.contracts.model import Contract
from core.contracts.operations import generate_document, set_acts, upload_negotiated
from core.contracts.passages import Resolution
from core.deadlines.waiting import waiting
from core.documents import comparing
from core.documents.controls import lates
from core.documents.model import DocumentSignature
from core.documents.wordfile import read_edges, read_text
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties.model import BankAccount, Delegate
from tests.conftest import BACKENDS
from tests.district import TODAY, District
from tests.factories import write_missing_sheets
from tests.ground import Ground
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approve_all, demo_contract, text_to_sign
from tests.signers import TestSigner

MOVED = "L'azienda speciale consortile «"
EDITED = "Le premesse sono parte"
HYPHENS = "L'Azienda è soggetto strumentale"


@pytest.fixture
def backend() -> str:
    """One engine: what a Word file says does not hang on it. The story, and what asks the tables, are tried on both."""
    return "sqlite"


@pytest.fixture
def session(ground: Ground, district: District) -> Iterator[ScopedSession]:
    """One long act on the demo district, where Carpiano's contract waits for its bodies."""
    ground.reach(district.database, "bare", lambda: bare_contract(district))
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        yield session


def bare_contract(district: District) -> None:
    """Carpiano's contract before its bodies have decided: no acts of its own, no account, a text with blanks."""
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        contract = demo_contract(session)
        write_missing_sheets(session)
        party = contract.municipality_parties[0].party
        for account in list(party.accounts):
            for delegate in list(account.delegates):
                session.delete(delegate)
            session.delete(account)
        session.flush()
        session.expire(party)
        azienda = [act.id for act in contract.printed_acts if act.party_id != party.id]
        set_acts(session, contract.id, azienda, version=contract.version)
        generate_document(session, contract.id, registry=district.registry, today=TODAY)


def content_of(session: ScopedSession, contract: Contract) -> bytes:
    return session.files.get(contract.documents[-1].document.path)


def negotiated(data: bytes, *, losing: str = "") -> bytes:
    """The file as a municipality sends it back: a sentence more, a paragraph moved, hyphens that do not break."""
    document, packed = Document(BytesIO(data)), BytesIO()
    at = {start: next(p for p in document.paragraphs if start.casefold() in p.text.casefold())
          for start in (MOVED, EDITED, HYPHENS)}
    at[EDITED].add_run(" Lo chiede il Comune.")
    at[HYPHENS]._p.addprevious(at[MOVED]._p)
    run = at[HYPHENS].add_run(" Servizi socio")
    run._r.append(OxmlElement("w:noBreakHyphen"))
    at[HYPHENS].add_run("sanitari.")
    for control in [found for found in document.element.body.iter(qn("w:sdt"))
                    if losing and found.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == losing]:
        for child in control.find(qn("w:sdtContent")):
            control.addprevious(child)
        control.getparent().remove(control)
    document.save(packed)
    return packed.getvalue()


def approved(session: ScopedSession, **hand: Any) -> Contract:
    """Negotiated in Word, sent to the bodies, approved by all."""
    contract = demo_contract(session)
    upload_negotiated(session, contract.id, note="", file=Upload("dal-comune.docx", negotiated(
        content_of(session, contract), **hand)))
    life.submit(session, contract.id, version=None, today=TODAY)
    approve_all(session, contract)
    return contract


def the_rest_comes(session: ScopedSession, contract: Contract) -> None:
    """The account with its delegate, and the CIG."""
    party = contract.municipality_parties[0].party
    lea = Delegate(given_name="Lea", family_name="Moretti", sex="F", birth_place="Lodi", birth_date=date(1980, 3, 8),
                   tax_code="MRTLEA80C48E648P", role="Ragioniera")
    session.add(BankAccount(party=party, iban="IT81M0999933600000000202699", bank="Banca Dimostrativa",
                            branch="Carpiano", treasury=True, delegates=[lea]))
    set_codes(session, contract.id, cig="B1234567A9", cup="", version=None)
    session.flush()
    session.expire(party)


def proposed(session: ScopedSession, contract: Contract, district: District, **how: Any) -> FinalText:
    """The text to sign as it would be today."""
    return final.propose(session, contract, district.registry, today=TODAY, **how)


def signers(contract: Contract) -> list[TestSigner]:
    people = [member.signatory for member in contract.parties]
    return [TestSigner(who.full_name, who.tax_code) for who in people if who is not None]


def sign(session: ScopedSession, contract: Contract, file: Upload, **how: Any) -> Contract:
    return life.sign(session, contract.id, signed_on=TODAY, signed_at=time(10, 30), place="San Donato Milanese",
                     file=file, version=None, today=TODAY, **how)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_contract_negotiated_in_word_is_approved_completed_signed_and_no_word_differs(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    the_rest_comes(session, contract)
    text = proposed(session, contract, district)
    assert text.approved.origin == "negotiated" and text.left == () and text.places == ()
    assert {datum.fate for datum in text.data} == {Fate.FILLED}
    text_to_sign(session, district.registry, contract)
    last, approved_text = content_of(session, contract), session.files.get(text.approved.document.path)
    envelope = last
    for one in signers(contract):
        envelope = one.p7m(envelope)
    sign(session, contract, Upload("contratto.docx.p7m.p7m", envelope))
    assert contract.state == "signed"
    kept = session.scalars(select(DocumentSignature).order_by(DocumentSignature.id.desc()).limit(2)).all()
    assert {row.fiscal_code for row in kept} == {one.fiscal_code for one in signers(contract)}

    before, after = read_text(approved_text), read_text(last)
    assert not any("BOZZA" in edge for edge in read_edges(last))
    assert "Lo chiede il Comune." in " ".join(after), "what was negotiated is what is signed"
    filled_in = {datum.name: datum.text for datum in text.data}
    assert filled_in["Deliberazione della Giunta – Comune di Carpiano"] == "n. 11 del 10 febbraio 2026"
    changed = [found for found in comparing.in_place(before, after) if found.kind is comparing.Change.CHANGED]
    assert len(changed) == 8, "no paragraph comes or goes, and the others are the same"
    came = " ".join(filled_in.values())
    opened = " ".join(datum.open for datum in lates(contract_document(session, contract, district.registry)))
    for found in changed:
        for kind, words in comparing.words(found.before[0], found.after[0]):
            if kind is comparing.Change.ADDED:
                assert words.strip(",.;") in came, words
            elif kind is comparing.Change.REMOVED:
                assert "____" in words or words.strip(",") in opened, words


def test_the_edited_word_file_is_compared_right_with_the_generated_one(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    generated, edited = (read_text(session.files.get(version.document.path)) for version in contract.documents[-2:])
    found = [one for one in comparing.paragraphs(generated, edited) if one.kind is not comparing.Change.SAME]
    assert [one.kind for one in found] == [comparing.Change.MOVED, comparing.Change.CHANGED, comparing.Change.MOVED,
                                           comparing.Change.CHANGED]
    gone, premises, come, hyphens = found
    assert gone.before == come.after and MOVED in gone.before[0].replace("b) l", "L")
    assert premises.after[0].endswith("Lo chiede il Comune.")
    assert hyphens.after[0].endswith("Servizi socio-sanitari.")


def test_a_text_with_blanks_is_not_signed_and_each_blank_is_named(session: ScopedSession, district: District) -> None:
    contract = approved(session)
    for by_hand in (False, True):
        text_to_sign(session, district.registry, contract, by_hand=by_hand)
        with pytest.raises(RuleBroken) as refused:
            sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=by_hand)
        assert ("Nel testo da firmare restano spazi vuoti. Art. 24-bis – Tracciabilità dei flussi finanziari: Conto "
                "dedicato – Comune di Carpiano.") in str(refused.value)
    the_rest_comes(session, contract)
    text_to_sign(session, district.registry, contract, by_hand=True)
    sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)
    assert contract.state == "signed"


def test_what_a_hand_has_left_open_stops_the_signature_with_its_article(
    session: ScopedSession, district: District
) -> None:
    contract = demo_contract(session)
    document, packed = Document(BytesIO(content_of(session, contract))), BytesIO()
    premises, founders, court = (
        next(p for p in document.paragraphs if p.text.startswith(start))
        for start in ("Le premesse sono parte", "a)\ti Comuni di ", "1.\tPer ogni contestazione"))
    premises.add_run(" Il Comune versa …… euro.")
    run = founders.runs[-1]
    run.text = f"i Comuni di , riuniti{run.text.partition(', riuniti')[2]}"
    court.add_run(" Restano ferme le competenze seguenti:")
    document.save(packed)
    upload_negotiated(session, contract.id, note="", file=Upload("dal-comune.docx", packed.getvalue()))
    life.submit(session, contract.id, version=None, today=TODAY)
    approve_all(session, contract)
    the_rest_comes(session, contract)
    text = proposed(session, contract, district)
    assert [left.partition(" «")[0] for left in text.left] == [
        "Premesse:", "Art. 1 – Valore delle premesse:", "Art. 28 – Foro competente: elenco vuoto dopo"]
    text_to_sign(session, district.registry, contract)
    with pytest.raises(RuleBroken) as refused:
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE))
    for named in ("«a) i Comuni di , riuniti", "Il Comune versa …… euro.»", "competenze seguenti:»"):
        assert named in str(refused.value), named

    open_list, sum_of_money = (place.spot for place in text.places)
    typed = {open_list.code: " Carpiano e\tDresano ", sum_of_money.code: "5.000,00"}
    completed = proposed(session, contract, district, typed=typed)
    said = " ".join(read_text(completed.content))
    assert "i Comuni di Carpiano e Dresano, riuniti" in said and "Il Comune versa 5.000,00 euro." in said
    assert [left.partition(":")[0] for left in completed.left] == ["Art. 28 – Foro competente"], "nobody can fill it in"
    version = final.keep_final(session, contract.id, registry=district.registry, digest=completed.digest, typed=typed,
                               today=TODAY)
    assert version.note == (
        "Scritto negli spazi del testo approvato: Premesse: «Carpiano e Dresano» (sistema (prova)); Art. 1 – Valore "
        "delle premesse: «5.000,00» (sistema (prova)).")
    assert text_to_sign(session, district.registry, contract) is version, "prepared again it keeps what was typed"
    assert [final.words_typed(session, held) for held in contract.documents[-2:]] == [False, True]


def test_words_that_are_none_and_words_beside_a_datum_are_refused(session: ScopedSession, district: District) -> None:
    carpiano = demo_contract(session).municipality_parties[0].party_id
    contract = approved(session, losing=f"patto:act/{carpiano}/giunta")
    place = proposed(session, contract, district).places[0].spot
    for typed, chosen, why in (
        ({place.code: "trenta\u200bgiorni"}, {}, "carattere invisibile dopo «trenta»"),
        ({place.code: "parole " * 300}, {}, "2099 caratteri, al massimo 2000"),
        ({"1-2-3": "trenta"}, {}, "non è più nel testo"),
        ({place.code: "trenta"}, {place.code: f"act/{carpiano}/giunta"}, "Premesse, .*scegliere un dato oppure"),
    ):
        with pytest.raises(RuleBroken, match=why):
            proposed(session, contract, district, typed=typed, chosen=chosen)
    blank = proposed(session, contract, district, typed={place.code: "n. ____ del 3 marzo"})
    assert [left for left in blank.left if "n. ____ del 3 marzo" in left], "what is typed with a blank is still one"


def test_by_hand_the_day_and_the_hour_stay_for_the_pen_and_digitally_nothing_stays(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    the_rest_comes(session, contract)
    text_to_sign(session, district.registry, contract, by_hand=True)
    assert "il giorno ________ alle ore ________," in " ".join(read_text(content_of(session, contract)))
    with pytest.raises(RuleBroken, match="Premesse: Giorno e ora della firma"):
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE))
    text_to_sign(session, district.registry, contract)
    with pytest.raises(RuleBroken, match="dice che si firma digitalmente") as refused:
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)
    assert refused.value.field == "by_hand"


def test_the_approved_text_is_not_signed_while_it_says_that_it_is_a_draft(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    with pytest.raises(RuleBroken, match="porta ancora la parola bozza"):
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)


def test_after_the_first_approval_nothing_is_made_anew_from_the_template(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    for state in ("under_approval", "partly_approved", "approved", "signed"):
        contract.state = state
        with pytest.raises(RuleBroken, match="non è più una bozza"):
            generate_document(session, contract.id, registry=district.registry, today=TODAY)


def test_where_a_hand_has_removed_the_control_the_place_is_asked_and_chosen(
    session: ScopedSession, district: District
) -> None:
    carpiano = demo_contract(session).municipality_parties[0].party_id
    key = f"act/{carpiano}/giunta"
    contract = approved(session, losing=f"patto:{key}")
    the_rest_comes(session, contract)
    text = proposed(session, contract, district)
    assert [(place.where, place.spot.text, place.key) for place in text.places] == [
        ("Premesse", "n. ________ del ________", ""), ("Art. 30 – Norme di chiusura", "n. ________ del ________", "")]
    [lost] = [datum for datum in text.data if datum.fate is Fate.NO_PLACE]
    assert lost.name == "Deliberazione della Giunta – Comune di Carpiano"
    assert {left.partition(":")[0] for left in text.left} == {"Premesse", "Art. 30 – Norme di chiusura"}
    chosen = {place.spot.code: key for place in text.places}
    placed = proposed(session, contract, district, chosen=chosen)
    assert placed.left == () and {datum.fate for datum in placed.data} == {Fate.FILLED}
    said = " ".join(read_text(placed.content))
    assert said.count("della Giunta comunale n. 11 del 10 febbraio 2026") == 2
    with pytest.raises(RuleBroken, match="non è più nel testo"):
        proposed(session, contract, district, chosen={"1-2-3": key})


def test_words_that_stand_once_find_their_datum_without_a_control(session: ScopedSession, district: District) -> None:
    contract = approved(session, losing="patto:codes")
    the_rest_comes(session, contract)
    text = proposed(session, contract, district)
    assert "identificativo di gara (CIG) B1234567A9." in " ".join(read_text(text.content))
    assert {datum.fate for datum in text.data} == {Fate.FILLED}


def test_what_a_hand_wrote_in_a_control_stays_and_is_told(session: ScopedSession, district: District) -> None:
    contract = demo_contract(session)
    document, packed = Document(BytesIO(content_of(session, contract))), BytesIO()
    for text in document.element.body.iter(qn("w:t")):
        if text.text and text.text.startswith("conto corrente di tesoreria: IBAN ____"):
            text.text = "conto di tesoreria: IBAN IT00X, delegata la Ragioniera"
    document.save(packed)
    upload_negotiated(session, contract.id, note="", file=Upload("dal-comune.docx", packed.getvalue()))
    life.submit(session, contract.id, version=None, today=TODAY)
    approve_all(session, contract)
    the_rest_comes(session, contract)
    [hand] = [one for one in proposed(session, contract, district).data if one.fate is Fate.BY_HAND]
    assert hand.written == "conto di tesoreria: IBAN IT00X, delegata la Ragioniera"
    assert "IT81 M099" in hand.text


def test_a_text_that_nobody_has_read_is_not_kept(session: ScopedSession, district: District) -> None:
    contract = approved(session)
    digest = proposed(session, contract, district).digest
    the_rest_comes(session, contract)
    with pytest.raises(RuleBroken, match="rileggere le differenze"):
        final.keep_final(session, contract.id, registry=district.registry, digest=digest, today=TODAY)
    one, other = (text_to_sign(session, district.registry, contract) for _time in range(2))
    assert one is other, "the same text twice is one version"


def test_a_paper_that_lacks_stops_the_signature_by_name(session: ScopedSession, district: District) -> None:
    contract = approved(session)
    the_rest_comes(session, contract)
    text_to_sign(session, district.registry, contract, by_hand=True)
    next(act for act in contract.parties[0].party.acts if act.title.startswith("Statuto")).date = None
    with pytest.raises(RuleBroken, match=r"mancano, con numero e data: Statuto – A\.S\.S\.E\.MI\."):
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)


def test_an_act_that_the_text_does_not_cite_is_told(session: ScopedSession, district: District) -> None:
    contract = approved(session)
    board = Resolution(contract.parties[0].party_id, "board", "", "77", TODAY)
    life.approve(session, contract.id, act=board, version=None, today=TODAY)
    [unsaid] = [one for one in proposed(session, contract, district).data if one.fate is Fate.UNSAID]
    assert (unsaid.name, unsaid.text) == ("Deliberazione del Consiglio di Amministrazione – A.S.S.E.MI.",
                                          "n. 77 del 10 febbraio 2026")


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_approved_contract_waits_on_the_home_with_the_act_that_comes_next(
    session: ScopedSession, district: District
) -> None:
    contract = approved(session)
    the_rest_comes(session, contract)

    def next_act() -> tuple[str, str]:
        [item] = [item for item in waiting(session, TODAY) if (item.kind, item.key) == ("contract", contract.id)]
        assert item.role == Role.MANAGEMENT and item.due == contract.starts_on and item.what.at is not None
        return item.what.at.kind, str(item.what)

    assert next_act() == ("contract.final", "Approvato da tutti gli enti: si prepara il testo da firmare, e se ne "
                          "accettano le differenze.")
    text_to_sign(session, district.registry, contract, by_hand=True)
    assert next_act() == ("contract.sign", "Il testo da firmare è pronto: si attende la firma, poi si registra.")
    board = Resolution(contract.parties[0].party_id, "board", "", "77", TODAY)
    life.approve(session, contract.id, act=board, version=None, today=TODAY)
    assert next_act()[0] == "contract.final" and "sono cambiati gli atti registrati" in next_act()[1]
    with pytest.raises(RuleBroken, match="sono cambiati gli atti registrati: prepararlo di nuovo"):
        sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)
    text_to_sign(session, district.registry, contract, by_hand=True)
    sign(session, contract, Upload("scan.pdf", SIGNED_FILE), by_hand=True)
    assert not [item for item in waiting(session, TODAY) if (item.kind, item.key) == ("contract", contract.id)]
