"""What a lease's bridge may reach: the internet; not this host, not the provider's own network."""

from pathlib import Path

from . import tools

#: networks that no public address lies in; the provider's own machines and metadata services do
PRIVATE = "10.0.0.0/8, 100.64.0.0/10, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16"
PRIVATE6 = "fc00::/7, fe80::/10"
#: answers to whoever connected to a published port pass; names are asked of the engine's resolver
RULES = """
table inet {name}
delete table inet {name}
table inet {name} {{
  chain input {{
    type filter hook input priority -10; policy accept;
    iifname "{bridge}" ct state established,related accept
    iifname "{bridge}" udp dport 53 accept
    iifname "{bridge}" drop
  }}
  chain forward {{
    type filter hook forward priority -10; policy accept;
    iifname "{bridge}" ct state established,related accept
    iifname "{bridge}" ip daddr {{ {private} }} drop
    iifname "{bridge}" ip6 daddr {{ {private6} }} drop
  }}
}}
"""
#: one folder for each of the kernel's
INTERFACES = Path("/sys/class/net")


def close(bridge: str) -> None:
    """Set the rules of this bridge, whatever stood before. Raises ToolFailed."""
    names = {"name": _table(bridge), "bridge": bridge}
    rules = RULES.format(**names, private=PRIVATE, private6=PRIVATE6)
    tools.call("nft", "-f", "-", given=rules)


def remove(bridge: str) -> None:
    """Take the rules away; none there is fine. Raises ToolFailed."""
    if stands(bridge):
        tools.call("nft", "delete", "table", "inet", _table(bridge))


def stands(bridge: str) -> bool:
    """Whether there are rules of this bridge. Raises ToolFailed."""
    return f"table inet {_table(bridge)}" in tools.call("nft", "list", "tables").splitlines()


def _table(bridge: str) -> str:
    return bridge.replace("-", "_")


def has_bridge(bridge: str) -> bool:
    """Whether the kernel still has the interface."""
    return (INTERFACES / bridge).exists()


def remove_bridge(bridge: str) -> None:
    """Delete the interface that an engine forgot with its network. Raises ToolFailed."""
    if has_bridge(bridge):
        tools.call("ip", "link", "delete", "dev", bridge, "type", "bridge")
