"""What the sheet of the neutral space adds to the plain one: team, path, rhythms, own tariffs (R123)."""

from collections.abc import Iterator

from core.plugin_api import (
    Block,
    Bullets,
    FieldType,
    Heading,
    KeyValues,
    SheetData,
    SheetField,
    SheetSchema,
    Table,
    euro,
    number,
)

TEAM = SheetField(
    "team",
    "Équipe",
    FieldType.ROWS,
    help="Le figure professionali e quante sono, senza nomi di persone.",
    columns=(
        SheetField("role", "Figura professionale", FieldType.TEXT, required=True),
        SheetField("count", "Quante", FieldType.INTEGER, required=True, minimum=1, maximum=999),
    ),
)
PROTOCOL = SheetField("protocol_steps", "Protocollo operativo", FieldType.LINES,
                      help="Un passo per riga, dalla segnalazione alle dimissioni: sono undici.")
TARIFFS = SheetField(
    "tariffs",
    "Tariffe dedicate",
    FieldType.ROWS,
    columns=(
        SheetField("name", "Prestazione", FieldType.TEXT, required=True),
        SheetField("unit", "Unità", FieldType.TEXT, required=True),
        SheetField("amount", "Tariffa", FieldType.EURO, required=True, minimum=0),
    ),
)

SHEET = SheetSchema(
    fields=(
        SheetField("site", "Sede", FieldType.TEXT),
        TEAM,
        PROTOCOL,
        SheetField("report_months", "Ogni quanti mesi si scrive la relazione", FieldType.INTEGER, minimum=1, maximum=60,
                   help="La relazione al servizio inviante è semestrale."),
        SheetField("supervision_months", "Ogni quanti mesi si tiene la supervisione", FieldType.INTEGER, minimum=1,
                   maximum=60),
        TARIFFS,
    )
)


def blocks(sheet: SheetData) -> tuple[Block, ...]:
    """The neutral space's part of the annex; what is blank leaves no trace."""
    return tuple(_blocks(sheet))


def _blocks(sheet: SheetData) -> Iterator[Block]:
    if facts := tuple(_facts(sheet)):
        yield Heading("Organizzazione")
        yield KeyValues(facts)
    if team := sheet["team"]:
        yield Heading(TEAM.label)
        yield Table(("Figura professionale", "Operatori"), tuple((m["role"], number(m["count"])) for m in team), (3, 1))
    if steps := sheet["protocol_steps"]:
        yield Heading(PROTOCOL.label)
        yield Bullets(tuple(steps), ordered=True)
    if tariffs := sheet["tariffs"]:
        yield Heading(TARIFFS.label)
        rows = tuple((t["name"], t["unit"], euro(t["amount"])) for t in tariffs)
        yield Table(("Prestazione", "Unità", "Tariffa"), rows, (4, 1, 1))


def _facts(sheet: SheetData) -> Iterator[tuple[str, str]]:
    if sheet["site"]:
        yield "Sede", sheet["site"]
    if sheet["report_months"]:
        yield "Relazione al servizio inviante", _every(sheet["report_months"])
    if sheet["supervision_months"]:
        yield "Supervisione dell'équipe", _every(sheet["supervision_months"])


def _every(months: int) -> str:
    return "ogni mese" if months == 1 else f"ogni {months} mesi"
