"""Every measure of speed still runs on the tables of today; here with few rows, for what it says with many is no test.

Left out are ``served``, ``processes`` and ``writers``, on which proofs stand, and ``start``, which runs the commands.
"""

from __future__ import annotations

import importlib
import sys

import pytest

pytestmark = pytest.mark.proof
FEW = {
    "allocation": {"DISTRICTS": 5},
    "deadlines": {"SMALL": 300, "LARGE": 600, "CASES": 200},
    "documents": {},
    "instalments": {"SMALL": 200, "LARGE": 400},
    "lists": {"SMALL": 600, "LARGE": 700},
    "night": {"SIZE": 1_200},
}


@pytest.mark.parametrize("name", FEW)
def test_a_measure_runs_on_the_tables_of_today(name, monkeypatch, capsys):
    bench = importlib.import_module(f"bench.{name}")
    for constant, few in FEW[name].items():
        monkeypatch.setattr(bench, constant, few)
    monkeypatch.setattr(sys, "argv", [name])
    bench.main()
    assert " ms" in capsys.readouterr().out
