"""The mechanism of every page: base view, forms, the act page, formats, charts, workbooks. It knows no subject."""
