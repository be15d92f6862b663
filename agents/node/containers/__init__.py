"""Leases as containers, through the Docker API of Docker or podman."""

from .runtime import ContainerRuntime

__all__ = ["ContainerRuntime"]
