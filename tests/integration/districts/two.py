"""An azienda of two districts as its file: three municipalities in the plain, two in the mountains."""

from __future__ import annotations

PLAIN, MOUNTAIN = "pianura", "alta-valle"
RESIDENTS = {"Prataria": 8000, "Collebasso": 5000, "Ripanuova": 2500, "Montesole": 1200, "Roccalta": 700}
LIES_IN = {"Prataria": PLAIN, "Collebasso": PLAIN, "Ripanuova": PLAIN, "Montesole": MOUNTAIN, "Roccalta": MOUNTAIN}
TAX_CODES = dict(zip(RESIDENTS, ("81000010983", "81000020982", "81000030981", "81000040980", "81000050989"),
                     strict=True))
SEAT = 'address = "Via del Municipio 2"\npostal_code = "25040"\nprovince = "BS"\n'

AZIENDA = f"""
[azienda]
name = "Azienda Sociale delle Due Valli"
short_name = "A.S.DUE."
tax_code = "91000010982"
{SEAT}city = "Prataria"
district = "Distretto della Pianura"
founded_by = "notary"
founding_date = 2018-03-01
founding_notary = "dott.ssa Bice Alberti"
founding_place = "Prataria"
court = "Brescia"
letterhead = ["Azienda Sociale delle Due Valli"]

[[districts]]
code = "pianura"
name = "Distretto della Pianura"

[[districts]]
code = "alta-valle"
name = "Ambito dell'Alta Valle"
valid_from = 2020-01-01
"""

REST = """
[[party_capacities]]
municipality = "Roccalta"
kind = "lead"
district = "alta-valle"
valid_from = 2020-01-01

[[acts]]
party = "azienda"
body_kind = "founding"
kind = "statuto"
date = 2018-03-01
title = "Statuto dell'Azienda"

[[bodies]]
code = "technical_table_plain"
name = "Tavolo Tecnico"
kind = "technical_table"
owner = "district"
district = "pianura"

[[bodies]]
code = "technical_table_mountain"
name = "Tavolo Tecnico"
kind = "technical_table"
owner = "district"
district = "alta-valle"

[[areas]]
code = "1"
title = "Servizi alla persona"
kind = "services"
responsible = "Direttrice generale"

[[sectors]]
code = "elderly"
area = "1"
title = "Anziani"

[[services]]
code = "home_care"
title = "Assistenza domiciliare"
sectors = ["elderly"]
management_form = "contract"
cover_all = true

[[services]]
code = "mountain_transport"
title = "Trasporto sociale di montagna"
sectors = ["elderly"]
management_form = "contract"
cover_district = "alta-valle"

[[funding_sources]]
code = "member_shares"
title = "Quote degli enti soci"

[[zone_plans]]
title = "Piano di Zona"
district = "pianura"
first_year = 2025
last_year = 2027
agreement_date = 2025-03-28
budget_article = "11"

[[zone_plans]]
title = "Piano dell'Alta Valle"
district = "alta-valle"
ordinal = 6
first_year = 2024
last_year = 2026
agreement_date = 2024-02-10

[[charters]]
title = "Carta dei servizi della Pianura"
owner = "district"
district = "pianura"
valid_from = 2024-01-01

[[charters]]
title = "Carta dei servizi dell'Alta Valle"
owner = "district"
district = "alta-valle"
valid_from = 2025-01-01

[[terms]]
title = "Condizioni"
valid_from = 2025-01-01
legal_source = "Deliberazione dell'Assemblea Consortile n. 8 del 13 novembre 2024"
tacit_renewal = false
renewal_assessment_months = 3
renewal_direction = "before"
continuity_months = 6
share_criteria = ["popolazione residente"]
extra_projects_month = 9
coordinated = "instalments"
own_charter_months = 6
reply_days = 20
penalty_min = 100.00
penalty_max = 3000.00
penalty_payment_days = 60
further_damages = true
account_notice_days = 7
arbitration = false
court = "Brescia"
roll_policy = "holiday"
registration_cost = "azienda"
interest = "legal"
municipality_papers = ["Deliberazione del Consiglio"]
azienda_papers = ["Statuto"]

[[instalments]]
terms = "Condizioni"
title = "Acconto"
kind = "advance"
percent = 50
base = "annual_share"
due = "02-28"

[[instalments]]
terms = "Condizioni"
title = "Saldo"
kind = "balance"
event = "accounts_approved"
due_days = 30

[[penalty_bands]]
terms = "Condizioni"
kind = "ritardo"
description = "gravi ritardi o interruzioni nei servizi"
minimum = 100.00
maximum = 3000.00
"""


def file() -> str:
    """The whole file."""
    return "\n".join([AZIENDA, *_municipalities(), _signatory("azienda"), REST])


def _municipalities() -> list[str]:
    found = []
    for number, (name, residents) in enumerate(RESIDENTS.items(), start=1):
        found.append(f"""
[[municipalities]]
name = "{name}"
form = "comune"
istat = "01790{number}"
tax_code = "{TAX_CODES[name]}"
{SEAT}city = "{name}"
mission = "Nessuno resta solo."
principles = "Vicinanza."
relations = "Un incontro all'anno."

[[memberships]]
municipality = "{name}"
valid_from = {"2018-03-01" if LIES_IN[name] == PLAIN else "2020-01-01"}
district = "{LIES_IN[name]}"

[[populations]]
municipality = "{name}"
on = 2025-12-31
residents = {residents}
source = "ISTAT"
{_signatory(name)}""")
    return found


def _signatory(party: str) -> str:
    return f"""
[[signatories]]
party = "{party}"
given_name = "Livia"
family_name = "Corsini"
sex = "F"
birth_place = "Brescia"
birth_province = "BS"
birth_date = 1970-05-12
tax_code = "CRSLVI70E52B157S"
role = "{"Direttrice generale" if party == "azienda" else "Sindaca"}"
valid_from = 2024-06-10
"""
