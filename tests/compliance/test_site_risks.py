import json
import shutil
from datetime import timedelta

import pytest

from compliance import services
from compliance.checks import places_are_known
from compliance.models import Dimension, RedFlagKind, SiteRisk
from compliance.services import MalformedReference
from compliance.services.reference import DATA
from marketplace.core.models import AuditEvent
from tests.make import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def load(folder, file, edit):
    """Load the shipped data with one file changed by `edit`."""
    data = folder / "data"
    shutil.copytree(DATA, data)
    rows = json.loads((data / file).read_text())
    edit(rows)
    (data / file).write_text(json.dumps(rows))
    return services.load_reference(at=NOON, data=data)


def told(**facts):
    asked = {"country": "MY", "operator": "Selat", "site": "JB 1", "day": NOON.date(), **facts}
    return services.site_risks(**asked)


def test_every_country_has_all_four_dimensions_unverified_and_sourced():
    services.load_reference(at=NOON)
    countries = set(SiteRisk.objects.values_list("country", flat=True))
    assert countries >= {"MY", "SG", "ID", "TH", "VN", "PH", "JP", "KR", "AE", "SA"}
    for country in countries:
        rows = SiteRisk.objects.filter(country=country)
        assert sorted(rows.values_list("dimension", flat=True)) == sorted(Dimension.values)
    for row in SiteRisk.objects.all():
        assert row.verification == "unverified: to be checked by counsel"
        assert row.source.startswith("drafted from general knowledge, no document on file")


def test_an_operator_and_a_site_add_to_their_country():
    facts = {
        "country": "MY",
        "dimension": "physical",
        "grade": "high",
        "statement": "One power feed.",
        "source": "test",
        "as_of": NOON.date(),
        "verification": "test",
        "effective_from": NOON.date(),
    }
    whole = SiteRisk.objects.create(**facts)
    operator = SiteRisk.objects.create(**facts, operator="Selat")
    site = SiteRisk.objects.create(**facts, operator="Selat", site="JB 1")
    assert told() == [whole, operator, site]
    assert told(site="JB 2") == [whole, operator]
    assert told(operator="Other") == [whole]
    assert told(country="SG") == []
    assert told(day=NOON.date() - DAY) == []
    SiteRisk.objects.update(effective_to=NOON.date())
    assert told() == [whole, operator, site]
    assert told(day=NOON.date() + DAY) == []


def test_a_correction_is_on_the_trail(tmp_path):
    services.load_reference(at=NOON)
    loaded = load(tmp_path, "site_risks.json", lambda rows: rows[0].update(grade="high"))
    assert loaded.site_risks == {"changed": 1, "same": 51}
    event = AuditEvent.objects.get()
    assert (event.verb, event.detail) == ("correct_reference", {"grade": ["guarded", "high"]})


@pytest.mark.parametrize(
    ("code", "change", "told"),
    [
        ("R2", {"parameters": {}}, "R2: parameters must be days"),
        ("R2", {"parameters": {"days": "365"}}, "R2: days must be a int"),
        ("R2", {"parameters": {"days": True}}, "R2: days must be a int"),
        (
            "R1",
            {"parameters": {"classes": ["3A090.a"], "founded_after": "2022"}},
            "R1: founded_after '2022' is no day",
        ),
        ("R3", {"parameters": {"parties": 5, "phrases": []}}, "R3: phrases must be a list"),
        ("R6", {"parameters": {"days": 1}}, "R6: parameters must be empty"),
        ("R8", {"parameters": {"group": "D9"}}, "R8: there is no country group 'D9'"),
        ("R15", {"parameters": {"public_domains": []}}, "R15: public_domains must be a list"),
        ("R4", {"weight": "heavy"}, "R4: weight 'heavy' is none of hard, soft"),
        ("R1", {"effective_from": "soon"}, "row 1: effective_from 'soon' is no day"),
    ],
)
def test_a_kind_that_no_detector_could_use_is_refused(tmp_path, code, change, told):
    def edit(rows):
        next(row for row in rows if row["code"] == code).update(change)

    with pytest.raises(MalformedReference, match=told):
        load(tmp_path, "red_flags.json", edit)
    assert not RedFlagKind.objects.exists()


def test_every_kind_is_marked_for_counsel_and_hard_ones_are_those_of_the_design():
    services.load_reference(at=NOON)
    kinds = RedFlagKind.objects.all()
    assert all(kind.verification.endswith("needs sign-off by counsel") for kind in kinds)
    hard = set(kinds.filter(weight="hard").values_list("code", flat=True))
    # 19 to 21 are of machines: claimed twice, contradicting themselves, or not where they say
    assert hard == {"R4", "R5", "R15", "R17", "R19", "R20", "R21", "R29"}
    staff = set(kinds.filter(automatic=False).values_list("code", flat=True))
    assert staff == {"R16"}


def test_an_operator_is_told_which_flags_nobody_will_see(settings, tmp_path):
    assert [one.id for one in places_are_known(databases=["default"])] == ["compliance.W002"] * 2
    settings.GEOIP_DATABASE = str(tmp_path)
    [warning] = places_are_known(databases=["default"])
    assert warning.msg.startswith("GEOIP_NETWORKS is not set: red flags for use through VPN")
    assert places_are_known(databases=None) == []
    settings.DEBUG = True
    assert places_are_known(databases=["default"]) == []
