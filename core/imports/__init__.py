"""Imports: starting with what exists. A workbook that the program makes comes back filled in, and goes in whole or not
at all."""
