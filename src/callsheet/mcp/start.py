"""What a command needs to start the server, gathered so that the extra is asked for in one place."""

from callsheet.mcp.http import serve
from callsheet.mcp.link import Address
from callsheet.mcp.server import build
from callsheet.mcp.terms import Terms

__all__ = ["Address", "Terms", "build", "serve"]
