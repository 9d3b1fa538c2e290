"""The web face: Flask-Admin for lists and records, plain views for acts. It knows the core; the core knows it not."""
