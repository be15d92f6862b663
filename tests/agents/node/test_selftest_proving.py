"""The self-test's last word: usage that is whole, and each way in which it is not."""

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agents.node.selftest import proving
from agents.node.selftest.steps import Wrong
from agents.protocol import evidence
from agents.protocol.messages import SegmentReport

from .build import NOON, ONE

BOOT, KEY, SECOND = UUID(int=7), Ed25519PrivateKey.generate(), timedelta(seconds=1)


def chain(*lengths, **last):
    found, digest, moment = [], evidence.GENESIS, NOON
    for place, length in enumerate(lengths, start=1):
        each = SegmentReport(
            assignment=ONE,
            seq=place,
            start=moment,
            end=moment + length * SECOND,
            mono_ms=length * 1000,
            gpu_uuids=("GPU-a", "GPU-b"),
            verified_since=NOON,
            energy_mj=2000,
            final=place == len(lengths),
            prev=digest,
        )
        if place == len(lengths):
            each = each.model_copy(update=last)
        found.append(each)
        digest = evidence.digest({**each.model_dump(), "boot_id": BOOT})
        moment = each.end
    return found


def proven(segments):
    return proving.proven(segments, boot_id=BOOT, key=KEY, gpu_uuids=("GPU-b", "GPU-a"), begun=NOON)


def test_a_whole_chain_is_told_by_its_length_and_energy():
    assert proven(chain(5, 5, 2)) == "3 signed segments, 12.000 s without a gap, 6 J"


@pytest.mark.parametrize(
    ("segments", "wrong"),
    [
        ([], "nothing was metered"),
        (chain(5, 5)[1:], "segment 2 does not follow"),
        (chain(5, 5, 5)[::2], "segment 3 does not follow"),
        (chain(5, 5, start=NOON + 6 * SECOND), "segment 2 does not follow"),
        (chain(5, 5, prev="1" * 64), "segment 2 does not follow"),
        (chain(5, 5, gpu_uuids=("GPU-a",)), "segment 2 names other GPUs"),
        (chain(5, 5, verified_since=None), "in segment 2 a GPU did not answer"),
        (chain(5, 5, final=False), "the last segment is missing"),
    ],
)
def test_one_that_is_not_is_refused(segments, wrong):
    with pytest.raises(Wrong, match=wrong):
        proven(segments)
