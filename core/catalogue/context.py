"""What a sheet says as a document of its own: plain frozen data for the Word template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from core.documents.blocks import Block
from core.documents.manifest import Told


@dataclass(frozen=True)
class SheetDocument:
    """An edition of a sheet, printed alone."""

    azienda: Annotated[str, Told("Denominazione dell'azienda", "Azienda Sociale Sud Est Milano")]
    short_name: Annotated[str, Told("Sigla, o il nome se non c'è", "A.S.S.E.MI.")]
    title: Annotated[str, Told("Titolo della scheda", "Segretariato sociale")]
    services: Annotated[tuple[str, ...], Told("I servizi che descrive", "Segretariato sociale")]
    draft: Annotated[bool, Told("Vero finché l'Assemblea non l'ha approvata")]
    standing: Annotated[str, Told("Edizione, e atto che l'approva o che è una bozza",
                                  "Edizione 2026, approvata dall'Assemblea il 30 ottobre 2025")]
    blocks: Annotated[tuple[Block, ...], Told("Contenuto della scheda: si stampa con il filtro blocks")]
