"""What is said of GPUs: their faults, and what slows them down."""

from typing import Final

SENTENCES: Final = (
    # faults, as catalog/health/rules.yaml says them
    "an error of the application",
    "the recovery action changed",
    "a memory error that was contained to the application",
    "a memory row is to be remapped",
    "a critical error of the GPU",
    "an error that only a reset mends",
    "the GPU has fallen off the bus",
    "an error that no rule names",
    "NVML says that the GPU is lost",
    "the machine no longer reports the GPU",
    "the GPU does not answer",
    "a memory row could not be remapped",
    "a memory row waits for a reset to be remapped",
    "uncorrected memory errors since the driver was loaded",
    "NVML asks for a reset or a reboot",
    "NVML asks to drain the GPU",
    # what a reading shows
    "PCIe runs on %(width)s of %(most)s lanes",
    "PCIe runs in generation %(generation)s of %(newest)s",
    "clocks are held down by %(slowed)s",
    "clocks are held down by %(one)s and %(other)s",
    "its power limit",
    "the hardware, for heat or power",
    "the driver, for heat",
    "the hardware, for heat",
    "an outside power brake",
    # what a tier of trust lacks
    "it has ended",
    "the GPUs have changed since",
    "what was seen on %(moment)s UTC counts no longer: %(why)s",
    "its GPUs answered rightly, but no time limit has been measured for this card yet; our staff"
    " does that on machines that we know",
    "no computing challenge was answered in time yet; the agent is asked at random times while its"
    " GPUs are free",
    "no signed attestation was verified; it needs GPUs in confidential-computing mode, and most"
    " machines never have it",
    "our staff took it off the market",
    "unverified",
    "consistent",
    "challenged",
    "attested",
    # acts, as the record of an organisation names them
    "put a GPU back",
    "planned maintenance of",
    "ended maintenance of",
)
