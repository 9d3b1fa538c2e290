"""A sheet of the demo is approved: who tries its form takes the approval back first, as the office would."""

from __future__ import annotations

from tests.integration.admin.browser import Person


def reopen(inside: Person, key: int) -> None:
    page = f"/admin/schede/passaggio/?id={key}&atto=undo"
    assert inside.post(page, {**inside.fields(page), "why": "Da correggere."}, page=page).status_code == 302
