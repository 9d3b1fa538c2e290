"""Proofs print a figure each; the table stands at the end of ``make prove``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FIGURE = "figura: "


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, str], None]:
    """``figure("numerazione (sqlite)", "0 doppioni")`` writes one line of the table."""
    return lambda name, text: record_property(FIGURE + name, text)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, from the reports: proofs may run in several processes."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [(name.removeprefix(FIGURE), text) for report in reports if getattr(report, "when", "") == "call"
             for name, text in report.user_properties if name.startswith(FIGURE)]
    if not lines:
        return
    width = max(len(name) for name, _text in lines)
    terminalreporter.section("prove")
    for name, text in lines:
        terminalreporter.write_line(f"{name:<{width}}  {text}")
