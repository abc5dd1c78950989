"""Previz: the embedded renderer, which needs no key, no download and no GPU."""
