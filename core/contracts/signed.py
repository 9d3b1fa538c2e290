"""Is the signed file the text that was approved? Held against it word by word, whichever format was signed. Pure.

What the eye sees at the edge of a page, the sign before an item of a list, and where a line ends are not the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from io import BytesIO

from core.documents.signatures import Signature, SignedFile, read_signatures
from core.documents.wordfile import read_edges, read_text
from core.ground.articles import after
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.names import folded

DRAFT = "BOZZA"  # the word above every page of a text that nobody has approved
NO_TEXT = "[pagina senza testo leggibile]"
EDGE_LINES = 3  # of a page, above and below, among which its edges stand
NO_WORD = re.compile("[\\s\\-\\u00ad\\u2010-\\u2015\\u2022\\u25aa\\u25e6\\u00b7\\ue000-\\uf8ff]+")
DIGITS = re.compile(r"\d+")
WORDS_SHOWN = 12


@dataclass(frozen=True)
class Signer:
    """Who has to sign for a party, as the text names them."""

    party: str
    given_name: str
    family_name: str
    fiscal_code: str

    def gave(self, signature: Signature) -> bool:
        """True for their own signature: by the fiscal code, or by the name where the certificate says none."""
        if signature.fiscal_code:
            return signature.fiscal_code == self.fiscal_code.upper()
        return set(folded(f"{self.given_name} {self.family_name}").split()) <= set(folded(signature.signer).split())

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name} ({self.fiscal_code}) {after('per', self.party)}"


def require_signed(final: bytes, file: Upload, signers: Sequence[Signer] = ()) -> tuple[Signature, ...]:
    """The signatures of a file that says, word by word, what the ``final`` Word text says.

    RuleBroken, on ``file``, for a file without signatures, one that was changed after a signature, a draft, another
    text (with the first words that differ), or one that one of the ``signers`` has not signed: by name.
    """
    if file.name.lower().endswith(".docx"):
        raise RuleBroken("«%(file)s» è il documento Word, non un file firmato: caricare il PDF o il P7M con le firme "
                         "(L. 241/1990, art. 15; D.Lgs. 82/2005, art. 20).", field="file", file=file.name)
    signed = read_signatures(file)
    if not signed.signatures:
        raise RuleBroken("«%(file)s» non porta nessuna firma digitale: caricare il PDF o il P7M con le firme "
                         "(L. 241/1990, art. 15; D.Lgs. 82/2005, art. 20). Se il contratto è stato firmato a mano, "
                         "indicarlo e caricare la scansione.", field="file", file=file.name)
    for signature in signed.signatures:
        _require_whole(signature, file)
    _require_text(final, signed, file)
    _require_everybody(signed.signatures, signers, file)
    return signed.signatures


def require_no_draft(final: bytes) -> None:
    """RuleBroken for a text that says on its pages that it is a draft."""
    if _drafts(read_edges(final)):
        raise RuleBroken("L'ultimo testo del contratto porta ancora la parola bozza: preparare il testo da firmare, e "
                         "far firmare quello.", field="file")


def _require_everybody(signatures: Sequence[Signature], signers: Sequence[Signer], file: Upload) -> None:
    lacking = [str(signer) for signer in signers if not any(signer.gave(one) for one in signatures)]
    if not lacking:
        return
    found = ", ".join(f"{one.signer} ({one.fiscal_code})" if one.fiscal_code else one.signer for one in signatures)
    raise RuleBroken("In «%(file)s» manca la firma di %(lacking)s. Ha firmato: %(found)s. Far firmare lo stesso file a "
                     "chi manca; se firma un'altra persona, rimandare il testo in bozza e indicarla tra i firmatari.",
                     field="file", file=file.name, lacking="; ".join(lacking), found=found)


def _require_whole(signature: Signature, file: Upload) -> None:
    if not signature.intact:
        raise RuleBroken("In «%(file)s» la firma di %(name)s non corrisponde al contenuto: il file è stato cambiato "
                         "dopo la firma. Chiedere l'originale.", field="file", file=file.name, name=signature.signer)
    if not signature.complete:
        raise RuleBroken("A «%(file)s» è stato aggiunto qualcosa dopo la firma di %(name)s, che non lo copre: chiedere "
                         "l'originale, o farlo firmare di nuovo per intero.", field="file", file=file.name,
                         name=signature.signer)


def _require_text(final: bytes, signed: SignedFile, file: Upload) -> None:
    require_no_draft(final)
    if sha256(signed.content).digest() == sha256(final).digest():
        return
    wanted, found = _words(read_text(final)), _words(_lines(signed, final, file))
    if "".join(wanted) == "".join(found):  # a word broken at the end of a line is one word
        return
    if DRAFT in found and DRAFT not in wanted:
        raise RuleBroken("«%(file)s» è la bozza: la parola sta in testa alle pagine. Far firmare il testo definitivo.",
                         field="file", file=file.name)
    here, there = _first_difference(wanted, found)
    raise RuleBroken("«%(file)s» non dice quello che dice il testo da firmare: dove il testo dice «%(wanted)s» il file "
                     "firmato dice «%(found)s». Controllare di aver fatto firmare l'ultima versione.", field="file",
                     file=file.name, wanted=here, found=there)


def _lines(signed: SignedFile, final: bytes, file: Upload) -> list[str]:
    """The text of what was signed, without the edges of its pages."""
    suffix = signed.name.lower().rpartition(".")[2]
    try:
        if suffix == "docx":
            return [*_drafts(read_edges(signed.content)), *read_text(signed.content)]
        if suffix == "pdf":
            return list(_pdf_lines(signed.content, [_bare(edge) for edge in read_edges(final)]))
    except Exception as error:  # what is inside is somebody else's file, and may break its reader in any way
        raise RuleBroken("Il documento firmato dentro «%(file)s» non si apre: chiedere di nuovo il file.",
                         field="file", file=file.name) from error
    raise RuleBroken("«%(file)s» contiene un documento che non si sa leggere (%(name)s): si firma il testo in Word o "
                     "in PDF.", field="file", file=file.name, name=signed.name)


def _pdf_lines(content: bytes, edges: Sequence[str]) -> Iterator[str]:
    from pypdf import PdfReader  # costs 100 ms to load

    for number, page in enumerate(PdfReader(BytesIO(content)).pages, start=1):
        lines = page.extract_text().splitlines()
        if not any(line.strip() for line in lines):
            yield f"{NO_TEXT} {number}"  # an image, which may say anything
        yield from _within(lines, list(edges))


def _within(lines: Sequence[str], edges: list[str]) -> Iterator[str]:
    """The lines of a page but for its ``edges``, each of which stands there once."""
    for place, line in enumerate(lines):
        at_edge = place < EDGE_LINES or place >= len(lines) - EDGE_LINES
        if at_edge and _bare(line) in edges:
            edges.remove(_bare(line))
        else:
            yield line


def _drafts(edges: Sequence[str]) -> list[str]:
    return [DRAFT for edge in edges if DRAFT in edge.split()]


def _bare(line: str) -> str:
    """An edge without the numbers of its page."""
    return DIGITS.sub("", NO_WORD.sub("", line))


def _words(lines: Sequence[str]) -> list[str]:
    return [word for line in lines for said in line.split() if (word := NO_WORD.sub("", said))]


def _first_difference(wanted: Sequence[str], found: Sequence[str]) -> tuple[str, str]:
    """The first words that differ, each with a few of those around it."""
    changes = SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    _kind, first, last, start, end = next(change for change in changes if change[0] != "equal")
    return _shown(wanted, first, last), _shown(found, start, end)


def _shown(words: Sequence[str], first: int, last: int) -> str:
    return " ".join(words[max(0, first - 3):min(last, first + WORDS_SHOWN) + 3]) or "–"
