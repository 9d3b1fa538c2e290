"""A thread that is kept for who watches over the program: the others may all be waiting for a database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from waitress.task import ThreadedTaskDispatcher


class Kept:
    """The dispatcher of a server, and beside it one that only answers at ``paths``."""

    def __init__(self, dispatcher: ThreadedTaskDispatcher, paths: Collection[str]) -> None:
        self._all, self._paths, self._kept = dispatcher, paths, ThreadedTaskDispatcher()
        self._kept.set_thread_count(1)

    def add_task(self, channel: Any) -> None:
        """Give a request that came in to a thread."""
        kept = bool(channel.requests) and channel.requests[0].path in self._paths
        (self._kept if kept else self._all).add_task(channel)

    def shutdown(self) -> None:
        """End all threads."""
        for one in (self._all, self._kept):
            one.shutdown()
