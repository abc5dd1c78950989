"""The words that the rules look for: one table for each language, with the same names in both."""
