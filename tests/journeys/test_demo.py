"""The main job, in real processes, from the first heartbeat to the invoice."""

import json

import pytest


@pytest.mark.parametrize("killed_at", ["", "requested", "confirmed", "active"])
def test_one_rental_from_the_node_to_the_invoice(manage, left_running, killed_at):
    """Also when the worker is killed with SIGKILL on the way; another one is started."""
    kill = ["--kill-worker", killed_at] if killed_at else []
    process = manage("demo", "--once", *kill, DEBUG="1")
    told, _ = process.communicate(timeout=240)
    assert process.returncode == 0, told
    assert "WRONG" not in told
    assert (f"[ok] the worker was killed at {killed_at}" in told) == bool(killed_at)
    _check(json.loads(told.splitlines()[-1]))
    assert left_running() == []


def _check(figures):
    assert figures["held"]
    assert (figures["gpus_listed"], figures["lease_seconds"]) == (2, 40.0)
    assert (figures["clearance"], figures["reservation"]) == ("allow", "settled")
    # 2 GPUs, each within the 20 s of its lease; starting may take the node a moment
    assert 30 < figures["usage_seconds"] <= 40
    assert figures["charged_micro"] == figures["provider_micro"] + figures["fee_micro"]
    most = int(figures["usage_seconds"] * 1000) * 2_400_000 // 3_600_000
    assert most - 2 <= figures["charged_micro"] <= most
    assert figures["ledger_balanced"]
    assert figures["stripe_calls"] >= 2  # two top-ups
