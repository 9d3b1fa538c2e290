"""Coming in by a provider of identities that speaks OpenID Connect: SPID and CIE stand behind such a gateway.

Off unless the settings name one. The provider says who somebody is, by an e-mail address that it has verified; whether
that person has an access here, the users say: nobody is let in, nor made, whom an administrator has not invited.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, flash, redirect, session, url_for
from flask_babel import gettext as _
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from admin.guard import door, policy
from admin.guard.accounts import accounts
from admin.guard.addresses import outside
from core.ground.settings import Settings
from core.users.records import How, LoginOutcome

AFTER = "patto_after"
PATIENCE = 10  # seconds for each answer of the provider
NOT_PROVED = (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError)


@policy.allow(policy.PUBLIC)
def begin() -> Response:
    """Lead to the provider, with a state, a nonce and a challenge of our own."""
    settings, client = _provider()
    try:
        if client.load_server_metadata().get("issuer") != settings.oidc_issuer:
            return _refused(_("Il gestore di identità non risponde come quello indicato nelle impostazioni: avvisare "
                              "l'amministratore."))
        session[AFTER] = door.wanted()
        asked = [value for value in settings.oidc_second_factor if value.startswith("http")]
        answer: Response = client.authorize_redirect(outside("oidc.back"),
                                                     **({"acr_values": " ".join(asked)} if asked else {}))
        return answer
    except requests.RequestException:
        return _down()
    except NOT_PROVED:
        return _unproved()


@policy.allow(policy.PUBLIC)
def back() -> Response:
    """Take what the provider says, and let in whoever has an access here."""
    settings, client = _provider()
    try:
        said = _said(client, settings)
    except requests.RequestException:
        return _down()
    except NOT_PROVED as error:
        if getattr(error, "error", "") == "access_denied":
            return _refused(_("L'ingresso con l'identità digitale è stato annullato: riprovare, o entrare con la "
                              "password."))
        return _unproved()
    email = str(said.get("email") or "")
    if not email or said.get("email_verified") is not True:
        return _refused(_("Il gestore di identità non ha comunicato un indirizzo di posta verificato: senza, non si sa "
                          "di chi è l'accesso. Entrare con la password, o avvisare l'amministratore."))
    account = accounts().find_user(email=email)
    if account is None or not account.active or accounts().is_shut_out(account):
        door.record(email, LoginOutcome.REFUSED, How.PROVIDER, account)
        return _refused(_("L'identità è riconosciuta, ma l'indirizzo %(email)s non ha un accesso attivo a Patto: "
                          "chiederlo all'amministratore.", email=email))
    means = {said.get("acr"), *(said.get("amr") or ())}
    return door.come_in(account, How.PROVIDER, counts=bool(means & set(settings.oidc_second_factor)),
                        after=session.pop(AFTER, None) or url_for("admin.index"))


def _said(client: Any, settings: Settings) -> Mapping[str, Any]:
    """What the signed token says of somebody, with what the provider adds when it is asked. AuthlibBaseError and the
    like for an answer that proves nothing."""
    token = client.authorize_access_token(claims_options={
        "iss": {"essential": True, "values": [settings.oidc_issuer]},
        "aud": {"essential": True, "values": [settings.oidc_client_id]}})
    said: dict[str, Any] = dict(token["userinfo"])
    if "email" not in said and client.load_server_metadata().get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more.get("sub") == said["sub"]:
            said = {**more, **said}
    return said


def _provider() -> tuple[Settings, Any]:
    settings: Settings = current_app.extensions["patto"].settings
    return settings, current_app.extensions["patto_oidc"].create_client("provider")


def _down() -> Response:
    return _refused(_("Il gestore di identità non risponde: riprovare tra qualche minuto, o entrare con la password."))


def _unproved() -> Response:
    door.record("", LoginOutcome.REFUSED, How.PROVIDER)
    return _refused(_("La risposta del gestore di identità non prova chi sta entrando: ricominciare da questa pagina. "
                      "Se succede ancora, avvisare l'amministratore."))


def _refused(why: str) -> Response:
    flash(why, "error")
    return redirect(url_for("security.login"))


def init_app(app: Flask, settings: Settings) -> None:
    """The two routes to the provider that the settings name."""
    oauth = app.extensions["patto_oidc"] = OAuth(app)
    oauth.register(
        "provider", client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": PATIENCE})
    app.add_url_rule("/accesso/identita", "oidc.begin", begin)
    app.add_url_rule("/accesso/identita/ritorno", "oidc.back", back)
