"""Legal forms and types of unit as registers spell them; what is not understood is none, never a guess."""

from __future__ import annotations

import pytest

from core.providers.spellings import legal_form, same
from core.providers.types import standard_types


@pytest.mark.parametrize(("written", "code"), [
    ("Soc. Coop. Soc. ONLUS", "social_cooperative"), ("COOPERATIVA SOCIALE A R.L.", "social_cooperative"),
    ("Società Cooperativa Sociale – ONLUS", "social_cooperative"), ("SOC.COOP.SOC. A R.L.", "social_cooperative"),
    ("S.C.S.", "social_cooperative"), ("Soc. Coop. a r.l.", "cooperative"), ("S.R.L.", "company"), ("SPA", "company"),
    ("Società a responsabilità limitata", "company"), ("S.r.l. Impresa Sociale", "social_enterprise"),
    ("Associazione APS ETS", "association"), ("O.D.V.", "association"), ("FONDAZIONE ONLUS", "foundation"),
    ("Consorzio di cooperative sociali", "consortium"), ("Parrocchia", "religious_body"), ("A.S.P.", "public_body"),
    ("S.c.a r.l.", None), ("a r.l.", None), ("ONLUS", None), ("Cooperativa di consumo", None), ("", None),
])
def test_a_legal_form_is_read_as_registers_spell_it(written: str, code: str | None):
    assert legal_form(written) == code


@pytest.mark.parametrize(("written", "codes"), [
    ("Asili nido", ["nido"]), ("ASILO NIDO", ["nido"]), ("Micro-nido", ["micronido"]), ("C.S.E.", ["cse"]),
    ("Centro Socio Educativo (C.S.E.)", ["cse"]), ("nidi famiglia", ["nido_famiglia"]), ("Nido", ["nido"]),
    ("C.D.D.", []), ("Comunità", []),
])
def test_a_type_of_unit_is_one_or_none(written: str, codes: list[str]):
    found = [row["code"] for row in standard_types() if same(written, (row["code"], row["name"]))]
    assert found == codes
