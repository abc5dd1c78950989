"""The studio: a page for people on the public API, served from this installation alone."""
