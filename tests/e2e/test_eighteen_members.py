"""An azienda of eighteen members, from an empty database to the contract that all of them sign, by the screen alone;
members, signatories and accounts come from the sheets that its pages give.
"""

from __future__ import annotations

from pathlib import Path

from tests.e2e.effort import Effort
from tests.e2e.newcomer import (
    Page,
    address,
    bring,
    come_in,
    expect,
    member,
    open_the_service,
    people,
    production,
    register_the_azienda,
    sign_the_contract,
    write_the_terms,
)

__all__ = ["address", "production"]
VALLEYS = ("Alba", "Bassa", "Cervo", "Dora", "Elvo", "Fonda", "Gelata", "Iria", "Lunga", "Mora", "Nera", "Orco",
           "Piana", "Quieta", "Rossa", "Scura", "Torta", "Umbra")
NAMES = [f"Valle {name}" for name in VALLEYS]


def test_eighteen_members_sign_one_contract(
    page: Page, effort: Effort, production: tuple[str, str], tmp_path: Path
) -> None:
    page.set_default_timeout(30000)
    come_in(page, production[1])
    effort.reached("Entrare")
    register_the_azienda(page)
    effort.reached("1. L'azienda")
    rows = {"Comuni": [member(number, name) for number, name in enumerate(NAMES, 1)]}
    bring(page, effort, "municipalities", tmp_path, rows)
    bring(page, effort, "people", tmp_path, people(NAMES))
    effort.reached("2-3. Enti e firmatari, da Excel")
    open_the_service(page)
    effort.reached("4-5. Aree, servizio, scheda")
    write_the_terms(page)
    effort.reached("6. Condizioni e Carta")
    page.goto("/admin/per-cominciare/")
    expect(page.locator("main")).to_contain_text("Non manca nulla")
    text = sign_the_contract(page, tmp_path, NAMES)
    effort.reached("Contratto, fino alla firma")
    assert all(f"Comune di {name}" in text for name in NAMES)
