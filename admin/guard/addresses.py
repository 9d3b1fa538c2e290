"""Under which address the program is reached: links that leave it, names that it answers to, proxies before it."""

from __future__ import annotations

from typing import Any

from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from admin.guard.session import office
from core.ground.settings import Settings


def outside(endpoint: str, **values: Any) -> str:
    """The whole address of a page, for a link that is read outside of the program."""
    public = office().settings.public_url
    return f"{public}{url_for(endpoint, **values)}" if public else url_for(endpoint, _external=True, **values)


def init_app(app: Flask, settings: Settings) -> None:
    """Answer to the installation's own names only, and believe what its own proxies say of who asks."""
    app.config["TRUSTED_HOSTS"] = list(settings.hosts) or None
    if proxies := settings.trusted_proxies:
        # each adds whom it heard, the last one says over which scheme; the host they pass on as it came
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=1, x_host=0)  # type: ignore[method-assign]
