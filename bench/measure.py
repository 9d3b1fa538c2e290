"""Timing without ceremony: the median of a few runs after one that warms up."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def median_seconds(act: Callable[[], object], runs: int = 5) -> float:
    """The median of ``runs`` timed calls, in seconds, after one call that does not count."""
    act()
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def row(name: str, seconds: float, ratio: float | None = None, against: str = "") -> None:
    """Print one line of the table."""
    compared = f"{ratio:8.2f} x {against}" if ratio is not None else ""
    print(f"  {name:52} {seconds * 1000:10.1f} ms {compared}")
