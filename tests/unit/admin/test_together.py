"""What may be done to ticked rows: only passages that ask nothing of a single record."""

from __future__ import annotations

import pytest

import admin.menu  # noqa: F401 - all pages are known by it
from admin.catalogue.passages import SheetApprovalForm
from admin.web.acts import ActForm, WhyForm
from admin.web.together import Ticked, Together

OF_ALL = (ActForm, WhyForm, SheetApprovalForm)  # one act of the Assembly approves several sheets
LISTS = sorted(Ticked.__subclasses__(), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.__name__)
def test_a_list_says_what_is_done_to_its_ticked_rows_and_asks_nothing_of_one_alone(kind: type[Ticked]) -> None:
    assert kind.each or kind.together
    assert all(kind.steps[action].form in OF_ALL for action in kind.each)
    assert not any(kind.steps[action].tint == "danger" for action in kind.each)


def test_what_happens_to_several_rows_is_said_once() -> None:
    one = Together("Fai", ActForm, lambda *_all: None, lambda rows: [f"Vale per {row}." for row in rows])
    assert one.told(["uno", "due", "uno"]) == ["Vale per uno.", "Vale per due."]
