"""One folder for each service with a sheet of its own."""
