"""Whose a run is: a secret that its owner's browser keeps, and the hash that the run keeps."""

import hashlib
import secrets


def new_token() -> str:
    """Return a secret that makes its holder a run's owner."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """Return what is kept of a token; nobody can find the token from it."""
    return hashlib.sha256(token.encode()).hexdigest()
