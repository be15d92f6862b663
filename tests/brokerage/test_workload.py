import pytest

from marketplace.brokerage.workload import BadWorkload, parse


def test_keeps_exactly_the_known_parts():
    given = {"command": ["python3", "train.py"], "environment": {"EPOCHS": "3"}}
    assert parse(given) == given


def test_environment_may_be_left_out():
    assert parse({"command": ["true"]}) == {"command": ["true"], "environment": {}}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("true", "takes 'command'"),
        ({"command": ["true"], "image": "x"}, "nothing else"),
        ({"command": []}, "1 to 64 words"),
        ({"command": "true"}, "1 to 64 words"),
        ({"command": ["true", ""]}, r"command\[1\]"),
        ({"command": ["a\0b"]}, r"command\[0\]"),
        ({"command": ["true"], "environment": {"lower": "1"}}, "'lower' is not allowed"),
        ({"command": ["true"], "environment": {"LD_PRELOAD": "x"}}, "'LD_PRELOAD' is not allowed"),
        ({"command": ["true"], "environment": {"N": 1}}, r"environment\[N\]"),
    ],
)
def test_names_the_place_and_the_mend(given, message):
    with pytest.raises(BadWorkload, match=message):
        parse(given)
