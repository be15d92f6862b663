"""Builders: each makes one thing with sensible values, and takes what the test cares about."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg.types.range import TimestamptzRange

from agents.protocol import evidence
from compliance import services as compliance
from compliance.models import (
    ChipModel,
    Decision,
    Director,
    EndUseStatement,
    Licence,
    ListSnapshot,
    ListSource,
    Outcome,
    OwnershipStake,
    Party,
    RedFlag,
    RedFlagKind,
)
from compliance.redflags import Finding
from marketplace.accounts.models import ApiKey, Membership, Organisation, Role, User
from marketplace.billing.models import RateSegment
from marketplace.brokerage import services as brokerage
from marketplace.brokerage.models import Assignment, Keeping, Reservation
from marketplace.brokerage.services import Ask
from marketplace.catalog.models import Gpu, Machine, Offer, Site
from marketplace.catalog.states import MachineState
from marketplace.ledger import services as ledger
from marketplace.ledger.models import Account, Kind
from marketplace.metering import services as metering

#: a moment that tests agree on; verbs take it as `at`
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
_number = itertools.count(1)


def user(email: str = "", *, confirmed: bool = True, **facts: Any) -> User:
    address = email or f"user{next(_number)}@example.test"
    known = {"confirmed_email": address if confirmed else ""}
    return User.objects.create_user(address, "secret", **known, **facts)


def party(
    legal_name: str = "Harbour Light Research Ltd", *, signed: bool = True, **facts: Any
) -> Party:
    """Everything about it is known and, unless told otherwise, its end use is signed for."""
    known = {
        "registration_number": "201912345Z",
        "country": "SG",
        "hq_country": "SG",
        "parent_name": legal_name,
        "parent_hq_country": "SG",
        "end_use": "inference",
        "end_use_statement": "Serving our own language models to customers in Singapore.",
    }
    made = Party.objects.create(legal_name=legal_name, **{**known, **facts})
    if signed and made.end_use_statement.strip() and made.end_use not in ("", "refused"):
        statement(made)
    return made


def statement(of: Party, **facts: Any) -> EndUseStatement:
    """A statement of what the party says of itself, signed long ago and good for long."""
    known = {
        "wording": "2026-11",
        "end_use": of.end_use,
        "text": of.end_use_statement,
        "end_users": of.end_users,
        "signed_by": UUID(int=7),
        "signed_name": "Ada Roe",
        "signed_at": datetime(2020, 1, 1, tzinfo=UTC),
        "expires_at": datetime(2100, 1, 1, tzinfo=UTC),
        "idempotency_key": f"statement-{next(_number)}",
        "request_sha256": b"",
    }
    return EndUseStatement.objects.create(party=of, **{**known, **facts})


def flag(on: Party, code: str = "R9", *, at: datetime = NOON, **evidence: Any) -> RedFlag:
    """A red flag as a sweep raises it; the reference data must be loaded."""
    finding = Finding(code, f"Seen for {code}.", evidence)
    compliance.note(party=on, findings=[finding], at=at)
    kind = RedFlagKind.objects.get(code=code)
    return RedFlag.objects.get(party=on, kind=kind, evidence_sha256=finding.digest)


def organisation(
    name: str = "Harbour Light", member: User | None = None, **facts: Any
) -> Organisation:
    facts.setdefault("party", None)
    facts["party"] = facts["party"] or party(f"{name} {next(_number)} Ltd")
    made = Organisation.objects.create(name=name, **facts)
    if member:
        Membership.objects.create(user=member, organisation=made, role=Role.OWNER)
    return made


def chip(name: str = "H100 80GB", **facts: Any) -> ChipModel:
    known = {
        "nvml_names": ["NVIDIA H100 80GB HBM3"],
        "memory_gb": 80,
        "tpp": 15824,
        "performance_density": "19.40",
        "export_class": "3A090.a",
        "source": "test",
    }
    return ChipModel.objects.get_or_create(name=name, defaults={**known, **facts})[0]


def machine(*, gpus: int = 1, country: str = "MY", **facts: Any) -> Machine:
    number = next(_number)
    if "site" not in facts:
        operator = organisation(f"Provider {number}", can_rent=False, can_provide=True)
        facts["site"] = Site.objects.create(
            name=f"Site {number}", operator=operator, country=country
        )
    made = Machine.objects.create(
        **{"name": f"node-{number}", "state": MachineState.ONLINE, **facts}
    )
    for index in range(gpus):
        gpu(made, index=index)
    return made


def gpu(on: Machine, **facts: Any) -> Gpu:
    known = {
        "uuid": f"GPU-{next(_number):08x}-0000-0000-0000-000000000000",
        "index": 0,
        "nvml_name": "NVIDIA H100 80GB HBM3",
        "chip": chip(),
        "memory_bytes": 85_520_809_984,
    }
    return Gpu.objects.create(machine=on, **{**known, **facts})


def offer(*, gpus: int = 1, price_micro: int = 2_400_000, **facts: Any) -> Offer:
    on = facts.pop("machine", None) or machine(gpus=gpus)
    return Offer.objects.create(
        **{"machine": on, "chip": chip(), "price_micro_per_gpu_hour": price_micro, **facts}
    )


def decision(
    of: Party, *, at: datetime = NOON, outcome: str = Outcome.ALLOW, **facts: Any
) -> Decision:
    known = {
        "party_hash": of.content_hash,
        "reasons": [],
        "snapshots": {},
        "ruleset_hash": "test",
        "scorer": "test",
        "decided_at": at,
        "valid_until": at + timedelta(days=1),
    }
    return Decision.objects.create(party=of, outcome=outcome, **{**known, **facts})


def about(of: Offer, during: Any) -> dict[str, Any]:
    """The facts of a decision that fits renting this offer in that window."""
    return {"chip": of.chip, "site_country": of.machine.site.country, "during": during}


def fresh_list(*, at: datetime = NOON, code: str = "ofac_sdn") -> ListSnapshot:
    """Pretend that an (uneventful) list was imported at this moment."""
    source, _ = ListSource.objects.get_or_create(code=code, defaults={"title": code})
    return ListSnapshot.objects.create(
        source=source,
        sha256=b"0" * 32,
        imported_at=at,
        entry_count=1,
        added=1,
        changed=0,
        dropped=0,
        sample=True,
    )


def funded(renter: Organisation, micro: int = 100_000_000, *, at: datetime = NOON) -> Account:
    """Give a renter money in the wallet, as if Stripe had confirmed a payment."""
    wallet = ledger.account(kind=Kind.WALLET, owner=renter.public_id, currency="USD")
    pending = ledger.account(kind=Kind.STRIPE_PENDING, currency="USD")
    ledger.post(
        key=f"test:{renter.public_id}:{next(_number)}",
        kind="top_up",
        entries=[ledger.Entry(debit=pending, credit=wallet, amount=micro)],
        at=at,
    )
    return wallet


def ask(of: Offer, *, gpus: int = 1, start: datetime = NOON, hours: int = 1, **facts: Any) -> Ask:
    known = {"workload": {"command": ["sleep", "60"]}, "end": start + hours * HOUR}
    return Ask(offer=of, gpu_count=gpus, start=start, **{**known, **facts})


def reservation(
    renter: Organisation, of: Offer, *, at: datetime = NOON, key: str = "", **facts: Any
) -> Reservation:
    """Request a reservation and let the broker take it as far as it goes."""
    made = brokerage.request(
        renter=renter, by=None, ask=ask(of, **facts), key=key or f"key-{next(_number)}", at=at
    )
    brokerage.broker(reservation=made, at=at)
    return made


def started(of: Reservation, *, at: datetime = NOON) -> Assignment:
    """Let the node report that the reservation's first assignment runs since `at`."""
    assignment = of.assignments.get()
    report = observation(assignment, "running", started_at=at)
    brokerage.observe(machine=assignment.machine, reports=[report], at=at)
    of.refresh_from_db()
    assignment.refresh_from_db()
    return assignment


#: what `keeping` has a machine set aside, GiB
GIB = 50


def keeping(of: Reservation, *, hours: int = 24, at: datetime = NOON, **facts: Any) -> Keeping:
    """Start a reservation of one machine, unless it runs, and have its workspace outlive it.

    Its offer must name a price for that (`keep_micro_per_gib_hour`).
    """
    part = of.assignments.get()
    report = observation(part, "running", started_at=at, workspace_bytes=GIB << 30)
    brokerage.observe(machine=part.machine, reports=[report], at=at)
    of.refresh_from_db()
    known = {"key": f"keep-{next(_number)}", "by": None}
    return brokerage.keep(reservation=of, hours=hours, at=at, **{**known, **facts})


def kept(of: Reservation, *, at: datetime, **facts: Any) -> Keeping:
    """Let the machine of what `keeping` made say that it is over there and its workspace kept."""
    part = of.assignments.get()
    report = observation(part, "stopped", stopped_at=at, kept=True, **facts)
    brokerage.observe(machine=part.machine, reports=[report], at=at)
    of.refresh_from_db()
    return of.keepings.latest("pk")


def looked_at(start: datetime, end: datetime) -> None:
    """Let the sweep look at what is kept, often enough that all of [start, end) counts."""
    step = timedelta(minutes=10)
    for number in range(1, -(-(end - start) // step) + 1):
        brokerage.tally_keepings(at=min(start + number * step, end))


def observation(of: Assignment, state: str, **facts: Any) -> brokerage.Observation:
    known = {
        "generation": of.generation,
        "started_at": None,
        "stopped_at": None,
        "exit_code": None,
        "detail": "",
    }
    return brokerage.Observation(assignment=of.public_id, state=state, **{**known, **facts})


BOOT = UUID(int=1)
#: of the node that signs segments in tests
NODE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_heads: dict[UUID, str] = {}


def segment(of: Assignment, start: datetime, end: datetime, **facts: Any) -> metering.SegmentIn:
    """What a node signs about [start, end); it follows on the last one made of the assignment."""
    known = {
        "boot_id": BOOT,
        "seq": next(_number),
        "mono_from_ms": max(0, (start - NOON + timedelta(days=9000)) // timedelta(milliseconds=1)),
        "mono_ms": max(0, (end - start) // timedelta(milliseconds=1)),
        "gpu_uuids": tuple(lease.gpu.uuid for lease in of.leases.select_related("gpu")),
        "verified_since": start,
        "energy_mj": 0,
        "final": False,
        "prev": _heads.get(of.public_id, evidence.GENESIS),
    }
    content = {**known, **facts, "assignment": of.public_id, "start": start, "end": end}
    made = signed(metering.SegmentIn(**content, signature=""))
    _heads[of.public_id] = made.digest.hex()
    return made


def signed(unsigned: metering.SegmentIn, **changes: Any) -> metering.SegmentIn:
    """The same segment, changed, under a signature that fits."""
    changed = replace(unsigned, **changes)
    return replace(changed, signature=evidence.sign(changed.facts, NODE_KEY))


def accept(*, machine: Machine, segments: Sequence[metering.SegmentIn], at: datetime) -> list[int]:
    """Let the node of tests bring segments in for this machine."""
    signer = metering.signer(
        node=UUID(int=7),
        machine=machine,
        public_key=NODE_KEY.public_key().public_bytes_raw(),
        enrolled_at=NOON,
    )
    return metering.accept(machine=machine, signer=signer, segments=segments, at=at)


def bare_reservation(renter: Organisation, of: Offer, **facts: Any) -> Reservation:
    """A row in any state, made directly: for tests of tables and constraints only."""
    wallet = ledger.account(kind=Kind.WALLET, owner=renter.public_id, currency="USD")
    number = next(_number)
    funded(renter, 1)
    during = facts.setdefault("during", TimestamptzRange(NOON, NOON + HOUR))
    known = {
        "gpu_count": 1,
        "workload": {"command": ["true"], "environment": {}},
        "price_micro_per_gpu_hour": of.price_micro_per_gpu_hour,
        "fee_bps": 1500,
        "currency": "USD",
        "decision": decision(renter.party, **about(of, during)),
        "booked_at": NOON,
        "hold": ledger.place_hold(key=f"bare:{number}", account=wallet, amount=1),
        "idempotency_key": f"bare-{number}",
        "request_sha256": b"",
    }
    if facts.get("state") == "pinned":
        known |= {"pin_slot": 1, "hold": None, "hold_expires_at": NOON + HOUR}
    if facts.get("state") == "payment_due":
        known |= {"due_micro": 1, "pay_by": NOON + HOUR}
    return Reservation.objects.create(renter=renter, offer=of, **{**known, **facts})


def member(of: Organisation, role: str, **facts: Any) -> User:
    """A new person with this role in the organisation."""
    made = user(**facts)
    Membership.objects.create(user=made, organisation=of, role=role)
    return made


def api_key(of: Organisation, by: User, **facts: Any) -> str:
    """The secret of a key that acts as this member, whatever the member's role."""
    secret = f"straits_test-{next(_number)}"
    ApiKey.objects.create(
        organisation=of,
        created_by=by,
        name="test",
        prefix=secret[:12],
        secret_sha256=hashlib.sha256(secret.encode()).digest(),
        **facts,
    )
    return secret


def stake(owned: Party, owner: Party | str, share_bps: int | None, **facts: Any) -> OwnershipStake:
    """A declared share; an owner given as text is someone named of whom nothing else is known."""
    whom = {"owner_name": owner} if isinstance(owner, str) else {"owner": owner}
    known: dict[str, Any] = {
        "since": NOON.date(),
        "source": "test",
        "evidence": "Register extract no. 7.",
        "by": "test",
        "at": NOON,
    }
    return compliance.add_stake(owned=owned, share_bps=share_bps, **{**whom, **known, **facts})


def director(party: Party, name: str = "Grete Holmquistsen", **facts: Any) -> Director:
    known: dict[str, Any] = {
        "since": NOON.date(),
        "source": "test",
        "evidence": "Register extract no. 7.",
        "by": "test",
        "at": NOON,
    }
    return compliance.add_director(party=party, name=name, **{**known, **facts})


#: who registers licences and who approves them
REGISTRAR, SECOND = UUID(int=101), UUID(int=102)


def licence(of: Party, *, approved: bool = True, **facts: Any) -> Licence:
    """For H100s in Vietnam, from the first of November to the end of December, 100 GPU-hours."""
    known: dict[str, Any] = {
        "number": f"D{next(_number)}",
        "authority": "BIS",
        "eccn": "3A090.a",
        "chip_classes": ["3A090.a"],
        "site_countries": ["VN"],
        "end_uses": ["inference"],
        "valid_from": date(2026, 11, 1),
        "valid_to": date(2026, 12, 31),
        "gpu_hours": 100,
        "evidence": "Letter no. 7.",
    }
    by = {"actor": REGISTRAR, "actor_label": "ada@example.test", "at": NOON}
    made = compliance.register_licence(party=of, **{**known, **by, **facts})
    if approved:
        compliance.approve_licence(
            licence=made, actor=SECOND, actor_label="ben@example.test", at=NOON
        )
    return made


def rate(of: Reservation, **facts: Any) -> RateSegment:
    """The first rate of a reservation, made directly."""
    known = {
        "version": 1,
        "since": of.during.lower,
        "list_micro_per_gpu_hour": of.price_micro_per_gpu_hour,
        "discount_bps": 0,
        "price_micro_per_gpu_hour": of.price_micro_per_gpu_hour,
        "fee_bps": of.fee_bps,
        "currency": of.currency,
        "minimum_ms": 0,
        "reason": "as booked",
        "opened_at": NOON,
    }
    return RateSegment.objects.create(reservation=of, **{**known, **facts})
