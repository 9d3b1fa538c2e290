"""What watches over the program reads: ``/salute`` and ``/metriche``, and a line in the log for each answer.

The line has no personal data: not who asked, nor from where, nor for which row.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, g, jsonify, request

from admin.guard import figures, policy
from admin.guard.session import office
from admin.web.words import said
from core.ground import health
from core.ground.settings import Settings

log = logging.getLogger("patto.answers")
HEALTH, METRICS = "/salute", "/metriche"  # answered also while everybody else waits
HERE = ("127.0.0.1", "::1")
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


def init_app(app: Flask, settings: Settings) -> None:
    """Count every answer, tell the log of it if that is wanted, and answer those who watch."""

    @app.before_request
    def _begin() -> None:
        g.patto_began = time.perf_counter()

    @app.after_request
    def _ended(response: Response) -> Response:
        seconds = time.perf_counter() - g.pop("patto_began", time.perf_counter())
        figures.count(response.status_code, seconds)
        if settings.logs_access:
            page = request.url_rule.rule if request.url_rule else "-"
            log.info("%s %s %s %.0fms", request.method, page, response.status_code, seconds * 1000)
        return response

    app.add_url_rule(HEALTH, "health", _health)
    app.add_url_rule(METRICS, "metrics", _metrics)


@policy.allow(policy.PUBLIC)
def _health() -> tuple[Response, int]:
    """How the installation is: 200, or 503 for what stops the work."""
    checks = health.look(office().database)
    state = health.worst(checks)
    told: list[dict[str, Any]] = [{"what": one.what, "state": one.state, "text": said(one.says)} for one in checks]
    return jsonify(state=state, checks=told), 503 if state is health.Condition.FAULT else 200


@policy.allow(policy.PUBLIC)
def _metrics() -> Response:
    """The figures as Prometheus reads them: on this machine, or with the token of the settings."""
    if not (_with_token() or _from_here()):
        abort(403)
    return Response("\n".join([*figures.lines(), *_of_this_moment()]) + "\n",
                    content_type="text/plain; version=0.0.4; charset=utf-8")


def _with_token() -> bool:
    token = office().settings.metrics_token
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _from_here() -> bool:
    """True for who asks on this machine without going through a proxy: that one asks from here for everybody."""
    return request.remote_addr in HERE and not any(name in request.headers for name in FORWARDED)


def _of_this_moment() -> Iterator[str]:
    found = health.count(office().database)
    yield from figures.gauge("patto_database_up", "1 if the database answers.", float(found.waiting is not None))
    yield from figures.gauge("patto_outbox_waiting", "Messages that are to leave.", found.waiting)
    yield from figures.gauge("patto_outbox_given_up", "Messages that no attempt could send.", found.given_up)
    yield from figures.gauge("patto_worker_idle_seconds", "Since the last round of the worker; below zero in a round.",
                             found.last_round)
    yield from figures.gauge("patto_data_free_bytes", "Free in the data directory.", found.free)
