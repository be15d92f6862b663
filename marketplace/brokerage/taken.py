"""How many GPUs of each machine are taken in a window, counted once for a whole search."""

from datetime import datetime
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.datastructures import BaseTable

from marketplace.catalog.models import OfferQuerySet
from marketplace.catalog.states import MachineState

from .states import LIVE

ALIAS: Final = "taken"
#: as offers count only the GPUs that are present and fit, so does this
JOINED: Final = """
LEFT OUTER JOIN (
  SELECT gpu.machine_id, gpu.chip_id, count(*) AS gpus
    FROM catalog_gpu gpu
   WHERE gpu.present AND gpu.fit AND gpu.id IN (
           SELECT lease.gpu_id FROM brokerage_lease lease
            WHERE lease.state IN (%s, %s, %s) AND (lease.during && tstzrange(%s, %s)
              OR (lease.cleaning_s > 0
                AND brokerage_apart(lease.during, lease.cleaning_s) && tstzrange(%s, %s))))
   GROUP BY gpu.machine_id, gpu.chip_id
) taken ON taken.machine_id = catalog_offer.machine_id AND taken.chip_id = catalog_offer.chip_id
"""
FREE: Final = """
CASE WHEN catalog_machine.state = %s AND compliance_chipmodel.export_class <> 'unknown'
      AND NOT coalesce(catalog_machine.upkeep && tstzrange(%s, %s), false)
     THEN greatest(catalog_offer.gpus - coalesce(taken.gpus, 0), 0)::int ELSE 0 END
"""


class Taken(BaseTable):
    """The sum as a table of the FROM clause: the ORM joins no subquery by itself (5.2)."""

    def __init__(self, start: datetime, end: datetime) -> None:
        super().__init__(ALIAS, ALIAS)
        self.window = start, end

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return JOINED, (*LIVE, *self.window, *self.window)


def with_free(offers: OfferQuerySet, *, start: datetime, end: datetime) -> OfferQuerySet:
    """Give listed offers `free`: how many of their GPUs can be rented for [start, end).

    The same number as `availability.free_gpus` finds, from one look at all leases of the window.
    """
    rows = offers.select_related("chip", "schedule", "machine__site__operator", "machine__trust")
    query = rows.query
    query.get_initial_alias()
    query.alias_map[ALIAS] = Taken(start, end)
    query.alias_refcount[ALIAS] = 1
    free = RawSQL(FREE, [MachineState.ONLINE, start, end], output_field=IntegerField())  # noqa: S611  constant
    # the filters bring the tables in that the expression names
    return rows.filter(machine__state__isnull=False, chip__memory_gb__isnull=False).annotate(
        free=free
    )


def counted_at_once(offers: OfferQuerySet) -> bool:
    """Whether these offers come from `with_free`."""
    return ALIAS in offers.query.alias_map
