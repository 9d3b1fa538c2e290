"""Garbage is collected where nothing is half done: on a Python before 3.12 several threads die of the contrary.

Before 3.12 CPython collects *inside* an allocation, in the middle of its own C code. What a collection sets free may
run Python, and while that runs another thread may go on: when the first comes back, the object that it was making has
changed under it. With SQLAlchemy's ORM at work in two threads the process dies of signal 11 within seconds. A
collection that Python code calls for is harmless, in whichever thread and whatever the others are doing: thousands of
them, beside a thread that loads rows and inside its very loads, hurt nothing. From 3.12 the interpreter does the same
by itself, between two instructions.

So the processes that have threads switch the automatic collection off, and what is due is collected when a unit of
work ends and when an answer has left. This module may go, with the lines that call it, when the README asks for 3.12.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def at_safe_points_only() -> None:
    """From here on this process collects when ``collect_due`` is called, if its Python needs that."""
    if sys.version_info < (3, 12):
        gc.disable()


def collect_due() -> None:
    """Collect what the interpreter would have collected by now, by its own thresholds; nothing if it does so itself."""
    if gc.isenabled():
        return
    due = [generation for generation in (2, 1, 0) if gc.get_count()[generation] > gc.get_threshold()[generation]]
    if due:
        gc.collect(due[0])


@contextmanager
def none_at_start() -> Iterator[None]:
    """Collect nothing while a process makes what it keeps until it ends, and never look through that again."""
    automatic = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if automatic:
            gc.enable()
