"""Measuring without ceremony: the median of a few runs after one that warms up; the memory of a run on its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def median_seconds(
    act: Callable[[], object], runs: int = 5, clock: Callable[[], float] = time.perf_counter
) -> float:
    """The median of ``runs`` timed calls, in seconds, after one call that does not count.

    With ``time.process_time`` as its ``clock`` what others do on the machine does not count.
    """
    act()
    seconds = []
    for _ in range(runs):
        started = clock()
        act()
        seconds.append(clock() - started)
    return statistics.median(seconds)


def row(name: str, seconds: float, ratio: float | None = None, against: str = "") -> None:
    """Print one line of the table."""
    compared = f"{ratio:8.2f} x {against}" if ratio is not None else ""
    print(f"  {name:52} {seconds * 1000:10.1f} ms {compared}")


def peak_mib(act: Callable[[], object]) -> float:
    """By how many MiB a process grows at most while it does ``act``, in a process of its own."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)

    def work() -> None:
        before = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        act()
        sending.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before)

    process = context.Process(target=work)
    process.start()
    grown: int = receiving.recv()
    process.join()
    return grown / 2**20


def memory_row(name: str, mib: float) -> None:
    """Print one line of memory."""
    print(f"  {name:52} {mib:10.1f} MiB")
