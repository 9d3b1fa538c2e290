"""What a new day brings by itself, each step an act of its own, in this order: the worker does them, and the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.accreditation import measures, sets
from core.contracts import life
from core.deadlines import standard
from core.ground.access import ScopedSession
from core.instalments import operations as instalments
from core.penalties import penalties
from core.providers import operating_notices, types

Night = Callable[[ScopedSession, date], object]

NIGHT: tuple[tuple[str, Night], ...] = (
    ("deadline_rule.install", standard.install_first),
    ("unit_type.install", types.install_first),
    ("requirement_set.install", sets.install_first),
    ("contract.advance", life.advance),
    ("instalment.refresh", instalments.refresh_all),
    ("penalty.pass_time", penalties.pass_time),
    ("operating_notice.advance", operating_notices.advance),
    ("accreditation.advance", measures.advance),
)
