"""How a contract is named where it is one of many."""

from __future__ import annotations

from flask_babel import ngettext

from core.contracts.model import Contract


def municipalities_of(contract: Contract) -> str:
    """The municipalities that sign, as far as who asks may see them; the others are counted."""
    names = [member.party.name for member in contract.municipality_parties if member.party is not None]
    others = len(contract.municipality_parties) - len(names)
    if others:
        names.append(ngettext("%(num)s altro ente", "altri %(num)s enti", others))
    return ", ".join(names)


def in_brief(contract: Contract) -> str:
    """Who signs with the azienda: by name while they are few."""
    parties = len(contract.municipality_parties)
    return municipalities_of(contract) if parties <= 3 else ngettext("%(num)s ente", "%(num)s enti", parties)


def in_full(contract: Contract) -> str:
    """The number, and the municipalities."""
    return f"{contract}, {municipalities_of(contract)}"
