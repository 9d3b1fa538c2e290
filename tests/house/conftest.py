"""What the rules of the house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import test_code


@pytest.fixture(scope="module", autouse=True)
def _read_again() -> Iterator[None]:
    """What was read of the code goes with the rules that looked at it: a hundred megabytes are much to keep."""
    yield
    test_code.tree.cache_clear()
    test_code.by_kind.cache_clear()
