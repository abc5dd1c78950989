"""Speech: a text becomes lines for the synthesiser, its sound becomes one file, and every word's time is kept."""
