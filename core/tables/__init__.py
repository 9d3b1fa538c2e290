"""An engine: rows that people write, in a workbook or in a readable file, each cell read or refused in words."""
