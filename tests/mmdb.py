"""A MaxMind database file (format 2.0, IPv4) written for one test."""

import ipaddress
import struct
from pathlib import Path
from typing import Any

EMPTY = -1
UINT16, UINT32, UINT64 = 5, 6, 9


def write(path: Path, networks: dict[str, dict[str, Any]]) -> Path:
    """A file that holds these records by network, such as {"192.0.2.0/24": {...}}."""
    tree: list[list[int]] = [[EMPTY, EMPTY]]
    data, places = b"", list[int]()
    for record in networks.values():
        places.append(len(data))
        data += encoded(record)
    for number, network in enumerate(networks):
        plant(tree, ipaddress.IPv4Network(network), -2 - number)
    nodes = b"".join(
        pointed(child, len(tree), places).to_bytes(3, "big") for node in tree for child in node
    )
    about = {
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_790_000_000),
        "database_type": "Test",
        "description": {"en": "made up"},
        "ip_version": (UINT16, 4),
        "languages": ["en"],
        "node_count": (UINT32, len(tree)),
        "record_size": (UINT16, 24),
    }
    path.write_bytes(nodes + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encoded(about))
    return path


def plant(tree: list[list[int]], network: ipaddress.IPv4Network, leaf: int) -> None:
    node, bits = 0, f"{int(network.network_address):032b}"[: network.prefixlen]
    for bit in map(int, bits[:-1]):
        if tree[node][bit] < 0:
            tree.append([EMPTY, EMPTY])
            tree[node][bit] = len(tree) - 1
        node = tree[node][bit]
    tree[node][int(bits[-1])] = leaf


def pointed(child: int, nodes: int, places: list[int]) -> int:
    if child == EMPTY:
        return nodes
    return child if child >= 0 else nodes + 16 + places[-2 - child]


def encoded(value: Any) -> bytes:
    if isinstance(value, dict):
        body = b"".join(encoded(key) + encoded(one) for key, one in value.items())
        return control(7, len(value)) + body
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(map(encoded, value))
    if isinstance(value, bool):
        return control(14, int(value))
    if isinstance(value, tuple):
        kind, number = value
        body = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return control(kind, len(body)) + body
    body = value.encode()
    return control(2, len(body)) + body


def control(kind: int, size: int) -> bytes:
    assert size < 285
    low = min(size, 29)
    head = struct.pack("B", kind << 5 | low) if kind < 8 else struct.pack("BB", low, kind - 7)
    return head + (struct.pack("B", size - 29) if size >= 29 else b"")


def country(code: str) -> dict[str, Any]:
    return {"country": {"iso_code": code}}
