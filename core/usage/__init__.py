"""Use: what each municipality had of a service in a month, as the service's measures count it."""
