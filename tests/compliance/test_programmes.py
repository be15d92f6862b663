import pytest

from compliance.programmes import programmes


@pytest.mark.parametrize(
    ("source", "programs", "expected"),
    [
        ("ofac_sdn", ["SDGT"], {"blocked"}),
        ("un_sc", [], {"blocked"}),
        ("bis_dpl", [], {"denied_person"}),
        ("ofac_cons", ["CMIC-EO13959"], {"other"}),
        ("us_csl", ["EL"], {"entity_list"}),
        ("us_csl", ["Military End User (MEU) List - BIS"], {"military_end_user"}),
        ("us_csl", ["Specially Designated Nationals (SDN) - Treasury"], {"blocked"}),
        ("us_csl", ["Non-SDN Menu-Based Sanctions List (NS-MBS List)"], {"other"}),
        ("us_csl", ["Non-SDN Military-Industrial Complex Companies (CMIC)"], {"other"}),
        ("us_csl", ["EL", "UVL"], {"entity_list", "unverified"}),
        ("us_csl", [], {"blocked"}),
        ("us_csl", ["Entirely New List (NEW)"], {"blocked"}),
        ("nobody_knows", ["x"], {"blocked"}),
    ],
)
def test_what_a_list_means(source: str, programs: list[str], expected: set[str]) -> None:
    assert programmes(source, programs) == expected
