"""An azienda of ten years: a contract that renews itself, with a union of comuni among its parties, from an empty
database to the signature, by the screen alone.
"""

from __future__ import annotations

from pathlib import Path

from tests.e2e.effort import Effort
from tests.e2e.newcomer import (
    Page,
    address,
    bring,
    come_in,
    member,
    open_the_service,
    people,
    production,
    register_the_azienda,
    sign_the_contract,
    write_the_terms,
)

__all__ = ["address", "production"]
COMUNE, UNION = "Fontebella", "Unione delle Terre Alte"


def test_a_contract_of_ten_years_with_a_union_renews_itself(
    page: Page, effort: Effort, production: tuple[str, str], tmp_path: Path
) -> None:
    page.set_default_timeout(30000)
    come_in(page, production[1])
    effort.reached("Entrare")
    register_the_azienda(page)
    effort.reached("1. L'azienda")
    union = {name: value for name, value in member(2, UNION).items() if name != "Codice ISTAT"}
    rows = [member(1, COMUNE), {**union, "Forma": "Unione di Comuni"}]
    bring(page, effort, "municipalities", tmp_path, {"Comuni": rows})
    bring(page, effort, "people", tmp_path, people([COMUNE, UNION]))
    effort.reached("2-3. Enti e firmatari, da Excel")
    open_the_service(page)
    effort.reached("4-5. Aree, servizio, scheda")
    write_the_terms(page, duration_months="120", tacit_renewal="yes", tacit_renewal_months="120",
                    tacit_renewal_times="1", notice_months="12")
    effort.reached("6. Condizioni e Carta")
    text = sign_the_contract(page, tmp_path, [COMUNE, UNION], last="2036-12-31")
    effort.reached("Contratto, fino alla firma")
    assert "31 dicembre 2036" in text and "Unione delle Terre Alte" in text and "Comune di Unione" not in text
    renewal = "Alla scadenza si rinnova tacitamente per dieci anni, per non più di una volta, salvo disdetta"
    assert renewal in " ".join(text.split())
