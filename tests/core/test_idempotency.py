from datetime import UTC, datetime
from uuid import UUID

import pytest

from marketplace.core.idempotency import KeyReused, digest, require_same


def test_order_of_names_does_not_matter():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_content_does():
    assert digest({"a": 1}) != digest({"a": 2})
    assert digest({"a": UUID(int=1), "t": datetime(2026, 1, 1, tzinfo=UTC)}) == digest(
        {"a": "00000000-0000-0000-0000-000000000001", "t": "2026-01-01 00:00:00+00:00"}
    )


def test_another_content_under_the_same_key_is_an_error():
    require_same(b"x", b"x", key="k")
    require_same(memoryview(b"x"), b"x", key="k")
    with pytest.raises(KeyReused, match="'k' was used before"):
        require_same(b"x", b"y", key="k")
