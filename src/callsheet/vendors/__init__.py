"""One folder per vendor: its facts, how we speak to it, how its clients speak to us."""
