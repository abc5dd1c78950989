"""Sound effects: recipes by family, a reader that finds them in a prompt, and a timeline that plays them."""
