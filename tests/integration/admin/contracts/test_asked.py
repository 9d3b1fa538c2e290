"""How often the record of a contract asks the database: the parts of the page do not ask the same again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from core.plugins.bound import offered
from tests.integration.admin.house import House
from tests.integration.admin.office.lived import lived

__all__ = ["lived"]
MOST = 30


@pytest.mark.parametrize("name", ["direzione", "dresano"])
def test_the_record_of_a_contract_with_its_story_asks_at_most_thirty_times(lived: House, name: str) -> None:
    someone, asked = lived.person(name), []
    page = f"/admin/contratti/details/?id={lived.contract_of('dresano')}"
    assert "Preparata la bozza" in someone.read(page)

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(lived.database.reading, "before_cursor_execute", note)
    try:
        assert someone.get(page).status_code == 200
    finally:
        event.remove(lived.database.reading, "before_cursor_execute", note)
    panels = [panel for _loaded, panel in offered(lived.database, "patto_panels") if panel.page == "contract"]
    assert 0 < len(asked) <= MOST + len(panels), "\n".join(asked)  # each part of a plugin asks once
