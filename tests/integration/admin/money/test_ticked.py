"""Instalments and their requests ticked in a list: each row is an act of its own, and the report says what was not."""

from __future__ import annotations

from sqlalchemy import select

from core.instalments.model import Instalment, RequestRound
from tests.integration.admin.browser import Enter
from tests.integration.admin.deadlines.test_together import outcomes
from tests.integration.admin.house import House
from tests.integration.admin.money.test_instalment_pages import DUE, ask, instalment, plan, signed

__all__ = ["signed"]


def address(page: str, act: str, *keys: int) -> str:
    return f"/admin/{page}/insieme/?atto={act}" + "".join(f"&riga={key}" for key in keys)


def states(house: House, kind: type[Instalment] | type[RequestRound]) -> dict[int, str]:
    with house.session() as session:
        return dict(session.execute(select(kind.id, kind.state)).all())


def test_instalments_planned_by_mistake_are_cancelled_and_one_that_was_asked_is_not(
    signed: House, person: Enter
) -> None:
    office = person("contabilita")
    plan(office)
    ask(signed, person)
    wrong = [instalment(signed, "melegnano", "Saldo").id, instalment(signed, "dresano", "Saldo").id]
    asked = instalment(signed, "dresano").id
    here = address("rate", "cancel", *wrong, asked)
    office.get(here)
    assert "La rata non si potrà più chiedere." in office.text() and "3 righe" in office.text()
    sent = {**office.fields(here), "why": "Anno sbagliato"}
    for _again in range(2):  # pressed twice, it answers what it answered
        office.post(here, sent, page=here)
        told = list(outcomes(office).values())
        assert told[:2] == ["Fatto", "Fatto"] and "sciogliere prima quella" in told[2]
    held = states(signed, Instalment)
    assert [held[key] for key in wrong] == ["cancelled", "cancelled"] and held[asked] == "requested"


def test_requests_are_approved_by_the_management_alone(signed: House, person: Enter) -> None:
    office, head = person("contabilita"), person("direzione")
    plan(office)
    page = "/admin/richieste/prepara/"
    office.post(page, {**office.fields(page), "due": DUE}, page=page)
    key = signed.last(RequestRound)
    here = address("richieste", "approve", key)
    assert 'value="approve"' in head.get("/admin/richieste/").text
    shown = office.get("/admin/richieste/").text
    assert 'value="approve"' not in shown and 'value="dissolve"' in shown
    assert office.get(here).status_code == 403 and person("revisore").get(here).status_code == 403
    assert "Dopo l&#39;approvazione la contabilità può inviare le lettere." in head.get(here).text
    head.post(here, head.fields(here), page=here)
    assert list(outcomes(head).values()) == ["Fatto"] and states(signed, RequestRound)[key] == "approved"
    head.post(here, head.fields(here), page=here)
    [again] = outcomes(head).values()
    assert again.startswith("Non fatto") and states(signed, RequestRound)[key] == "approved"
