"""The imports that there are, in the order in which an office that begins does them."""

from __future__ import annotations

from core.ground.errors import RuleBroken
from core.imports.budgets import BUDGETS
from core.imports.contracts import CONTRACTS
from core.imports.invoices import INVOICES
from core.imports.money import INSTALMENTS, OPENING, SHARES
from core.imports.municipalities import MUNICIPALITIES
from core.imports.operations import Import
from core.imports.providers import PROVIDERS
from core.imports.start.whole import BODIES, CATALOGUE, OPERATIONAL, PEOPLE, START
from core.imports.usage import USAGE

IMPORTS: dict[str, Import] = {
    kind.name: kind for kind in (
        START, MUNICIPALITIES, PEOPLE, BODIES, CATALOGUE, OPERATIONAL, CONTRACTS, BUDGETS, SHARES, OPENING, INSTALMENTS,
        INVOICES, PROVIDERS, USAGE)
}


def import_called(name: str) -> Import:
    """The import called ``name``; RuleBroken if there is none."""
    if name not in IMPORTS:
        raise RuleBroken("L'importazione «%(name)s» non c'è: scegliere tra %(names)s.", name=name,
                         names=", ".join(IMPORTS))
    return IMPORTS[name]
