"""The documentation as a site: staged from the Markdown of the repository, built by Zensical, and checked."""
