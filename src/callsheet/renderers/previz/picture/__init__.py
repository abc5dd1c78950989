"""Works on given pictures: what stands out in them, what their light and colours become, what replaces what."""
