"""The program `straits-node` on a provider's machine: reports GPUs, runs leases, meters them."""

__version__ = "0.1.0"
