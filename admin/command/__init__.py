"""The command line, the worker and the mail: what runs without a browser."""
