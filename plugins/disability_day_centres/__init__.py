"""Day centres: seats, attendance by municipality, the tariff that changes on a day whose year the sheet says (R126)."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from core.plugin_api import (
    MonthClosed,
    Panel,
    PluginDescription,
    RowsImport,
    ScopedSession,
    SheetEdition,
    Task,
    described,
    hookimpl,
)
from plugins.disability_day_centres.operations import CODE, close_month, know_centres


@hookimpl
def patto_service() -> PluginDescription:
    """Describe the service."""
    return described(Path(__file__).parent, models="model", migrations="migrations", requires_core="0002")


@hookimpl
def patto_sheet_edition(session: ScopedSession, event: SheetEdition) -> None:
    """The centres are those that the sheet names."""
    if CODE in event.services:
        know_centres(session, event.edition)


@hookimpl
def patto_month_closed(session: ScopedSession, event: MonthClosed) -> None:
    """What the days of the month cost follows from the tariff of the month."""
    if event.service == CODE:
        close_month(session, event.year, event.month, today=event.today)


@hookimpl
def patto_waiting(session: ScopedSession, today: date) -> Iterable[Task]:
    """Seats to say, months to reckon."""
    from plugins.disability_day_centres.beside import waits

    return waits(session, today)


@hookimpl
def patto_panels() -> Sequence[Panel]:
    """Attendance, on the page of a municipality."""
    from plugins.disability_day_centres.beside import PANELS

    return PANELS


@hookimpl
def patto_imports() -> Sequence[RowsImport]:
    """The workbook of attendance."""
    from plugins.disability_day_centres.beside import IMPORTS

    return IMPORTS


@hookimpl
def patto_admin_views() -> Sequence[object]:
    """Centres, attendance, tariffs."""
    from plugins.disability_day_centres.web import views  # only the web application knows Flask

    return views()
