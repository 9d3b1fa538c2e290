"""The demo district: facts of a real draft of 2015 with invented persons, accounts and figures."""
