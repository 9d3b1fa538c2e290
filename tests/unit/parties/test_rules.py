"""The names of bodies in acts."""

from __future__ import annotations

import pytest

from core.ground.errors import RuleBroken
from core.parties import rules


@pytest.mark.parametrize(("written", "body_kind", "form", "name"), [
    ("", "council", "comune", "Consiglio comunale"), (" ", "giunta", "unione", "Giunta dell'Unione"),
    ("", "assembly", "azienda", "Assemblea Consortile"), ("Commissario", "council", "comune", "Commissario"),
])
def test_an_act_names_its_body_even_when_nobody_wrote_it(written: str, body_kind: str, form: str, name: str) -> None:
    assert rules.body_name(written, body_kind=body_kind, form=form) == name


def test_a_body_without_a_usual_name_is_asked_for() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.body_name("", body_kind="other", form="comune")
    assert refused.value.field == "body"
