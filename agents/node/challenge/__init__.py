"""Proving the GPUs of this machine by computing; see `agents.protocol.challenge`."""
