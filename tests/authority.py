"""A time stamp authority of the tests' own making (RFC 3161), which answers over HTTP: nobody vouches for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.signers import FROM, TO

DIGITAL = x509.KeyUsage(digital_signature=True, content_commitment=False, key_encipherment=False,
                        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
                        encipher_only=False, decipher_only=False)
SIGNS_OTHERS = x509.KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False,
                             data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
                             encipher_only=False, decipher_only=False)


@dataclass(frozen=True)
class Authority:
    """An authority and the root that vouches for it."""

    name: str = "Autorità di prova"

    @cached_property
    def _made(self) -> tuple[x509.Certificate, x509.Certificate, rsa.RSAPrivateKey]:
        root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root_name, name = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{self.name}{what}")])
                           for what in (", radice", ""))
        root = (x509.CertificateBuilder().subject_name(root_name).issuer_name(root_name)
                .public_key(root_key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(FROM).not_valid_after(TO)
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                .add_extension(SIGNS_OTHERS, critical=True).sign(root_key, hashes.SHA256()))
        stamper = (x509.CertificateBuilder().subject_name(name).issuer_name(root_name)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(FROM).not_valid_after(TO).add_extension(DIGITAL, critical=True)
                   .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
                   .sign(root_key, hashes.SHA256()))
        return root, stamper, key

    def root(self, file: Path) -> Path:
        """The certificate of the root, as one gets it from an authority."""
        file.write_bytes(self._made[0].public_bytes(serialization.Encoding.PEM))
        return file

    def answer(self, request: bytes, at: dt.datetime | None = None) -> bytes:
        """The answer to a request, stamped ``at`` this instant or another."""
        _root, stamper, key = self._made
        private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        certificate = asn1_x509.Certificate.load(stamper.public_bytes(serialization.Encoding.DER))
        dummy = DummyTimeStamper(certificate, asn1_keys.PrivateKeyInfo.load(private),
                                 fixed_dt=at or dt.datetime.now(dt.UTC))
        answer: bytes = dummy.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer

    @contextmanager
    def at_an_address(self, *answers: bytes | int) -> Iterator[str]:
        """The address at which it answers. First with ``answers``, if there are any: other bytes, or a code."""
        authority, others = self, list(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                answer = others.pop(0) if others else authority.answer(request)
                self.send_response(answer if isinstance(answer, int) else 200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(b"" if isinstance(answer, int) else answer)

            def log_message(self, *_args: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsa"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
