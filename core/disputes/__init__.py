"""When the parties disagree: the azienda's contestation of a municipality's delay, and arbitration."""
