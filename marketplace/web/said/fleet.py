"""What a provider is told of machines, of what is proven of them, and of prices and payouts."""

from typing import Final

from marketplace.brokerage.models import MachineFailure

SENTENCES: Final = (
    *(str(label) for label in MachineFailure.Kind.labels),
    # why a GPU is not put back on the market, by catalog.health
    "this GPU is well",
    "the agent has not read this GPU since it failed; start the agent and wait",
    "the last reading still finds a fault; reset the GPU or reboot the machine",
    "this GPU has to be replaced; ask us to put it back",
    # what a tier of trust lacks, by catalog.trust
    "nothing was reported yet: start the agent, it reports by itself",
    "a GPU that it reports is on another machine already",
    "the reference device computed it, not a GPU",
    "not all that was asked came in time",
    "answered after %(ms)s ms",
    # where a machine contradicts itself, by catalog.trust.checking
    "Simulated GPUs earn no tier.",
    "The report names one UUID twice.",
    "The report names no GPU.",
    "The GPUs are not those of the machine's inventory.",
    "There is no /proc/driver/nvidia: no driver is loaded.",
    "The digest of libnvidia-ml.so.1 was not reported.",
    "/proc/driver/nvidia is not the kernel's own: %(over)s is mounted over it.",
    "The library says driver %(library)s, the kernel %(kernel)s.",
    "The kernel knows %(uuids)s, the library does not.",
    "The library names %(uuid)s, the kernel does not know it.",
    "%(uuid)s is called %(library)s by the library and %(kernel)s by the kernel.",
    "%(uuid)s is at %(library)s by the library and %(kernel)s by the kernel.",
    "%(uuid)s has PCI id %(library)s by the library and %(kernel)s by the kernel.",
    "%(uuid)s has PCI subsystem %(library)s by the library and %(kernel)s by the kernel.",
    "%(card)s is not in the catalogue of cards, so nothing can be compared.",
    "%(card)s is not yet verified in the catalogue of cards, so nothing can be compared.",
    "%(uuid)s calls itself %(card)s; its PCI id is %(found)s, that card's is %(wanted)s.",
    "%(uuid)s calls itself %(card)s; its compute capability is %(found)s, that card's is"
    " %(wanted)s.",
    "%(uuid)s calls itself %(card)s; %(bytes)s bytes of memory are not %(gb)s GB.",
    "%(uuid)s calls itself %(card)s; its memory bus has %(found)s bits, that card's %(wanted)s.",
    "%(uuid)s calls itself %(card)s; %(low)s to %(high)s mW are not within %(range)s W.",
    "The agent runs with a library loaded before all others: %(library)s.",
    "%(library)s of driver %(version)s is another file than other machines have.",
    # why nothing is offered or joined
    "%(machine)s reports no %(chip)s; wait for its inventory",
    "machine %(machine)s is retired; register it as a new one",
    # the schedules of cancelling that were published with the market
    "Flexible: giving time up costs a tenth of the next 24 hours",
    "Moderate: half of the next 24 hours, a fifth of the week after",
    "Firm: all of the next 48 hours, half of the two weeks after",
    # why a price holds, or is not taken
    "as booked",
    "offered and accepted",
    "a reservation that is %(state)s takes no new terms",
    "requested",
    "cleared",
    "held",
    "confirmed",
    "active",
    "ended",
    "settled",
    "refused",
    "expired",
    "failed",
    # payouts
    "Stripe cannot be reached now; try again in a minute",
    "Stripe did not open a page; please ask our staff",
    "must be a country's code of two capitals, such as MY",
)
