"""Areas, sectors, services and operational sheets in the browser."""
