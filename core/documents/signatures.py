"""The signatures of a PDF or of a .p7m: who signed, when, over which bytes, and whether those bytes are still the same.

Pure, and about integrity alone: whether a certificate is qualified, and held on that day, is asked of the trust lists.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from core.ground.errors import RuleBroken
from core.ground.files import Upload

FISCAL_CODE = re.compile(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]")
ARMOUR = re.compile(rb"-----(BEGIN|END)[^-]*-----|\s+")
MOST_ENVELOPES = 5  # one within the other: who signs after another, without adding to the same envelope


@dataclass(frozen=True)
class Signature:
    """One signature: the person, the fiscal code if the certificate says it, the time that it declares.

    ``stamped``: the time was given by a time stamp authority and not by the signer's own clock. ``covered_sha256``: the
    hash of the bytes that were signed. ``intact``: they are still those. ``complete``: nothing was added to the file
    afterwards but what a further signature adds.
    """

    signer: str
    fiscal_code: str
    signed_at: datetime | None
    stamped: bool
    covered_sha256: str
    intact: bool
    complete: bool


@dataclass(frozen=True)
class SignedFile:
    """What was signed, with its name, and by whom; of a PDF the file itself."""

    name: str
    content: bytes
    signatures: tuple[Signature, ...]


def read_signatures(file: Upload, *, field: str = "file") -> SignedFile:
    """Open a file and read its signatures: none is an answer too. RuleBroken for a .p7m or a PDF that does not open."""
    suffix = file.name.lower().rpartition(".")[2]
    try:
        if suffix == "p7m":
            return _opened(file)
        if suffix == "pdf":
            return SignedFile(file.name, file.content, tuple(_of_pdf(file.content)))
    except Exception as error:  # a foreign file may break its readers in any way; none of it may pass as a signature
        raise RuleBroken("«%(file)s» non si apre: è rovinato o incompleto. Chiedere di nuovo il file firmato.",
                         field=field, file=file.name) from error
    return SignedFile(file.name, file.content, ())


# --- .p7m -----------------------------------------------------------------------------------------------------


def _opened(file: Upload) -> SignedFile:
    """The document inside one or more envelopes, with the signatures of all of them, the outermost last."""
    name, content, signatures = file.name, file.content, list[Signature]()
    for _envelope in range(MOST_ENVELOPES):
        content, found = _of_envelope(content)
        signatures = [*found, *signatures]
        name = name[: -len(".p7m")]
        if not name.lower().endswith(".p7m"):
            break
    return SignedFile(name, content, tuple(signatures))


def _of_envelope(content: bytes) -> tuple[bytes, list[Signature]]:
    from asn1crypto import cms

    data = cms.ContentInfo.load(_der(content), strict=True)["content"]
    held = data["encap_content_info"]["content"]
    inner: bytes = held.native
    if not isinstance(inner, bytes):
        raise ValueError("a signature without the document that it signs")
    return inner, [_signature(data, info, inner, complete=True) for info in data["signer_infos"]]


def _der(content: bytes) -> bytes:
    """The envelope in binary: mail programs and some signers write it in base 64, with or without its frame."""
    if content[:1] == b"\x30":
        return content
    return base64.b64decode(ARMOUR.sub(b"", content), validate=True)


def _signature(data: Any, info: Any, signed: bytes, *, complete: bool) -> Signature:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    certificate = _certificate(data, info)
    digest = hashlib.new(info["digest_algorithm"]["algorithm"].native, signed).digest()
    intact, valid = validate_sig_integrity(info, certificate, data["encap_content_info"]["content_type"].native, digest)
    return Signature(*_person(certificate), *_time(info), hashlib.sha256(signed).hexdigest(), bool(intact and valid),
                     complete)


def _certificate(data: Any, info: Any) -> Any:
    """The signer's certificate, found in the envelope by what the signature says of it."""
    said = info["sid"].chosen
    for choice in data["certificates"]:
        certificate = choice.chosen
        if info["sid"].name == "issuer_and_serial_number":
            same = (certificate.issuer, certificate.serial_number) == (said["issuer"], said["serial_number"].native)
        else:
            same = certificate.key_identifier == said.native
        if same:
            return certificate
    raise ValueError("a signature without its certificate")


def _person(certificate: Any) -> tuple[str, str]:
    """Name and fiscal code, as an Italian certificate writes them: TINIT- and the code, or IT: and the code."""
    said = certificate.subject.native
    name = said.get("common_name") or " ".join(filter(None, (said.get("given_name"), said.get("surname"))))
    numbers = " ".join(str(said.get(key) or "") for key in ("serial_number", "dn_qualifier"))
    code = FISCAL_CODE.search(numbers.upper())
    return str(name), code[0] if code else ""


def _time(info: Any) -> tuple[datetime | None, bool]:
    """When it was signed: by the time stamp if there is one, else by the signer's clock, if it says so."""
    for stamp in _attribute(info["unsigned_attrs"], "signature_time_stamp_token"):
        return stamp["content"]["encap_content_info"]["content"].parsed["gen_time"].native, True
    return next((said.native for said in _attribute(info["signed_attrs"], "signing_time")), None), False


def _attribute(attributes: Any, name: str) -> list[Any]:
    return [value for attribute in attributes or () if attribute["type"].native == name
            for value in attribute["values"]]


# --- PDF ------------------------------------------------------------------------------------------------------


def _of_pdf(content: bytes) -> Iterator[Signature]:
    from pyhanko.pdf_utils.reader import PdfFileReader

    for embedded in PdfFileReader(BytesIO(content), strict=False).embedded_regular_signatures:
        start, first, second, last = (int(number) for number in embedded.byte_range)
        signed = content[start:start + first] + content[second:second + last]
        yield _signature(embedded.signed_data, embedded.signer_info, signed, complete=_is_complete(embedded))


def _is_complete(embedded: Any) -> bool:
    """True if what follows the signature in the file is nothing but further signatures and their proofs."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    embedded.compute_integrity_info()
    said = embedded.summarise_integrity_info()
    if said["coverage"] == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    after = embedded.diff_result
    return isinstance(getattr(after, "modification_level", None), ModificationLevel) and (
        after.modification_level <= ModificationLevel.FORM_FILLING)
