"""How plugins are asked and held to their contract; plugins themselves import ``core.plugin_api`` only."""
