"""One request: in time however slowly it is answered, read in part, led nowhere else."""

from threading import Event

import pytest

from marketplace.hooks import posting
from marketplace.hooks.addresses import target


def post(server, **more):
    return posting.post(target(server.url), b'{"a":1}', {"webhook-id": "m"}, **more)


def test_it_arrives_as_it_was_sent(server):
    answer = post(server)
    assert (answer.status, answer.text, answer.error) == (200, "taken", "")
    [(path, headers, body)] = server.came
    assert (path, body, headers["webhook-id"]) == ("/hook?of=us", b'{"a":1}', "m")
    assert headers["Host"] == f"127.0.0.1:{server.server_address[1]}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(server, status):
    server.status, server.headers = status, {"Location": server.url}
    assert post(server).status == status
    assert len(server.came) == 1


def test_only_the_beginning_is_read(server):
    server.answer = b"x" * 10_000_000
    answer = post(server)
    assert (answer.status, answer.text) == (200, "x" * 500)


def test_what_is_no_text_is_kept_as_one(server):
    server.answer = b"\x00\xff\xfe ok"
    assert post(server).text == "��� ok"


def test_silence_ends(server):
    over = Event()
    server.before = lambda: over.wait(60)
    answer = post(server, patience=0.3)
    over.set()
    assert (answer.status, answer.error) == (None, "no answer within 0.3 s")
    assert 250 <= answer.took_ms < 30_000


def test_so_does_an_answer_that_never_ends(server):
    """Each byte comes in time; all of them never do."""
    server.drips = True
    answer = post(server, patience=0.5)
    assert (answer.status, answer.error) == (None, "no answer within 0.5 s")
    assert 450 <= answer.took_ms < 15_000, "of 20 s that it would take"


def test_nobody_there(server):
    to = target(server.url)
    server.shutdown()
    server.server_close()
    answer = posting.post(to, b"", {})
    assert (answer.status, answer.error) == (None, "ConnectionRefusedError")


def test_what_does_not_speak_tls(server):
    to = target(server.url.replace("http://", "https://"))
    answer = posting.post(to, b"", {}, patience=60)
    assert answer.status is None
    assert answer.error.startswith("TLS: ")
    assert server.came == []
