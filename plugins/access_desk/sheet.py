"""What the sheet of the access desk adds to the plain one: where, when, how soon (R140, R157)."""

from core.plugin_api import FieldType, SheetField, SheetSchema

SITES = SheetField(
    "sites",
    "Sedi",
    FieldType.ROWS,
    help="Una riga per ogni sportello aperto al pubblico.",
    columns=(
        SheetField("municipality", "Comune", FieldType.MUNICIPALITY, required=True),
        SheetField("address", "Indirizzo", FieldType.TEXT, required=True),
        SheetField("opening", "Apertura", FieldType.TEXT, help="Giorni e ore, per esempio: martedì 9.00-12.00."),
    ),
)

SHEET = SheetSchema(
    fields=(
        SheetField("weekly_opening_hours", "Ore di apertura alla settimana", FieldType.DECIMAL, minimum=0, maximum=168,
                   help="In tutte le sedi insieme."),
        SheetField("appointment_days", "Giorni per avere un appuntamento", FieldType.INTEGER, minimum=0, maximum=365,
                   help="Entro quanti giorni dalla richiesta si tiene il primo colloquio."),
        SheetField("aggregated_demand_report", "Resoconto aggregato delle domande", FieldType.YES_NO,
                   help="Il segretariato rende conto delle domande ricevute, senza dati di persone."),
        SITES,
    )
)
