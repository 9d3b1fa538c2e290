"""The agreement: contracts, parties, conferrals, terms by version."""
