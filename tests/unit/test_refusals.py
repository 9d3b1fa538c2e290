"""Why the machine refuses, in the words of who reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.command.transfer import read_bytes
from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of


def test_the_usual_reasons_are_said_in_italian_and_others_as_the_system_says_them() -> None:
    assert reason_of(OSError(28, "No space left on device")) == "il disco è pieno"
    assert reason_of(OSError(110, "Connection timed out")) == "Connection timed out"
    assert str(reason_of(ValueError("una colonna"))) == "una colonna"


def test_a_file_that_is_not_there_or_is_a_folder_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match=r"azienda\.toml non si può leggere: non c'è\."):
        read_bytes(tmp_path / "azienda.toml")
    with pytest.raises(RuleBroken, match="non si può leggere: è una cartella"):
        read_bytes(tmp_path)
