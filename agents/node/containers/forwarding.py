"""Ports that podman's netavark goes on forwarding when it fails to take a network down.

Left behind, a port of this host leads to whoever gets the address next: to another lease.
"""

import shlex

from . import tools

CHAIN = "NETAVARK-HOSTPORT-DNAT"


def rules(bridge: str) -> list[str]:
    """What still forwards ports to this network, as iptables would be told. Raises ToolFailed."""
    if tools.find("iptables") is None:
        return []  # then no engine of this machine forwards by it
    lines = _iptables("-S").splitlines()
    return [
        line
        for line in lines
        if line.startswith(f"-A {CHAIN} ") and f'"dnat name: {bridge} ' in line
    ]


def remove(bridge: str) -> None:
    """Forward nothing to this network any more; none there is fine. Raises ToolFailed."""
    for rule in rules(bridge):
        words = shlex.split(rule)[1:]
        _iptables("-D", *words)
        chain = words[-1]
        _iptables("-F", chain)
        _iptables("-X", chain)


def _iptables(*words: str) -> str:
    return tools.call("iptables", "-w", "-t", "nat", *words)
