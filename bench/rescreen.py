"""Whom 500 changed entries of a list concern among 100,000 made-up parties, on one core.

Ours: `reverse_screen`, every party's names asked of the index of the lists, then `rescreen_waiting`
for the candidates. Reference: the direction turned round, the entries' names asked of an index over
all parties' names with bands far below ours; its candidates, time and memory, and how many of ours
it finds. Times are processor seconds of this process; the database works beside it. 500 parties
bear a changed entry's name with one slip, so that there is something to find. PARTIES, CHANGED and
SEED may be set.
"""

import csv
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from faker import Faker

from bench.lists import FILES
from bench.report import machine
from bench.variants import slip
from bench.world import world

PUBLISHED = FILES["csl"]

LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "id_ID", "en_IN", "it_IT", "pl_PL"]
LOW = 0.6


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    found = work()
    return round(time.process_time() - started, 1), found


def memory_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def written(rows: list[dict[str, str]], folder: Path) -> Path:
    place = folder / "consolidated.csv"
    with place.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return place


def parties(count: int, planted: list[str], rng: random.Random) -> Iterator[dict[str, str]]:
    """Three firms to a person; a fifth of the firms have a parent of another name."""
    faker = Faker(LOCALES)
    faker.seed_instance(rng.random())
    for name in planted:
        yield {"legal_name": slip(name, rng), "kind": "organisation"}
    for _ in range(count - len(planted)):
        if rng.random() < 0.25:
            yield {"legal_name": faker.name(), "kind": "person"}
        else:
            name = faker.company()
            parent = faker.company() if rng.random() < 0.2 else name
            yield {"legal_name": name, "kind": "organisation", "parent_name": parent}


def turned_round(changed: list[Any], ours: set[int]) -> dict[str, object]:
    """The entries' names against an index over the names of all parties."""
    from compliance.matching import Bands, Index, Listed, Query
    from compliance.models import Party

    rows = Party.objects.values_list("pk", "kind", "legal_name", "parent_name")
    names = [
        Listed("parties", str(key), kind, "", name, "primary")
        for key, own, legal, parent in rows
        for name, kind in {legal: own, parent: ""}.items()
        if name
    ]
    before = memory_mib()
    built, index = timed(lambda: Index(names, Bands(person=LOW, other=LOW)))
    queries = [Query(name, kind) for name, kind in changed]
    asked, answers = timed(lambda: index.screen_many(queries))
    found = {int(match.listed.uid) for answer in answers for match in answer.matches}
    return {
        "built_s": built,
        "asked_s": asked,
        "memory_mib": memory_mib() - before,
        "candidates": len(found),
        "of_ours": round(len(ours & found) / max(len(ours), 1), 4),
    }


def main() -> None:
    count = int(os.environ.get("PARTIES", "100000"))
    number = int(os.environ.get("CHANGED", "500"))
    rng = random.Random(int(os.environ.get("SEED", "31")))  # noqa: S311  a bench repeats itself
    if not PUBLISHED.is_file():
        raise SystemExit(f"the published list is not there: {PUBLISHED}")
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    new = set(rng.sample(range(len(rows)), number))
    planted = [rows[place]["name"] for place in sorted(new)]
    with world(), tempfile.TemporaryDirectory() as folder:
        from compliance import services
        from compliance.models import EntryName, Party, Rescreening, ReversePass
        from tests.make import NOON

        def bring(some: list[dict[str, str]]) -> Any:
            place = written(some, Path(folder))
            return services.import_list(
                source_code="us_csl", folder=place, published_on=None, at=NOON
            )

        bring([row for place, row in enumerate(rows) if place not in new])
        ReversePass.objects.all().delete()
        made = (Party(**facts) for facts in parties(count, planted, rng))
        Party.objects.bulk_create(made, batch_size=2000)
        services.screen(party=Party.objects.latest("pk"), question=None, at=NOON)  # warm up
        snapshot = bring(rows)
        started = time.perf_counter()
        looked_s, looked = timed(lambda: services.reverse_screen(at=NOON))
        wall = round(time.perf_counter() - started, 1)
        ours = set(Rescreening.objects.values_list("party_id", flat=True))
        decided_s, _ = timed(lambda: services.rescreen_waiting(at=NOON))
        entries = EntryName.objects.filter(entry__first_in=snapshot)
        figures = {
            "name": "rescreen",
            "parties": looked,
            "changed_entries": snapshot.added + snapshot.changed,
            "changed_names": entries.count(),
            "looked_s": looked_s,
            "looked_wall_s": wall,
            "candidates": len(ours),
            "decided_s": decided_s,
            "turned_round": turned_round(list(entries.values_list("name", "entry__kind")), ours),
            "machine": machine(),
        }
    for name, value in figures.items():
        print(f"{name:>16}: {value}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
