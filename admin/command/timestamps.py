"""Time stamps of an authority (RFC 3161): asked over a file, kept beside it, read again by whoever doubts.

A token says that the authority has seen the hash of just these bytes at that moment. It is the same one that
``openssl ts -verify -token_in`` reads.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of
from core.ground.settings import Settings

SECONDS = 20  # that an authority has to answer
DIGEST = "sha256"


@dataclass(frozen=True)
class Stamp:
    """When, by whom; trusted if one of the certificates that were given vouches for the authority."""

    at: datetime
    authority: str
    trusted: bool


def roots_of(settings: Settings) -> list[Any]:
    """The certificates that vouch for an authority. RuleBroken if the file of the settings has none."""
    from asn1crypto import pem, x509

    if settings.tsa_roots is None:
        return []
    try:
        content = settings.tsa_roots.read_bytes()
        if pem.detect(content):
            found = pem.unarmor(content, multiple=True)
            return [x509.Certificate.load(der, strict=True) for _kind, _about, der in found]
        return [x509.Certificate.load(content, strict=True)]
    except OSError as error:
        raise RuleBroken("Il file %(path)s di PATTO_TSA_ROOTS non si può leggere: %(reason)s.",
                         path=settings.tsa_roots, reason=reason_of(error)) from error
    except (ValueError, TypeError) as error:
        raise RuleBroken("Il file %(path)s di PATTO_TSA_ROOTS non contiene certificati: indicare quelli dell'autorità, "
                         "in formato PEM.", path=settings.tsa_roots) from error


def ask(url: str, content: bytes, roots: Sequence[Any] = ()) -> bytes:
    """A token over ``content``, already read. RuleBroken in words if the authority gives none, or a wrong one."""
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    authority: Any = RequestsHTTPTimeStamper(url, timeout=SECONDS)  # type: ignore[no-untyped-call]
    try:
        token: bytes = asyncio.run(authority.async_timestamp(hashlib.new(DIGEST, content).digest(), DIGEST)).dump()
    except OSError as error:  # also what the library raises of a refusal
        raise RuleBroken("L'autorità di marcatura temporale (%(url)s) non ha dato la marca: %(reason)s.",
                         url=url, reason=error.__cause__ or error) from error
    except Exception as error:  # an answer from elsewhere may break its reader in any way
        raise RuleBroken("L'autorità di marcatura temporale (%(url)s) ha risposto con qualcosa che non è una marca.",
                         url=url) from error
    read(token, content, roots)
    return token


def read(token: bytes, content: bytes, roots: Sequence[Any] = ()) -> Stamp:
    """What a token says of ``content``. RuleBroken if it is damaged, or over other bytes.

    Without ``roots`` nobody vouches for the authority: the token is held against its own certificate alone.
    """
    try:
        return asyncio.run(_read(token, content, roots))
    except RuleBroken:
        raise
    except Exception as error:  # a foreign file may break its readers in any way; none of it may pass as a stamp
        raise RuleBroken("La marca temporale non si apre: il file è rovinato o incompleto.") from error


async def _read(token: bytes, content: bytes, roots: Sequence[Any]) -> Stamp:
    from asn1crypto import cms
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko_certvalidator import ValidationContext

    data = cms.ContentInfo.load(token, strict=True)["content"]
    at = data["encap_content_info"]["content"].parsed["gen_time"].native
    # it was good when it stamped: that its certificate has run out since takes nothing away
    context = ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False)
    found = await validate_tst_signed_data(data, context, lambda digest: hashlib.new(digest, content).digest())
    if not (found["intact"] and found["valid"]):
        raise RuleBroken("La marca temporale non è su questi dati: il file è stato modificato, o la marca è di un "
                         "altro.")
    subject = found["signing_cert"].subject
    authority = subject.native.get("common_name") or subject.human_friendly
    return Stamp(at, str(authority), found["trust_problem_indic"] is None and found["validation_path"] is not None)
