"""People who sign with a certificate of their own making: for the tests, nobody exists and nobody vouches for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

SIGNED_AT = datetime(2027, 2, 26, 9, 30, tzinfo=UTC)
FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)
SIGNS = x509.KeyUsage(digital_signature=False, content_commitment=True, key_encipherment=False, data_encipherment=False,
                      key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False,
                      decipher_only=False)


@dataclass(frozen=True)
class TestSigner:
    """A person with a key: ``pdf`` and ``p7m`` sign bytes. A certificate may say no fiscal code."""

    __test__ = False

    name: str
    fiscal_code: str

    def pdf(self, content: bytes) -> bytes:
        """A PDF with one signature more."""
        writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
        about = signers.PdfSignatureMetadata(field_name=self.fiscal_code or "Firma", md_algorithm="sha256")
        signed: bytes = signers.sign_pdf(writer, about, signer=self._signer).getvalue()
        return signed

    def p7m(self, content: bytes) -> bytes:
        """An envelope with the content in it."""
        signed = self._signer.async_sign_general_data(
            content, "sha256", detached=False, signed_attr_settings=PdfCMSSignedAttributes(signing_time=SIGNED_AT))
        envelope: bytes = asyncio.run(signed).dump()
        return envelope

    @cached_property
    def _signer(self) -> Any:
        key = ec.generate_private_key(ec.SECP256R1())
        number = [x509.NameAttribute(NameOID.SERIAL_NUMBER, f"TINIT-{self.fiscal_code}")] if self.fiscal_code else []
        subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
                             x509.NameAttribute(NameOID.COMMON_NAME, self.name), *number])
        certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
                       .public_key(key.public_key()).serial_number(x509.random_serial_number())
                       .not_valid_before(FROM).not_valid_after(TO).add_extension(SIGNS, critical=True)
                       .sign(key, hashes.SHA256()))
        private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        return signers.SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(private), cert_registry=SimpleCertificateStore())


ANNA = TestSigner("ANNA ROSSETTI", "RSSNNA70A41F205X")
BRUNO = TestSigner("BRUNO VERDINI", "VRDBRN65B02F205Y")
