"""The azienda, municipalities and bodies, and the facts below a party."""
