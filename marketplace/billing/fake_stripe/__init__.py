"""A stand-in for Stripe on loopback, for development and tests. It takes no money.

Every request is checked against the parameter types of the installed `stripe` package, and every
answer against its resource classes; what does not fit is remembered as a complaint. It proves the
form of our calls, not Stripe's behaviour. Each resource is a module of `resources`.
"""

from .server import serve
from .state import Fake

__all__ = ["Fake", "serve"]
