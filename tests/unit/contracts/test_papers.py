"""What each party owes to a contract: data of the conditions, answered by its acts."""

from __future__ import annotations

from datetime import date

import pytest

from core.contracts import papers
from core.contracts.model import Contract, ContractAct, ContractParty, ContractTerms
from core.ground.errors import RuleBroken
from core.parties.model import Act, Azienda
from tests.factories import filled, municipality

DAY = date(2026, 2, 19)


def act(party, kind, number="7", day=DAY, **facts):
    return filled(Act, party=party, body_kind=kind, kind="deliberazione", number=number, date=day, **facts)


@pytest.fixture
def contract():
    """A contract of Dresano under the conditions of 2015."""
    azienda = filled(Azienda, id=1, name="Azienda Sociale", short_name="A.S.", kind="azienda")
    dresano = municipality(id=3, form="comune", connector="di")
    terms = filled(ContractTerms, municipality_papers=papers.OF_A_MUNICIPALITY, azienda_papers=papers.OF_THE_AZIENDA)
    return Contract(terms=terms, number=1, year=2026, starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31), parties=[
        ContractParty(party=azienda, party_id=1, capacity="azienda", order=0),
        ContractParty(party=dresano, party_id=3, capacity="comune", order=1)])


def attach(contract, place, kind, role="attached", **facts):
    party = contract.parties[place].party
    held = act(party, kind, party_id=party.id, **facts)
    contract.acts.append(ContractAct(act=held, role=role))
    return held


def test_every_paper_that_lacks_is_named_before_the_signature(contract):
    attach(contract, 1, "council")
    attach(contract, 0, "board", number=None)
    with pytest.raises(RuleBroken) as refused:
        papers.require_complete(contract)
    said = str(refused.value)
    for lacking in ("Deliberazione della Giunta – Comune di Dresano", "Convenzione costitutiva – A.S.",
                    "Deliberazione del Consiglio di Amministrazione – A.S.", "Deliberazione dell'Assemblea Consortile",
                    "Statuto – A.S."):
        assert lacking in said
    assert "Deliberazione del Consiglio – Comune di Dresano" not in said


def test_nothing_lacks_when_each_has_its_date_and_the_resolutions_a_number(contract):
    for place, kind in ((1, "council"), (1, "giunta"), (0, "board"), (0, "assembly")):
        attach(contract, place, kind)
    azienda = contract.parties[0].party
    azienda.acts += [filled(Act, body_kind="founding", kind="statuto", title="Statuto dell'Azienda", date=DAY),
                     filled(Act, body_kind="founding", kind="convenzione", title="Convenzione costitutiva", date=DAY)]
    papers.require_complete(contract)
    assert papers.missing(contract) == []


def test_an_approval_answers_before_an_act_that_was_attached(contract):
    attach(contract, 1, "council", number="1")
    mine = attach(contract, 1, "council", role="approval", number="2", day=date(2026, 1, 2))
    attach(contract, 1, "council", role="superseded", number="3")
    [council, giunta] = papers.owed(contract, contract.parties[1])
    assert (council.act, giunta.act) == (mine, None)


def test_an_amendment_is_not_approved_by_the_acts_of_the_contract_that_it_amends(contract):
    held = attach(contract, 1, "council", id=9)
    contract.amends_id, contract.base = 5, {"act/9": {"value": True}}
    assert papers.owed(contract, contract.parties[1])[0].act is None
    assert held in papers.others(contract, contract.parties[1])


def test_the_azienda_approves_where_the_conditions_ask_its_own_acts(contract):
    assert [member.capacity for member in papers.awaited(contract)] == ["comune", "azienda"]
    contract.terms.azienda_papers = ("Statuto",)
    assert [member.capacity for member in papers.awaited(contract)] == ["comune"]


@pytest.mark.parametrize(("titles", "words"), [
    (["Deliberazione del Sindaco"], "indicare l'organo"),
    (["Deliberazione del Consiglio", "deliberazione  del Consiglio comunale"], "due volte"),
    (["Statuto", "statuto"], "due volte"),
])
def test_a_list_that_cannot_be_answered_is_refused(titles, words):
    with pytest.raises(RuleBroken, match=words) as refused:
        papers.checked_titles(titles, field="azienda_papers")
    assert refused.value.field == "azienda_papers"


def test_a_paper_is_called_as_the_contract_calls_it(contract):
    [council, giunta] = papers.owed(contract, contract.parties[1])
    assert papers.in_words(council) == "deliberazione del Consiglio comunale"
    assert papers.in_words(giunta) == "deliberazione della Giunta comunale"
    assert papers.reference(act(None, "council", day=date(2026, 3, 8))) == "n. 7 dell'8 marzo 2026"
    assert papers.reference(act(None, "council", number=None)) == ""
