"""Names as people search and sort them: one folding for the whole program, the same on every database."""

from __future__ import annotations

import re
import unicodedata

APART = re.compile(r"[.\-‐‑–—_/’ʼ'`´,;:()\"«»“”]+")


def folded(text: str) -> str:
    """Lower case without accents, composed or not; apostrophes, points, hyphens and the like are spaces.

    «San Donato», «SAN-DONATO» and «san donato» are one; so are «Città» and «citta», «Sant’Angelo» and «Sant'Angelo».
    """
    plain = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(APART.sub(" ", letters).split())
