"""A provider of identities of our own, for tests: OpenID Connect with PKCE on a port of this machine."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "patto", "un segreto della prova, lungo abbastanza"


@dataclass
class Provider:
    """What it says of whoever comes, and how it lies if it is told to."""

    issuer: str
    email: str = "direzione@patto.example"
    verified: object = True
    denies: bool = False
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}))
    signs_with: RSAKey | None = None

    def token(self, asked: dict[str, str]) -> str:
        """The signed statement about whoever asked."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "persona-1", "aud": CLIENT, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], "email": self.email, "email_verified": self.verified, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with or self.key)


def _app(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def configuration():
        at = provider.issuer
        return jsonify(issuer=at, authorization_endpoint=f"{at}/authorize", token_endpoint=f"{at}/token",
                       jwks_uri=f"{at}/jwks", id_token_signing_alg_values_supported=["RS256"])

    @app.get("/authorize")
    def authorize():
        asked = request.args.to_dict()
        provider.asked.append(asked)
        back = f"{asked['redirect_uri']}?state={asked['state']}"
        if provider.denies:
            return redirect(f"{back}&error=access_denied")
        code = secrets.token_urlsafe(12)
        provider.codes[code] = asked
        return redirect(f"{back}&code={code}")

    @app.post("/token")
    def token():
        asked = provider.codes.pop(request.form["code"], None)
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        who = request.authorization
        if asked is None or challenge != asked["code_challenge"] or (who.username, who.password) != (CLIENT, SECRET):
            return jsonify(error="invalid_grant"), 400
        return jsonify(access_token=secrets.token_urlsafe(12), token_type="Bearer", expires_in=300,
                       id_token=provider.token(asked))

    @app.get("/jwks")
    def jwks():
        return jsonify(keys=[provider.key.as_dict(private=False)])

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider("")
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
