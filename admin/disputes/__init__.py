"""Damaging events, contestations and arbitrations in the browser; controls beside them."""
