"""What a contract prints of the azienda itself: the name of its district, and the court of its terms."""

from __future__ import annotations

import pytest

from core.contracts import house
from core.contracts.model import Contract, ContractParty, ContractTerms
from core.ground.errors import Place
from core.parties.model import Azienda
from tests.factories import filled


def a_contract(*, district: str = "Ambito della Val d'Ònera", own: str = "Brescia", court: str = "Brescia") -> Contract:
    azienda = filled(Azienda, id=1, district=district, court=own)
    return filled(Contract, terms_id=4, terms=filled(ContractTerms, court=court),
                  parties=[filled(ContractParty, party=azienda)])


def test_the_court_taken_over_from_another_contract_is_said_before_anybody_signs():
    [finding] = house.remarks(a_contract(court="Milano"))
    assert str(finding).startswith(
        "Le condizioni dicono competente il foro di Milano, i dati dell'azienda quello di Brescia")
    assert finding.at == Place("terms", 4)
    assert not list(house.remarks(a_contract(court=" brescia ")))


@pytest.mark.parametrize(("district", "printed"), [
    ("Val d'Ònera", "del Val d'Ònera"), ("Alta Brianza", "dell'Alta Brianza"), ("", None),
    ("Distretto Sociale Sud Est Milano", None), ("Ambito 9", None), ("Comunità Montana", None),
])
def test_a_district_without_its_noun_shows_how_it_will_be_printed(district, printed):
    found = [str(f) for f in house.remarks(a_contract(district=district))]
    assert found == ([] if printed is None else [
        f"Il contratto scriverà «ente capofila {printed}»: se non si legge bene, scrivere il nome per intero, con "
        "«Distretto» o «Ambito» davanti."])
