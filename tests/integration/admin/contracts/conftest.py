"""The manager who writes the contracts."""

from __future__ import annotations

import pytest

from tests.integration.admin.browser import Enter, Person


@pytest.fixture
def manager_screen(person: Enter) -> Person:
    """The manager at the screen; to come in writes, so a test reaches its beginning before."""
    return person("direzione")
