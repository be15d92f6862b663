"""One of each thing that an address can name, all of one organisation that rents and provides."""

from collections.abc import Callable
from typing import Any

from django.utils.timezone import now

from compliance import services as compliance
from compliance.models import Case, CaseDocument, EndUseStatement
from compliance.services import ITSELF
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Membership
from marketplace.accounts.services import Principal
from marketplace.billing import services as billing
from marketplace.billing.models import Payout, SavedCard, WalletNotice
from marketplace.brokerage import services as brokerage
from marketplace.catalog.models import Site
from marketplace.hooks import services as hooks
from marketplace.notices.models import Notice
from tests import make
from tests.billing import earning, papers, use
from tests.compliance import caseroom

#: things whose address names a greater one first
PART_OF = {"rise": "reservation", "delivery": "endpoint"}


class Things:
    """Made when first asked for; `of(name)` gives the public id that an address carries."""

    def __init__(self, harbour: Any, alice: Any) -> None:
        self.harbour, self.alice, self.at = harbour, alice, now()
        self._made: dict[str, Any] = {}

    def of(self, name: str) -> Any:
        if name not in self._made:
            maker: Callable[[], Any] = getattr(self, "_" + name.replace("-", "_"))
            self._made[name] = maker()
        return self._made[name].public_id

    def args(self, name: str) -> list[Any]:
        """What an address needs to name it: itself, after what it is part of."""
        if not name:
            return []
        whole = PART_OF.get(name)
        return [*([self.of(whole)] if whole else []), self.of(name)]

    def _offer(self) -> Any:
        return make.offer(gpus=2)

    def _machine(self) -> Any:
        site = Site.objects.create(name="Johor 1", operator=self.harbour, country="MY")
        return make.machine(gpus=1, site=site)

    def _own_offer(self) -> Any:
        self.of("machine")
        return make.offer(machine=self._made["machine"])

    def _reservation(self) -> Any:
        self.of("offer")
        make.funded(self.harbour)
        return make.reservation(self.harbour, self._made["offer"], at=self.at, start=self.at)

    def _workspace(self) -> Any:
        """A reservation whose workspace is to outlive it."""
        make.funded(self.harbour)
        offer = make.offer(keep_micro_per_gib_hour=100)
        row = make.reservation(self.harbour, offer, at=self.at, start=self.at)
        make.keeping(row, at=self.at)
        return row

    def _rise(self) -> Any:
        """A price that the provider offers for the rest of the reservation."""
        self.of("reservation")
        return billing.offer_terms(
            reservation=self._made["reservation"],
            price_micro=3_000_000,
            since=self.at + make.HOUR / 2,
            by=self.alice,
            at=self.at,
        )

    def _waiting(self) -> Any:
        self.of("offer")
        wish = brokerage.Wish(
            chip=self._made["offer"].chip,
            gpu_count=1,
            length=make.HOUR,
            earliest=self.at,
            latest=self.at + make.HOUR,
            limit_micro=1,
            workload={"command": ["true"]},
        )
        return brokerage.wait(
            renter=self.harbour, by=self.alice, wish=wish, key="access", at=self.at
        )

    def _guest(self) -> Any:
        """Somebody else's reservation on a machine of ours."""
        self.of("own-offer")
        guest = make.organisation("Guest")
        make.funded(guest)
        return make.reservation(guest, self._made["own-offer"], at=self.at, start=self.at)

    def _gpu(self) -> Any:
        self.of("machine")
        return self._made["machine"].gpus.get()

    def _settled(self) -> Any:
        """Used, stopped and paid for; there is a usage statement."""
        make.fresh_list(at=make.NOON)
        ended = use.ended(self.harbour)
        billing.settle(reservation=ended, at=make.NOON + make.HOUR)
        ended.refresh_from_db()
        return ended

    def _invoice(self) -> Any:
        return papers.bare_invoice(self.harbour)

    def _note(self) -> Any:
        self.of("invoice")
        return papers.bare_note(self._made["invoice"])

    def _offered(self) -> Any:
        """The same as a rise, where its address does not name the reservation."""
        self.of("rise")
        return self._made["rise"]

    def _dispute(self) -> Any:
        """Raised by us."""
        self.of("settled")
        return self._raise(self._made["settled"])

    def _claim(self) -> Any:
        """Raised by somebody else about one of our machines."""
        make.fresh_list(at=make.NOON)
        self.of("machine")
        guest = make.organisation("Guest")
        ended = use.ended(guest, gpus=1, machine=self._made["machine"])
        billing.settle(reservation=ended, at=make.NOON + make.HOUR)
        ended.refresh_from_db()
        return self._raise(ended)

    def _assessed(self) -> Any:
        self.of("settled")
        billing.assess(reservation=self._made["settled"], at=make.NOON + 2 * make.HOUR)
        return self._made["settled"]

    def _raise(self, of: Any) -> Any:
        return billing.raise_dispute(
            reservation=of,
            claim="It was slow.",
            claimed_micro=10_000,
            by=self.alice,
            key="access",
            at=make.NOON + 2 * make.HOUR,
        )

    def _top_up(self) -> Any:
        return billing.top_up(
            organisation=self.harbour,
            by=self.alice,
            amount_micro=5_000_000,
            payment_method="pm_card_visa",
            key="access",
            at=self.at,
        )

    def _payout(self) -> Any:
        return Payout.objects.create(
            organisation=self.harbour,
            account=earning.account(self.harbour),
            decision=make.decision(self.harbour.party),
            currency="USD",
            carried_in_micro=10_000,
            earned_micro=0,
            netted_micro=0,
            amount_micro=10_000,
            carried_out_micro=0,
        )

    def _card(self) -> Any:
        return SavedCard.objects.create(
            organisation=self.harbour,
            payment_method="pm_access",
            brand="visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
        )

    def _notice(self) -> Any:
        return WalletNotice.objects.create(organisation=self.harbour, key="access", text="Look.")

    def _told(self) -> Any:
        return Notice.objects.create(
            organisation=self.harbour,
            kind="reservation.ended",
            key="access",
            at=self.at + make.HOUR,
        )

    def _endpoint(self) -> Any:
        made, _ = hooks.create(
            principal=Principal(self.alice, self.harbour, "owner"),
            url="https://hooks.example.test/",
            kinds=["reservation.ended"],
            at=self.at,
        )
        return made

    def _delivery(self) -> Any:
        self.of("endpoint")
        return hooks.test(
            principal=Principal(self.alice, self.harbour, "owner"),
            endpoint=self._made["endpoint"],
            at=self.at,
        )

    def _key(self) -> Any:
        made, _ = accounts.create_api_key(
            organisation=self.harbour, by=self.alice, name="ci", at=self.at
        )
        return made

    def _membership(self) -> Any:
        leaving = make.member(self.harbour, "viewer")
        return Membership.objects.get(user=leaving)

    def _stake(self) -> Any:
        return make.stake(self.harbour.party, "Tove Lindqvarn", 10_000, source=ITSELF)

    def _director(self) -> Any:
        return make.director(self.harbour.party, source=ITSELF)

    def _contact(self) -> Any:
        return compliance.add_contact(
            party=self.harbour.party,
            name="Lim Wei",
            position="Counsel",
            email="lim@harbour.example",
            by="alice@example.test",
            at=self.at,
        )

    def _paper(self) -> Any:
        return compliance.file_document(
            party=self.harbour.party,
            kind="register",
            name="extract.pdf",
            content=b"%PDF-1.7 an extract",
            by="alice@example.test",
            at=self.at,
        )

    def _invitation(self) -> Any:
        made, _ = accounts.invite(
            organisation=self.harbour,
            by=self.alice,
            email="new@example.test",
            role="viewer",
            at=self.at,
        )
        return made

    def _statement(self) -> Any:
        return EndUseStatement.objects.filter(party=self.harbour.party).latest("pk")

    def _request(self) -> Any:
        party = self.harbour.party
        party.legal_name = party.parent_name = "Pelagik Dawn Systems Ltd"
        party.save()
        compliance.screen(party=party, question=None, at=self.at)
        case = Case.objects.get(party=party)
        case = compliance.assign_case(case=case, by=caseroom.officer(), at=self.at)
        return compliance.request_information(
            case=case, by=caseroom.officer(), text="An extract, please.", at=self.at
        )

    def _document(self) -> Any:
        self.of("request")
        compliance.answer_request(
            request=self._made["request"],
            by=self.alice,
            text="Here.",
            uploads=[compliance.Upload("extract.pdf", caseroom.PDF)],
            at=self.at,
        )
        return CaseDocument.objects.get()
