"""Music from words: read, harmonised, formed, voiced, mixed and mastered, with nothing but arithmetic."""
