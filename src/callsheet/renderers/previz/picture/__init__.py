"""Works on pictures that are given: what stands out in them, what their light and colours become, what replaces what."""
