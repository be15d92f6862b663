"""Papers as PDF: content in, bytes out; the same content always gives the same bytes."""

from .paper import render

__all__ = ["render"]
