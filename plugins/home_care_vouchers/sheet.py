"""What the sheet of the vouchers adds to the plain one: the care packages (R129)."""

from collections.abc import Iterator

from core.plugin_api import (
    Block,
    FieldType,
    Heading,
    Paragraph,
    SheetData,
    SheetField,
    SheetSchema,
    Table,
    euro,
    number,
)

PACKAGES = SheetField(
    "packages",
    "Pacchetti assistenziali",
    FieldType.ROWS,
    help="I pacchetti fra cui si assegna il voucher: oggi sono sei.",
    columns=(
        SheetField("code", "Codice", FieldType.TEXT, required=True),
        SheetField("title", "Pacchetto", FieldType.TEXT, required=True),
        SheetField("hours_month", "Ore al mese", FieldType.DECIMAL, required=True, minimum=0, maximum=744),
        SheetField("monthly_value", "Valore mensile", FieldType.EURO, required=True, minimum=0),
    ),
)

SHEET = SheetSchema(
    fields=(
        PACKAGES,
        SheetField("municipal_tariffs", "Tariffe dei Comuni", FieldType.YES_NO,
                   help="La quota a carico dell'utente segue le tariffe di ciascun Comune."),
    )
)


def blocks(sheet: SheetData) -> tuple[Block, ...]:
    """The vouchers' part of the annex; what is blank leaves no trace."""
    return tuple(_blocks(sheet))


def _blocks(sheet: SheetData) -> Iterator[Block]:
    if packages := sheet["packages"]:
        yield Heading(PACKAGES.label)
        rows = tuple((p["code"], p["title"], number(p["hours_month"]), euro(p["monthly_value"])) for p in packages)
        yield Table(("Codice", "Pacchetto", "Ore al mese", "Valore mensile"), rows, (1, 4, 1, 2))
    if sheet["municipal_tariffs"]:
        yield Paragraph("La quota a carico dell'utente segue le tariffe del suo Comune di residenza.")
