"""What previz makes, as sheets to look at: written into docs/gallery by `python -m tools.gallery`."""
