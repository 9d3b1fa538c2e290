"""Small counts say who: what other bodies or the public see never shows a number below five."""

from __future__ import annotations

from collections.abc import Mapping

SMALLEST_SHOWN = 5
FEW = f"meno di {SMALLEST_SHOWN}"
WITHHELD = "non indicato"


def suppressed(counts: Mapping[str, int]) -> dict[str, str]:
    """Counts as other bodies may see them, in the order given.

    Those below five are not said. If only one is hidden, whoever knows the total could work it out: then the
    next smallest is withheld too.
    """
    hidden = [name for name, count in counts.items() if count < SMALLEST_SHOWN]
    withheld = None
    if len(hidden) == 1 and len(counts) > 1:
        withheld = min((name for name in counts if name not in hidden), key=lambda name: counts[name])
    return {name: FEW if name in hidden else WITHHELD if name == withheld else str(count)
            for name, count in counts.items()}
