"""The files of the pages, their stylesheet and icon: a browser asks for each once, and again when it has changed.

Their address holds a mark of what is in them, so that what comes from it stays good for a year.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask_admin import __file__ as flask_admin

KEPT = 365 * 24 * 3600  # seconds
FOLDERS = {
    "static": Path(__file__).parents[1] / "static",
    "admin.static": Path(flask_admin).parent / "static",
}


def init_app(app: Flask) -> None:
    """Give ``static_url`` to the templates, and let browsers keep what they get from such an address."""
    app.add_template_global(static_url)

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint in FOLDERS and "v" in request.args and response.status_code == 200:
            response.cache_control.no_cache = None
            response.cache_control.public = True
            response.cache_control.max_age = KEPT
        return response


def static_url(name: str, endpoint: str = "static") -> str:
    """The address of a file of the pages, with the mark of its content."""
    return url_for(endpoint, filename=name, v=_mark(FOLDERS[endpoint] / name))


@lru_cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
