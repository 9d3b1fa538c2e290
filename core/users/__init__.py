"""Who may sit at the program."""
