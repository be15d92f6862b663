import pytest

from marketplace.catalog.trust.clusters import QUORUM, Voice, is_outlier


def odd(mine, *others, operator=0):
    return is_outlier(mine, operator=operator, others=[Voice(*one) for one in others])


def spread(sha256, operators):
    return [(operator, sha256) for operator in operators]


def test_one_against_a_quorum_is_odd():
    assert QUORUM == 3
    assert odd("tampered", *spread("real", [1, 2, 3]))
    assert not odd("real", *spread("real", [1, 2, 3]))


def test_too_few_to_tell():
    assert not odd("tampered", *spread("real", [1, 2]))
    assert not odd("first")


def test_many_machines_of_one_provider_are_one_voice():
    assert not odd("other", *spread("real", [1] * 50))


def test_ones_own_machines_do_not_speak_for_ones_file():
    own = spread("tampered", [0] * 50)
    assert odd("tampered", *own, *spread("real", [1, 2, 3]))


@pytest.mark.parametrize(("alike", "found"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_second_packaging_of_the_driver_is_not_odd_once_half_as_many_have_it(alike, found):
    assert (
        odd("debian", *spread("real", [1, 2, 3, 4]), *spread("debian", range(5, 5 + alike)))
        == found
    )
