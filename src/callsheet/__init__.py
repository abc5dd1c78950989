"""callsheet: one self-hosted task API for generative media."""
