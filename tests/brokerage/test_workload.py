import pytest

from agents.node.containers import templates
from marketplace.brokerage.workload import TEMPLATES, BadWorkload, parse


def test_keeps_exactly_the_known_parts():
    given = {"command": ["python3", "train.py"], "environment": {"EPOCHS": "3"}}
    assert parse(given) == given


def test_environment_may_be_left_out():
    assert parse({"command": ["true"]}) == {"command": ["true"], "environment": {}}


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPk alice@home"


def test_a_template_brings_its_command_and_keys_may_log_in():
    given = {"template": "ssh", "ssh_keys": [KEY], "image": "docker.io/library/debian:12"}
    assert parse(given) == {"command": [], "environment": {}, **given}


def test_the_templates_are_those_that_nodes_know():
    assert set(TEMPLATES) == set(templates.shipped()) - {templates.DEFAULT}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("true", "takes command, environment, image, ssh_keys, template and nothing else"),
        ({"command": ["true"], "volume": "x"}, "nothing else"),
        ({"command": ["true"], "image": "--privileged"}, "image must be a reference"),
        ({"command": ["true"], "image": "debian:12\n"}, "image must be a reference"),
        ({"command": ["true"], "image": "x" * 256}, "image must be a reference"),
        ({"template": "abacus"}, "template must be one of ssh, jupyter"),
        ({"template": ["ssh"]}, "template must be one of"),
        ({"template": "ssh", "ssh_keys": ["ssh-ed25519 AAAA\nssh-rsa BB"]}, r"ssh_keys\[0\]"),
        ({"template": "ssh", "ssh_keys": [f"command=x {KEY}"]}, r"ssh_keys\[0\]"),
        ({"template": "ssh", "ssh_keys": [KEY] * 11}, "at most 10 public keys"),
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
