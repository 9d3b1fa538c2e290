"""The account of a year: staff, investments, and the report that tells them to the municipalities (R99)."""
