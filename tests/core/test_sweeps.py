import pytest
from celery.exceptions import SoftTimeLimitExceeded

from marketplace.core.states import IllegalMove, LostRace
from marketplace.core.sweeps import sweep


def swept(rows, failing):
    done = []

    def verb(row):
        if row in failing:
            raise failing[row]
        done.append(row)

    sweep(rows, verb)
    return done


@pytest.mark.parametrize("moved", [LostRace("gone"), IllegalMove("over")])
def test_a_row_that_was_moved_meanwhile_is_passed_over_in_silence(moved, caplog):
    assert swept("abc", {"b": moved}) == ["a", "c"]
    assert caplog.text == ""


def test_a_row_that_fails_is_logged_and_the_others_get_their_turn(caplog):
    assert swept("abc", {"a": RuntimeError("disk on fire")}) == ["b", "c"]
    assert "sweep failed on a" in caplog.text
    assert "disk on fire" in caplog.text


def test_the_time_limit_ends_the_sweep():
    with pytest.raises(SoftTimeLimitExceeded):
        swept("abc", {"b": SoftTimeLimitExceeded()})
