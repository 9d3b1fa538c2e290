"""A contract with bodies that are neither municipalities nor unions: what they owe, how they sign, what is printed."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.operations import set_coverage
from core.contracts import life, papers, plans, rules
from core.contracts.model import Contract, ContractTerms, ZonePlan
from core.contracts.operations import draft, generate_document
from core.contracts.passages import Resolution
from core.contracts.terms import PAPERS, TERMS, add_version
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession
from core.ground.errors import Level, Place, RuleBroken
from core.ground.files import Upload
from core.ground.unit_of_work import unit_of_work
from core.parties import capacities
from core.parties import operations as parties
from core.parties.model import Municipality
from tests import factories
from tests.district import TODAY, District
from tests.factories import write_missing_sheets
from tests.integration.contracts.making import ACTOR, SIGNED_FILE, approved_and_signed, text_to_sign

START, END = date(2026, 7, 1), date(2027, 12, 31)
SEAT = {"address": "via Roma 1", "postal_code": "20077", "city": "Melegnano", "province": "MI"}


def body(session: ScopedSession, name: str, form: str, **more: Any) -> Municipality:
    """A body with who signs for it, covered by the access desk from the start of the contract."""
    made = parties.add_municipality(session, {
        "name": name, "form": form, "tax_code": factories.body_tax_code(), **SEAT,
        "mission": "stare accanto a chi è solo.", "principles": "solidarietà.",
        "relations": "Un incontro all'anno.", **more})
    session.flush()
    parties.add_signatory(session, {
        "party_id": made.id, "role": "Presidente", "given_name": "Livia", "family_name": "Corsini", "sex": "F",
        "birth_place": "Lodi", "birth_province": "LO", "birth_date": date(1970, 5, 5),
        "tax_code": "CRSLVI70E45E648S", "valid_from": date(2020, 1, 1)})
    desk = session.scalars(select(Service).where(Service.code == "access_desk")).one()
    set_coverage(session, desk.id, made.id, START, None)
    session.flush()
    session.expire(made)
    return made


def conditions(session: ScopedSession, **lists: tuple[str, ...]) -> ContractTerms:
    """The demo's conditions again, with these lists of papers."""
    old = session.scalars(select(ContractTerms).order_by(ContractTerms.id.desc())).first()
    assert old is not None
    same = {name: getattr(old, name) for name in TERMS - set(PAPERS) - {"title"}}
    plan = [{"title": row.title, "kind": row.kind, "percent": row.percent, "base": row.base, "due": row.due,
             "event": row.event, "due_days": row.due_days, "counts_from": row.counts_from,
             "with_forecast": row.with_forecast} for row in old.instalments]
    bands = [{"kind": b.kind, "description": b.description, "minimum": b.minimum, "maximum": b.maximum}
             for b in old.bands]
    return add_version(session, {**same, "title": "Enti diversi", **dict.fromkeys(PAPERS, ()), **lists}, plan, bands)


def contract_with(session: ScopedSession, terms: ContractTerms, *who: Municipality) -> Contract:
    return draft(session, [one.id for one in who], starts_on=START, ends_on=END, terms_id=terms.id, today=TODAY)


def printed(session: ScopedSession, contract: Contract, district: District) -> str:
    """The words of the generated Word file."""
    write_missing_sheets(session)
    text = generate_document(session, contract.id, registry=district.registry, today=TODAY)
    lines = read_text(session.files.get(text.document.path))
    return re.sub(r"\s+", " ", " ".join(lines))


def test_a_body_of_the_third_sector_entrusts_a_service_by_its_statute_and_signs(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        house = body(session, "Fondazione Casa Aperta ETS", "third_sector", runts="48211")
        contract = contract_with(session, conditions(session, third_sector_papers=("Statuto",)), house)
        assert [party.capacity for party in contract.parties] == ["azienda", "third_sector"]
        text = printed(session, contract, district)
        for words in (
            "e la Fondazione Casa Aperta ETS",
            "Fondazione Casa Aperta ETS, con sede in 20077 Melegnano",
            "iscritta al n. 48211 del Registro unico nazionale del Terzo settore",
            "rappresentata da Livia Corsini, nata a Lodi (LO)",
            "in qualità di Presidente, come stabilisce il suo statuto, di seguito «l'Ente»",
            "Obblighi dell'Ente", "Per la Fondazione Casa Aperta ETS",
            "Non prende parte al riparto, e non versa la quota né le rate: la Fondazione Casa Aperta ETS.",
            "degli articoli 20 e 21 del decreto legislativo 7 marzo 2005, n. 82",
        ):
            assert words in text, words
        assert "comma 2-bis" not in text, "which is of agreements between public administrations"
        assert "Comune di Fondazione" not in text and "partita IVA 99" not in text.split("Registro unico")[0][-400:]
        assert [paper.title for paper in papers.missing(contract)] == ["Statuto"]
        parties.add_act(session, {"party_id": house.id, "body_kind": "founding", "kind": "statuto", "number": None,
                                  "date": date(2019, 3, 1), "title": "Statuto della Fondazione", "body": ""})
        parties.add_account(session, {"party_id": house.id, "iban": "IT60X0542811101000000123456", "bank": "Banca",
                                      "branch": "Lodi", "treasury": False, "communicated_on": TODAY}, today=TODAY)
        session.flush()
        session.expire(house)
        assert papers.missing(contract) == []
        azienda = contract.parties[0]
        assert rules.missing_approvals(contract) == [azienda], "by its statute; the azienda acts"
        life.submit(session, contract.id, version=None, today=TODAY)
        life.approve(session, contract.id, act=Resolution(azienda.party_id, "board", "", "7", TODAY), version=None,
                     today=TODAY)
        assert contract.state == "approved"
        text_to_sign(session, district.registry, contract, by_hand=True)
        life.sign(session, contract.id, signed_on=TODAY, signed_at=time(10, 30), place="Melegnano", by_hand=True,
                  file=Upload("contratto.pdf", SIGNED_FILE), version=None, today=TODAY)
        assert contract.state == "signed"


def test_what_the_conditions_ask_of_each_kind_of_body_is_owed_by_it_alone(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        asked = conditions(
            session, municipality_papers=("Deliberazione del Consiglio",),
            public_papers=("Deliberazione del Direttore generale",),
            third_sector_papers=("Deliberazione del Consiglio di Amministrazione",))
        hospital = body(session, "ASST Melegnano", "public")
        cross = body(session, "Croce Amica ODV", "third_sector")
        union = body(session, "Unione dei Comuni del Lambro", "unione")
        contract = contract_with(session, asked, hospital, cross, union)
        assert [(paper.party.name, paper.title) for paper in papers.missing(contract)] == [
            ("ASST Melegnano", "Deliberazione del Direttore generale"),
            ("Croce Amica ODV", "Deliberazione del Consiglio di Amministrazione"),
            ("Unione dei Comuni del Lambro", "Deliberazione del Consiglio")]
        assert {member.party.name for member in rules.missing_approvals(contract)} == {
            "ASST Melegnano", "Croce Amica ODV", "Unione dei Comuni del Lambro"}
        text = printed(session, contract, district)
        for words in (
            "e l'ASST Melegnano, la Croce Amica ODV e l'Unione dei Comuni del Lambro",
            "in esecuzione della deliberazione del Direttore generale n. ________ del ________",
            "in esecuzione della deliberazione del Consiglio di Amministrazione n. ________",
            "in esecuzione della deliberazione del Consiglio dell'Unione",
            "di seguito ciascuno, per la propria parte e per i propri residenti, «l'Ente»",
            "ASST Melegnano, con sede", "Croce Amica ODV, con sede",
        ):
            assert words in text, words
        life.submit(session, contract.id, version=None, today=TODAY)
        for member, kind in zip(contract.municipality_parties, ("director", "board", "council"), strict=True):
            life.approve(session, contract.id, act=Resolution(member.party_id, kind, "", "7", TODAY), version=None,
                         today=TODAY)
        assert contract.state == "approved" and papers.missing(contract) == []


def test_a_name_whose_first_word_does_not_say_its_gender_has_it_told(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        told = body(session, "Shalom ETS", "third_sector", gender="f")
        text = printed(session, contract_with(session, conditions(session), told), district)
        assert "e la Shalom ETS" in text and "rappresentata da Livia Corsini" in text


def test_what_a_body_of_another_kind_cannot_be_is_refused_at_its_field(session: ScopedSession) -> None:
    facts = {"name": "Fondazione Casa Aperta", "tax_code": factories.body_tax_code(), **SEAT}
    for more, field in (({"form": "chissà"}, "form"), ({"form": "public", "runts": "12"}, "runts"),
                        ({"form": "comune"}, "istat"), ({"form": "third_sector", "gender": "x"}, "gender")):
        with pytest.raises(RuleBroken) as refused:
            parties.add_municipality(session, {**facts, **more})
        assert refused.value.field == field
    made = parties.add_municipality(session, {**facts, "form": "third_sector"})
    session.flush()
    with pytest.raises(RuleBroken, match="non può essere socio") as refused:
        parties.add_membership(session, {"municipality_id": made.id, "valid_from": date(2026, 1, 1)})
    assert refused.value.field == "municipality_id"


# --- in two capacities ------------------------------------------------------------------------------------


def melegnano(session: ScopedSession) -> Municipality:
    return session.scalars(select(Municipality).where(Municipality.slug == "melegnano")).one()


def free_terms(session: ScopedSession) -> ContractTerms:
    return conditions(session, municipality_papers=("Deliberazione del Consiglio",))


def test_a_municipality_that_leads_the_district_stands_once_with_both_capacities_and_signs_once(
    district: District,
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        town = melegnano(session)
        capacities.add_capacity(session, {"municipality_id": town.id, "kind": "lead", "valid_from": date(2025, 1, 1)})
        capacities.add_capacity(session, {"municipality_id": town.id, "kind": "accrediting",
                                          "valid_from": date(2025, 1, 1)})
        union = body(session, "Unione dei Comuni del Lambro", "unione")
        session.expire(town)
        both = contract_with(session, free_terms(session), union)
        text = printed(session, both, district)
        assert "di cui è ente capofila il Comune di Melegnano" in text
        assert "(A.S.S.E.MI.), ente capofila" not in text and "L'Azienda, come ente capofila" not in text
        own = session.scalars(select(Contract).where(Contract.number == 5, Contract.year == 2026)).one()
        text = printed(session, own, district)
        also = "ente capofila del Distretto Sociale Sud Est Milano ed ente che accredita le unità d'offerta sociali"
        assert f"e il Comune di Melegnano (anche come {also})" in text
        assert f"che interviene anche come {also}, in esecuzione" in text
        assert text.count(f"Per il Comune di Melegnano, anche come {also}") == 1


def test_it_signs_again_for_each_capacity_that_says_so(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        town = melegnano(session)
        capacities.add_capacity(session, {"municipality_id": town.id, "kind": "other", "signs_apart": True,
                                          "title": "gestore del centro diurno", "valid_from": date(2025, 1, 1)})
        session.expire(town)
        own = session.scalars(select(Contract).where(Contract.number == 5, Contract.year == 2026)).one()
        text = printed(session, own, district)
        assert "che interviene anche come gestore del centro diurno" in text
        assert "Per il Comune di Melegnano Sindac" in text
        assert "Per il Comune di Melegnano, come gestore del centro diurno Sindac" in text
        assert "(A.S.S.E.MI.), ente capofila del Distretto" in text, "the azienda leads still"


APART = "Melegnano firma di nuovo come ente capofila del Distretto Sociale Sud Est Milano, e nessuno è indicato"


def lead_apart(session: ScopedSession) -> Contract:
    """Melegnano leads the district and signs its own contract once more as the lead body."""
    town = melegnano(session)
    capacities.add_capacity(session, {"municipality_id": town.id, "kind": "lead", "signs_apart": True,
                                      "valid_from": date(2025, 1, 1)})
    session.expire(town)
    return session.scalars(select(Contract).where(Contract.number == 5, Contract.year == 2026)).one()


def named(session: ScopedSession, **more: Any) -> None:
    """Somebody who signs for Melegnano as the lead body, and nothing else."""
    parties.add_signatory(session, {
        "party_id": melegnano(session).id, "role": "Responsabile dell'Ufficio di Piano", "given_name": "Livia",
        "family_name": "Corsini", "sex": "F", "birth_place": "Lodi", "birth_province": "LO", "signs": "lead",
        "birth_date": date(1970, 5, 5), "tax_code": "CRSLVI70E45E648S", "valid_from": date(2025, 1, 1), **more})
    session.expire(melegnano(session))


def test_who_signs_in_the_second_capacity_is_named_signs_there_alone_and_the_contract_is_signed(
    district: District,
) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        own = lead_apart(session)
        [said] = [one for one in rules.check(own, TODAY) if str(one).startswith(APART)]
        assert said.at == Place("signatory", melegnano(session).id) and said.level is not Level.ERROR
        text = printed(session, own, district)
        mayor = own.municipality_parties[0].signatory
        assert mayor is not None
        block = text.split("Per il Comune di Melegnano, come ente capofila del Distretto Sociale Sud Est Milano ")[1]
        assert block.startswith(f"{mayor.role} {mayor.full_name}"), "who represents the body"

        named(session)
        assert rules.signatory_on(melegnano(session), TODAY) is mayor, "for the Comune itself nothing changes"
        assert not [one for one in rules.check(own, TODAY) if "come ente capofila" in str(one)]
        text = printed(session, own, district)
        first, second = text.split("Per il Comune di Melegnano ")[-1], text.split(", come ente capofila del Distretto "
                                                                                  "Sociale Sud Est Milano ")[-1]
        assert first.startswith(f"{mayor.role} {mayor.full_name}")
        assert second.startswith("Responsabile dell'Ufficio di Piano Livia Corsini")
        approved_and_signed(session, district, own)
        assert own.state == "signed"


def test_who_was_named_for_a_capacity_and_is_not_in_office_yet_stops_the_text(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        own = lead_apart(session)
        named(session, valid_from=date(2026, 9, 1))
        [said] = [one for one in rules.check(own, TODAY) if one.level is Level.ERROR]
        assert str(said).startswith("Chi firma per Melegnano come ente capofila del Distretto Sociale Sud Est Milano "
                                    "non è in carica il giorno della firma")
        assert said.at == Place("signatory", melegnano(session).id)
        with pytest.raises(RuleBroken, match="non è in carica"):
            printed(session, own, district)


def test_two_bodies_do_not_lead_on_one_day_and_another_capacity_needs_its_words(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        town = melegnano(session)
        other = body(session, "ASST Melegnano", "public")
        lead = {"kind": "lead", "valid_from": date(2025, 1, 1)}
        first = capacities.add_capacity(session, {**lead, "municipality_id": town.id, "valid_to": date(2025, 12, 31)})
        with pytest.raises(RuleBroken, match="lo è già Melegnano"):
            capacities.add_capacity(session, {**lead, "municipality_id": other.id})
        capacities.add_capacity(session, {**lead, "municipality_id": other.id, "valid_from": date(2026, 1, 1)})
        with pytest.raises(RuleBroken) as refused:
            capacities.add_capacity(session, {"municipality_id": town.id, "kind": "other", "title": " ",
                                              "valid_from": date(2025, 1, 1)})
        assert refused.value.field == "title"
        bodies = session.scalars(select(Municipality)).all()
        for each in bodies:
            session.expire(each)
        assert capacities.holder(bodies, "lead", date(2025, 6, 1)) is town
        assert capacities.holder(bodies, "lead", date(2026, 6, 1)) is other
        capacities.edit_capacity(session, first.id, {"valid_to": date(2025, 6, 30)}, version=first.version)
        session.expire(town)
        assert capacities.holder(bodies, "lead", date(2025, 9, 1)) is None


# --- the Zone Plan ----------------------------------------------------------------------------------------


def test_a_contract_says_until_when_its_plan_is_extended_and_by_which_act(district: District) -> None:
    act = "deliberazione dell'Assemblea Intercomunale n. 4 del 20 dicembre 2027"
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        plan = session.scalars(select(ZonePlan).where(ZonePlan.last_year == 2027)).one()
        for facts, field in (({"extended_to": date(2027, 6, 30), "extended_by": act}, "extended_to"),
                             ({"extended_to": date(2028, 6, 30), "extended_by": " "}, "extended_by"),
                             ({"extended_to": None, "extended_by": act}, "extended_to")):
            with pytest.raises(RuleBroken) as refused:
                plans.edit_plan(session, plan.id, facts, version=plan.version)
            assert refused.value.field == field
        plans.edit_plan(session, plan.id, {"extended_to": date(2028, 6, 30), "extended_by": act, "ordinal": None},
                        version=plan.version)
        session.flush()
        union = body(session, "Unione dei Comuni del Lambro", "unione")
        contract = draft(session, [union.id], starts_on=START, ends_on=date(2028, 6, 30),
                         terms_id=free_terms(session).id, today=TODAY)
        text = printed(session, contract, district)
        assert f"Piano di Zona 2025-2027, prorogato fino al 30 giugno 2028 con {act}, e la riconoscono" in text
        assert "triennio" not in text
        assert not [f for f in rules.check(contract, TODAY) if f.where in ("zone_plan", "ends_on")]
        contract.ends_on = date(2028, 7, 1)
        [past] = [f for f in rules.check(contract, TODAY) if f.where == "ends_on" and f.source == "R11"]
        assert "(2025-2027, prorogato fino al 30/06/2028)" in str(past)


def test_a_vat_number_is_printed_where_it_is_recorded_and_never_taken_from_the_tax_code(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        mountain = body(session, "Comunità Montana di Prova", "public")
        contract = contract_with(session, conditions(session, public_papers=("Statuto",)), mountain)
        assert "partita IVA" not in printed(session, contract, district)
        mountain.vat_number = factories.body_tax_code()
        session.flush()
        assert f"partita IVA {mountain.vat_number}" in printed(session, contract, district)


def test_a_union_that_is_a_member_stands_after_the_towns_with_its_article(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        union = body(session, "Unione dei Comuni Colli del Lambro", "unione")
        parties.add_membership(session, {"municipality_id": union.id, "valid_from": date(2020, 1, 1)})
        text = printed(session, contract_with(session, conditions(session), union), district)
    [members] = re.findall(r"oggi ([^–]+) –", text)
    assert members.endswith(" e l'Unione dei Comuni Colli del Lambro") and members.startswith("Carpiano, ")
