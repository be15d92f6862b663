"""Many wishes to the same machines: what `place` would choose, with a look at few of them. Pure.

Two facts make the few enough. A GPU that is leased when a window begins is not free in it. And of
machines that nobody leased anything of, those with as many GPUs differ in nothing but their keys,
so that a strategy takes the lowest key.
"""

from collections.abc import Sequence
from dataclasses import replace

from .placement import Host, Placed, Strategy, Together, Wish, ours, place


class Pool:
    """The machines that some wishes may use; leases on them are only ever added."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts = {host.pk: host for host in hosts}
        self._moment: int | None = None
        #: by how many GPUs no lease holds at that moment: machines with leases, by key
        self._open: list[dict[int, Host]] = []
        #: by how many GPUs they have: machines that had no lease, the lowest key last
        self._untouched: dict[int, list[Host]] = {}
        for host in sorted(hosts, key=lambda one: -one.pk):
            self._untouched.setdefault(len(host.gpus), []).append(host)

    def place(self, wish: Wish, strategy: Strategy = ours) -> Placed | None:
        """As `place` over all the machines, for a strategy that tells equal ones by key alone."""
        match wish.together:
            case Together.OFFER:
                host = self._hosts.get(wish.machine)
                return place([host] if host else [], wish, strategy)
            case Together.FABRIC:
                return place(list(self._hosts.values()), wish, strategy)
        alone = replace(wish, together=Together.MACHINE)
        placed = place(self._worth_a_look(wish), alone, strategy)
        if placed or wish.together == Together.MACHINE:
            return placed
        return place(list(self._hosts.values()), wish, strategy)

    def noted(self, host: Host) -> None:
        """Something was leased of this machine, which need not be one of these."""
        if self._hosts.get(host.pk) is host and self._moment is not None:
            for level in self._open:
                level.pop(host.pk, None)
            self._sort_in(host, self._moment)

    def _worth_a_look(self, wish: Wish) -> list[Host]:
        """Those that may have enough, one for all that nobody leased anything of."""
        if wish.start != self._moment:
            self._open = [{} for _ in range(max(self._untouched, default=0) + 1)]
            for host in self._hosts.values():
                self._sort_in(host, wish.start)
            self._moment = wish.start
        found = [host for level in self._open[wish.count :] for host in level.values()]
        found += filter(None, (self._lowest(gpus) for gpus in self._untouched))
        return found

    def _sort_in(self, host: Host, moment: int) -> None:
        if host.leases:
            self._open[host.at_most(moment)][host.pk] = host

    def _lowest(self, gpus: int) -> Host | None:
        hosts = self._untouched[gpus]
        while hosts and hosts[-1].leases:
            hosts.pop()
        return hosts[-1] if hosts else None
