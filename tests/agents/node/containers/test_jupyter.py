"""JupyterLab as a template, in a real container. Its image takes minutes: made where asked for."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest

from agents.node.containers import service
from tests.agents.node.market import until

from . import at
from .conftest import BUILD, STORAGE

IMAGE = "localhost/straits-jupyter:1"


@pytest.fixture(scope="module")
def image(engine):
    there = [*service.podman(*STORAGE), "image", "exists", IMAGE]
    if subprocess.run(there, check=False).returncode == 0:  # noqa: S603
        return
    if os.environ.get("STRAITS_JUPYTER") != "1":
        pytest.skip("the JupyterLab image takes minutes to make; STRAITS_JUPYTER=1 makes it")
    build = BUILD.parent.parent / "jupyter" / "build"
    subprocess.run([str(build), *service.podman(*STORAGE)[1:]], check=True)  # noqa: S603


def ask(endpoint, path, token=""):
    url = f"http://127.0.0.1:{endpoint.port}{path}"
    asked = urllib.request.Request(
        url, headers={"Authorization": f"token {token}"} if token else {}
    )
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except OSError:
        return 0, b""


def test_a_renter_opens_jupyterlab_with_the_leases_token_and_nobody_else_does(
    image, make, gpu_uuids
):
    runtime, each = make(), at.lease(gpu_uuids[:1], template="jupyter", command=())
    [endpoint] = at.run(runtime, each, 60).endpoints
    assert (endpoint.name, endpoint.scheme) == ("jupyter", "http")
    page, _, token = endpoint.path.partition("?token=")
    assert (page, len(token)) == ("/lab", 32)
    until(lambda: ask(endpoint, "/api/status", token)[0] == 200, 90)
    status, body = ask(endpoint, "/api/contents/", token)
    assert status == 200
    assert json.loads(body)["path"] == "", "it shows the workspace"
    assert ask(endpoint, "/lab", token)[0] == 200
    assert ask(endpoint, "/api/status")[0] == 403
    assert ask(endpoint, "/api/status", "x" * 32)[0] == 403
    runtime.stop(assignment=each.assignment, grace=5)
    assert at.end(runtime, each, 40).progress == "nothing of it is left on the machine"
    assert at.left(STORAGE, each.assignment) == set()
