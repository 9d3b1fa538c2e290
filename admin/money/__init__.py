"""Money in the browser, one folder for each subject of the core."""
