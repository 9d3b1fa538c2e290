"""The contracts under which there are controls and disputes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.integration.admin.house import House


@pytest.fixture
def party(in_force: House) -> Callable[[str], str]:
    """The contract of a municipality as the forms offer it."""
    return lambda slug: f"{in_force.contract_of(slug)}-{in_force.id_of(slug)}"
