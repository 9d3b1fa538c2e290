"""What the contract's last annex says of the premises and equipment entrusted (R79-R82), as blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from core.contracts.model import EntrustedAsset
from core.documents import words
from core.documents.blocks import Block, Heading, KeyValues, Paragraph
from core.documents.grammar import body_title

ANNEX_TITLE = "Immobili e beni affidati"
KINDS = {"building": "immobile", "movable": "arredi e beni mobili", "system": "impianti"}
KEEPERS = {"azienda": "a carico dell'Azienda", "municipality": "a carico dell'ente che concede il bene"}


def annex_blocks(assets: Sequence[EntrustedAsset]) -> Iterator[Block]:
    """What the contract's annex says of the things entrusted, each under its name."""
    yield Paragraph("I beni che seguono sono affidati all'Azienda per i servizi di questo contratto. Per ciascuno è "
                    "indicato a che titolo è concesso e chi provvede alla manutenzione.")
    for asset in assets:
        yield Heading(asset.name)
        yield KeyValues(tuple(_lines(asset)))


def _lines(asset: EntrustedAsset) -> Iterator[tuple[str, str]]:
    owner = asset.municipality
    yield "Natura", KINDS[asset.kind]
    if asset.address:
        yield "Indirizzo", asset.address
    yield "Concesso da", body_title(owner.form, owner.name, owner.connector)
    yield "Titolo", _title(asset)
    yield "Manutenzione ordinaria", KEEPERS[asset.ordinary_upkeep]
    yield "Manutenzione straordinaria", KEEPERS[asset.extraordinary_upkeep]
    if asset.annex_signed_on:
        yield "Allegato tecnico", f"firmato il {words.date_long(asset.annex_signed_on)}"
    if asset.agreements:
        yield "Accordi su nuove opere", asset.agreements


def _title(asset: EntrustedAsset) -> str:
    if asset.rent is None or asset.rent_due is None:
        return "comodato gratuito"
    due = date.fromisoformat(f"2024-{asset.rent_due}")
    return (f"locazione, canone annuo di {words.euro_in_words(asset.rent)}, "
            f"da versare {words.by_day(words.day_month(due))}")
