"""Proofs print a figure each; the table stands at the end of ``make prove``."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FIGURES = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture
def figure(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """``figure("numerazione (sqlite)", "0 doppioni")`` writes one line of the table."""
    lines = pytestconfig.stash.setdefault(FIGURES, [])
    return lambda name, text: lines.append((name, text))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    lines = config.stash.get(FIGURES, [])
    if not lines:
        return
    width = max(len(name) for name, _text in lines)
    terminalreporter.section("prove")
    for name, text in lines:
        terminalreporter.write_line(f"{name:<{width}}  {text}")
