"""An azienda as one file: what it is, who its members are, what it does, by which terms. Read, and written again."""
