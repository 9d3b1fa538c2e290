"""Small PDF files that stand for the scans of the demo: signed contracts, technical annexes, acts that came by PEC."""

from __future__ import annotations

from collections.abc import Sequence

PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """One page of A4 with a title and lines of text, the same bytes every time."""
    shown = [f"BT /F1 16 Tf 56 770 Td ({_escaped(title)}) Tj ET"]
    shown += [f"BT /F1 11 Tf 56 {730 - 18 * place} Td ({_escaped(line)}) Tj ET" for place, line in enumerate(lines)]
    drawn = "\n".join(shown)
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (it) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        f"<< /Length {len(drawn.encode('cp1252'))} >>\nstream\n{drawn}\nendstream",
        FONT,
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("cp1252")


def _escaped(text: str) -> str:
    plain = text.replace("–", "-").replace("’", "'")
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
