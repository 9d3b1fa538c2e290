"""The files of the pages, their stylesheet and icon: a browser asks for each once, and again when it has changed.
Those of a plugin lie in its folder ``static``.

Their address holds a mark of what is in them, so that what comes from it stays good for a year.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, request, send_from_directory, url_for
from flask_admin import __file__ as flask_admin

from admin.guard import policy
from admin.guard.session import office

OF_PLUGINS = "plugin_static"
KEPT = 365 * 24 * 3600  # seconds
FOLDERS = {
    "static": Path(__file__).parents[1] / "static",
    "admin.static": Path(flask_admin).parent / "static",
}


def init_app(app: Flask) -> None:
    """Give ``static_url`` to the templates, and let browsers keep what they get from such an address."""
    app.add_template_global(static_url)
    app.add_template_global(plugin_static)

    @app.get("/plugin/<plugin>/<path:file>", endpoint=OF_PLUGINS)
    @policy.allow(policy.PUBLIC)
    def _of_plugin(plugin: str, file: str) -> Response:
        """A file of a plugin; 404 where there is none."""
        loaded = office().registry.plugins.get(plugin)
        if loaded is None:
            abort(404)
        return send_from_directory(loaded.folder / "static", file)

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint in (*FOLDERS, OF_PLUGINS) and "v" in request.args and response.status_code == 200:
            response.cache_control.no_cache = None
            response.cache_control.public = True
            response.cache_control.max_age = KEPT
        return response


def plugin_static(plugin: str, file: str) -> str:
    """The address of a file of a plugin, with the mark of its content."""
    return url_for(OF_PLUGINS, plugin=plugin, file=file, v=_mark(office().registry.plugins[plugin].folder / "static"
                                                                  / file))


def static_url(name: str, endpoint: str = "static") -> str:
    """The address of a file of the pages, with the mark of its content."""
    return url_for(endpoint, filename=name, v=_mark(FOLDERS[endpoint] / name))


@lru_cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
