"""The only module that speaks to a container engine: Docker's API, and podman's own beside it."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

import docker
import requests
import urllib3

from . import spec as words
from .spec import Spec

TIMEOUT = 60
UNIX = "unix://"
LIBPOD = "/v4.0.0/libpod"


class EngineDown(Exception):
    """No answer; trying again later may help."""


class EngineRefused(Exception):
    """The engine understood and will not, or cannot; the text is its own."""


@dataclass(frozen=True)
class Found:
    """A container as the engine sees it; `pid` is 0 unless it runs. `ports`: inside -> outside."""

    id: str
    status: str
    pid: int
    exit_code: int
    labels: Mapping[str, str]
    ports: Mapping[int, int]


class Engine:
    """One connection to a unix socket; every thread has its own.

    Each verb raises EngineDown and EngineRefused.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def api(self) -> docker.APIClient:
        return docker.APIClient(base_url=self.url, timeout=TIMEOUT)

    def close(self) -> None:
        """Let the connection go; the next verb opens another."""
        if "api" in self.__dict__:
            self.api.close()
            del self.api

    @cached_property
    def version(self) -> tuple[str, str]:
        """The engine's name, "podman" or "docker", and its version."""
        with self._speaking():
            said = self.api.version()
        for part in said.get("Components") or ():
            if part["Name"] == "Podman Engine":
                return "podman", str(part["Version"])
        return "docker", str(said["Version"])

    @property
    def is_podman(self) -> bool:
        return self.version[0] == "podman"

    def info(self) -> dict[str, Any]:
        with self._speaking():
            return dict(self.api.info())

    def has_image(self, reference: str) -> bool:
        with self._speaking():
            try:
                self.api.inspect_image(reference)
            except docker.errors.NotFound:
                return False
        return True

    def pull(self, reference: str, told: Callable[[dict[str, Any]], None]) -> None:
        """Fetch an image; `told` gets every line of progress and may raise to give it up."""
        repository, tag = docker.utils.parse_repository_tag(reference)
        with self._speaking():
            for line in self.api.pull(repository, tag or "latest", stream=True, decode=True):
                # a pull that fails has answered 200 long before
                if "error" in line:
                    raise EngineRefused(str(line["error"]))
                told(line)

    def make_network(self, name: str, labels: Mapping[str, str]) -> None:
        """A bridge of this name, shut off from other bridges; one that is there is kept."""
        if self.network(name):
            return
        if self.is_podman:
            body = {
                "name": name,
                "driver": "bridge",
                "network_interface": name,
                "dns_enabled": True,
                "options": {"isolate": "true"},
                "labels": dict(labels),
            }
            self._libpod("POST", "/networks/create", body)
            return
        options = {"com.docker.network.bridge.name": name}
        with self._speaking():
            self.api.create_network(name, driver="bridge", options=options, labels=dict(labels))

    def network(self, name: str) -> bool:
        return any(each["Name"] == name for each in self._networks({"name": name}))

    def remove_network(self, name: str) -> None:
        if self.network(name):
            with self._speaking():
                self.api.remove_network(name)

    def create(self, spec: Spec) -> None:
        """Make a container that does not run yet."""
        if self.is_podman:
            self._libpod("POST", "/containers/create", words.libpod(spec))
            return
        with self._speaking():
            self.api.create_container_from_config(words.docker(spec), spec.name)

    def start(self, name: str) -> None:
        with self._speaking():
            self.api.start(name)

    def remove(self, name: str) -> None:
        """Remove a container with its volumes, by force; none there is fine."""
        with self._speaking():
            try:
                self.api.remove_container(name, v=True, force=True)
            except docker.errors.NotFound:
                return

    def find(self, name: str) -> Found | None:
        with self._speaking():
            try:
                seen = self.api.inspect_container(name)
            except docker.errors.NotFound:
                return None
        state = seen["State"]
        return Found(
            id=seen["Id"],
            status=state["Status"],
            pid=state["Pid"],
            exit_code=state["ExitCode"],
            labels=seen["Config"]["Labels"] or {},
            ports=dict(_published(seen["NetworkSettings"].get("Ports") or {})),
        )

    def labelled(self, label: str, value: str) -> Iterator[Mapping[str, str]]:
        """The labels of every container and network that carries this one."""
        chosen = {"label": f"{label}={value}"}
        with self._speaking():
            containers = self.api.containers(all=True, filters=chosen)
        for each in [*containers, *self._networks(chosen)]:
            yield each["Labels"] or {}

    def _networks(self, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
        with self._speaking():
            return list(self.api.networks(filters=dict(chosen)))

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            _require_listening(self.url)
            yield
        except docker.errors.APIError as error:
            raise EngineRefused(str(error.explanation or error)) from error
        except (
            docker.errors.DockerException,
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
        ) as error:
            raise EngineDown(f"the container engine does not answer: {error}") from error

    def _libpod(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        with self._speaking():
            answer = self.api.request(
                method, f"{self.api.base_url}{LIBPOD}{path}", json=body, timeout=TIMEOUT
            )
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise EngineRefused(_said(answer))


def _require_listening(url: str) -> None:
    """Raises OSError. The client library leaves a socket open when it finds nobody."""
    with socket.socket(socket.AF_UNIX) as trial:
        trial.settimeout(TIMEOUT)
        trial.connect(url.removeprefix(UNIX))


def _published(ports: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for inside, bindings in ports.items():
        for binding in bindings or ():
            yield int(inside.partition("/")[0]), int(binding["HostPort"])


def _said(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the engine answers {answer.status_code}"
