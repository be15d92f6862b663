"""What other rooms say to providers and customers has its words in every language of the pages."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.translation import override

from agents.protocol.hardware import KernelView
from compliance.completeness import Known, missing
from compliance.identity import fault_of_birth_date, fault_of_number
from compliance.models import PaperKind, PartyKind
from marketplace.brokerage.models import MachineFailure
from marketplace.catalog.health import noticing
from marketplace.catalog.health.rules import shipped
from marketplace.catalog.migrations import __path__ as migrations
from marketplace.catalog.trust import checking, tiers
from marketplace.catalog.trust.cards import cards
from marketplace.catalog.trust.services import claiming
from marketplace.web.said import HOLE, _pattern, fleet, known, said
from marketplace.web.sentences import sentence
from tests.catalog.hardware import gpu, kernel_of, listed, report

standings = import_module("marketplace.catalog.trust.services.standing")
HOME = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("zh-hans", "ms")
#: where people are refused, and by what; the text is what the page shows
REFUSALS = {
    "marketplace/catalog/services.py": {"NothingToOffer"},
    "marketplace/catalog/health/services.py": {"NotMended"},
    "marketplace/billing/services/payouts/recipients.py": {"NoLink"},
    "agents/gateway/services/enrolling.py": {"MachineRetired"},
    "compliance/services/ownership.py": {"ValidationError"},
    "compliance/services/knowing.py": {"ValidationError"},
    "compliance/services/cases/documents.py": {"ValidationError"},
    "compliance/countries.py": {"ValidationError"},
}
NOTHING = Known(False, "", "", "", "CN", frozenset(), "", "", "", 0, 0, False, 0, frozenset())
PERSON = Known(True, "", "", "", "", frozenset(), "", "", "", 0, 0, False, 0, frozenset())


def kept():
    """Texts that the rooms have ready."""
    rules = shipped()
    yield from (rule.says for rule in (*rules.xids.values(), *rules.signs.values()))
    yield rules.of_xid(999).says
    yield from noticing.SLOWED.values()
    yield from (*standings.LACKS.values(), standings.UNCALIBRATED, claiming.CLAIMED_TWICE)
    yield from tiers.TIERS
    yield from (one for kinds in (PaperKind, PartyKind) for one in kinds.labels)
    yield from MachineFailure.Kind.labels
    for who in (NOTHING, PERSON):
        yield from (words for lacks in missing(who).values() for words in lacks)
    yield from (fault_of_birth_date(text) for text in ("then", "1980-02-31"))
    yield from (fault_of_number(kind, "1") for kind in ("uscc", "lei", "tax"))


def contradicted():
    """Each lie of a machine by itself."""
    lies = [
        {"pci_device": "10de:1eb8"},
        {"compute_capability": "7.5"},
        {"memory_bytes": 16_106_127_360},
        {"bus_width_bits": 256},
        {"power_max_mw": 700_001},
        {"name": "NVIDIA Mystery 9000"},
        {"name": "NVIDIA H200"},
    ]
    seen = [
        KernelView(),
        kernel_of(gpu(), filesystem="tmpfs"),
        kernel_of(gpu(), driver_version="535.54.03"),
        kernel_of(),
        kernel_of(gpu(), gpu(1)),
        kernel_of(gpu(name="Tesla T4", pci_bus="0000:3b:00.0")),
        kernel_of(gpu(pci_device="10de:1eb8", pci_subsystem="10de:12a2")),
    ]
    for told in (
        *(report(gpu(**lie)) for lie in lies),
        *(report(gpu(), kernel=kernel) for kernel in seen),
        report(gpu(), gpu()),
        report(simulated=True),
        report(preload="/usr/lib/fake.so"),
        report(libraries=()),
        report().model_copy(update={"gpus": (), "kernel": kernel_of()}),
    ):
        for known_to_us in (listed(told), {"GPU-9": "Tesla T4"}):
            found = checking.contradictions(
                told, listed=known_to_us, cards=cards(), outliers={"libcuda.so.1"}
            )
            yield from (one.text for one in found)


def refused():
    """What the rooms raise, a 7 in place of all that they put in."""
    for path, names in REFUSALS.items():
        for node in ast.walk(ast.parse((HOME / path).read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                call = node.exc
                if getattr(call.func, "id", "") in names and call.args:
                    found = call.args[0]
                    yield _text(found.values[0] if isinstance(found, ast.Dict) else found)


def _text(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(one.value) if isinstance(one, ast.Constant) else "7" for one in node.values
        )
    return node.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_they_say_is_said_in_the_language_of_the_page(language):
    texts = {*kept(), *contradicted(), *refused()}
    assert len(texts) > 90
    with override(language):
        assert [text for text in texts if said(text) == text] == []


@pytest.mark.parametrize("list_", [fleet, known])
def test_nothing_is_listed_that_nobody_says(list_):
    """Of a sentence with names and numbers in it each piece between them is looked for."""
    code = _said_by_rooms()
    texts = {*kept(), *contradicted(), *refused()}
    rest = [one for one in list_.SENTENCES if not any(map(_pattern(one).fullmatch, texts))]
    pieces = {part.strip(" .,;:") for one in rest for part in HOLE.split(one)[::2]}
    assert [part for part in pieces if part not in code] == []


@cache
def _said_by_rooms():
    return "".join(_said_by(HOME / room) for room in ("marketplace", "compliance", "agents"))


def _said_by(room):
    files = (one for one in room.rglob("*.py") if "web" not in one.parts)
    trees = (ast.parse(one.read_text()) for one in files)
    texts = (one.value for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Constant))
    return "\n".join(text for text in texts if isinstance(text, str))


def test_names_and_numbers_stay_as_they_are():
    with override("zh-hans"):
        assert said("The known shares would add up to 10500 basis points of 10000.") == (
            "已知的股份合计将达到 10500 个基点，而总数为 10000。"
        )
        assert said("jhb1-r01 reports no H100 80GB; wait for its inventory") == (
            "jhb1-r01 没有上报 H100 80GB；请等待它的清单"
        )
        assert said("what a provider wrote") == "what a provider wrote"
    assert said("this GPU is well") == "this GPU is well"


def test_a_clause_becomes_a_sentence_with_the_full_stop_of_the_language():
    assert sentence("this GPU is well") == "This GPU is well."
    assert sentence("The report names no GPU.") == "The report names no GPU."
    with override("zh-hans"):
        assert sentence("this GPU is well") == "此 GPU 正常。"
    with override("ms"):
        assert sentence("this GPU is well") == "GPU ini sihat."


def test_schedules_of_the_market_have_their_titles_in_every_language():
    source = (Path(migrations[0]) / "0006_terms.py").read_text()
    titles = [
        one
        for one in fleet.SENTENCES
        if one.startswith(("Flexible", "Moderate", "Firm")) and one in source
    ]
    assert len(titles) == 3
