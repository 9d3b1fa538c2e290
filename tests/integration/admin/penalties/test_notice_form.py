"""The form of a notice of default: as many rows as there are defaults, and no file chosen twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.cases.model import CaseFile
from core.penalties.model import NoticeFinding
from tests.integration.admin.browser import pdf

FIRST = date(2026, 1, 13)


@pytest.mark.parametrize("rows", [60, 140])
def test_a_notice_contests_as_many_defaults_as_there_are(dispute, rows: int) -> None:
    key = dispute.open(**{f"findings-{n}-{name}": value for n in range(1, rows) for name, value in (
        ("service_id", str(dispute.service)), ("kind", dispute.kinds[n % 3]),
        ("happened_on", f"{FIRST + timedelta(days=n // 3):%Y-%m-%d}"), ("facts", f"Fatto n. {n}"))})
    with dispute.house.session() as session:
        found = session.scalars(select(NoticeFinding.facts).where(NoticeFinding.notice_id == key)).all()
    assert len(found) == rows and f"Fatto n. {rows - 1}" in found


def test_a_table_beyond_all_measure_is_refused_and_not_cut(dispute) -> None:
    comune = dispute.enter("dresano")
    many = {f"findings-{n}-facts": f"Fatto n. {n}" for n in range(501)}
    comune.post(dispute.new, {**comune.fields(dispute.new), **dispute.typed(), **many}, page=dispute.new)
    assert "Le righe sono 501: al massimo 500 in una volta." in comune.text()
    assert dispute.last() == 0


def test_files_that_were_chosen_are_kept_beside_those_that_come(dispute) -> None:
    comune = dispute.enter("dresano")
    comune.fill(dispute.new, **dispute.typed(facts=""), evidence=pdf("prima.pdf", b"%PDF-1.7 prima"))
    assert "Già scelto: prima.pdf" in comune.text()
    comune.send(facts="Ritardi.", evidence=pdf("seconda.pdf", b"%PDF-1.7 seconda"))
    with dispute.house.session() as session:
        names = [row.document.file_name for row in session.scalars(select(CaseFile))]
    assert sorted(names) == ["prima.pdf", "seconda.pdf"]
