"""The Model Context Protocol: a few tools by which an agent makes media here, on the SDK; needs the extra `mcp`."""
