"""Who takes part: the azienda, municipalities and unions, their persons, acts, accounts and bodies."""
