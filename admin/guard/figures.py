"""What the web processes count: answers and the time they took. All together, whichever of them is asked.

Each process has a row of its own in memory that they share, so that none waits for another, nor for one that was
killed; who takes its place goes on counting where it ended.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator, MutableSequence

STATUS = ("1xx", "2xx", "3xx", "4xx", "5xx")
UP_TO = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
ROW = len(STATUS) + len(UP_TO) + 2  # how many took longer, and all seconds together

_cells: MutableSequence[float] = [0.0] * ROW
_first = 0
_lock = threading.Lock()


def share(cells: MutableSequence[float], row: int) -> None:
    """Count in memory that others see, in the row of this process."""
    global _cells, _first
    _cells, _first = cells, row * ROW


def count(status: int, seconds: float) -> None:
    """One answer more."""
    place = _first + len(STATUS) + bisect_left(UP_TO, seconds)
    with _lock:
        _cells[_first + min(max(status // 100, 1), len(STATUS)) - 1] += 1
        _cells[place] += 1
        _cells[_first + ROW - 1] += seconds


def _totals() -> list[float]:
    return [sum(_cells[place::ROW]) for place in range(ROW)]


def lines() -> Iterator[str]:
    """The figures as Prometheus reads them."""
    totals = _totals()
    yield "# HELP patto_requests_total Answers since the program was started, by class of status."
    yield "# TYPE patto_requests_total counter"
    for status, number in zip(STATUS, totals, strict=False):
        yield f'patto_requests_total{{status="{status}"}} {number:.0f}'
    yield "# HELP patto_request_seconds Time until an answer began."
    yield "# TYPE patto_request_seconds histogram"
    upto = 0.0
    for bound, number in zip([*map(str, UP_TO), "+Inf"], totals[len(STATUS):-1], strict=True):
        upto += number
        yield f'patto_request_seconds_bucket{{le="{bound}"}} {upto:.0f}'
    yield f"patto_request_seconds_sum {totals[-1]:.3f}"
    yield f"patto_request_seconds_count {upto:.0f}"


def gauge(name: str, about: str, value: float | None) -> Iterator[str]:
    """One figure of this moment; no line for one that is not known."""
    if value is not None:
        yield from (f"# HELP {name} {about}", f"# TYPE {name} gauge", f"{name} {value}")
