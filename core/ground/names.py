"""Names as people search and sort them: one folding for the whole program, the same on every database."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APART = re.compile(r"[.\-‐‑–—_/’‘ʼʻ'`´′,;:()\"«»“”]+")
UNSEEN = frozenset({"Mn", "Me", "Cf"})  # accents that stand for themselves, soft hyphens, blanks of no width


def bare(text: str) -> str:
    """Small letters without accents, composed or not, and without what nobody sees; the other signs stay."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if unicodedata.category(c) not in UNSEEN).casefold()


@lru_cache(maxsize=4096)  # a file names the same few again and again
def folded(text: str) -> str:
    """Lower case without accents, composed or not; apostrophes, points, hyphens and the like are spaces.

    «San Donato», «SAN-DONATO» and «san donato» are one; so are «Città» and «citta», «Sant’Angelo» and «Sant'Angelo».
    """
    return " ".join(APART.sub(" ", bare(text)).split())
