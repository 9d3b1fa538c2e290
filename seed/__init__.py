"""What a new azienda may start from: the catalogue, sheets, terms, bodies and sources of the 2015 contract, as data."""
