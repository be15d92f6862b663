import pytest

from marketplace.core.geo import Place, locate
from tests import mmdb

NETWORKS = {
    "192.0.2.0/24": mmdb.country("CN"),
    "198.51.100.0/25": mmdb.country("SG"),
    "203.0.113.0/24": {"registered_country": {"iso_code": "MY"}},
    "233.252.0.0/24": {"continent": {"code": "AS"}},
}
SPECIAL = {
    "192.0.2.7/32": {"is_anonymous": True, "is_tor_exit_node": True, "is_hosting_provider": True},
    "192.0.2.8/32": {"is_anonymous": True, "is_anonymous_vpn": True},
    "192.0.2.9/32": {"is_hosting_provider": True},
    "192.0.2.10/32": {"is_public_proxy": True},
    "192.0.2.11/32": {"is_anonymous": False},
}


@pytest.fixture
def _files(settings, tmp_path):
    settings.GEOIP_DATABASE = str(mmdb.write(tmp_path / "country.mmdb", NETWORKS))
    settings.GEOIP_NETWORKS = str(mmdb.write(tmp_path / "networks.mmdb", SPECIAL))


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize(
    ("address", "prefix", "country", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24", "CN", "tor"),
        ("192.0.2.8", "192.0.2.0/24", "CN", "vpn"),
        ("192.0.2.9", "192.0.2.0/24", "CN", "hosting"),
        ("192.0.2.10", "192.0.2.0/24", "CN", "proxy"),
        ("192.0.2.11", "192.0.2.0/24", "CN", "other"),
        ("::ffff:192.0.2.7", "192.0.2.0/24", "CN", "tor"),
        ("198.51.100.1", "198.51.100.0/24", "SG", "other"),
        ("198.51.100.200", "198.51.100.0/24", "", "other"),
        ("203.0.113.5", "203.0.113.0/24", "MY", "other"),
        ("233.252.0.1", "233.252.0.0/24", "", "other"),
        ("2001:db8:1:2::3", "2001:db8:1::/48", "", ""),
    ],
)
def test_an_address_has_a_prefix_a_country_and_a_network(address, prefix, country, network):
    assert locate(address) == Place(prefix, country, network)


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2", "/var/run/socket"])
def test_what_is_no_address_is_nowhere(address):
    assert locate(address) is None


def test_without_files_nothing_is_guessed():
    assert locate("192.0.2.7") == Place("192.0.2.0/24", "", "")


def test_a_broken_file_says_unknown_and_is_told(settings, tmp_path, caplog):
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"not a database")
    settings.GEOIP_DATABASE = settings.GEOIP_NETWORKS = str(broken)
    assert locate("192.0.2.7") == Place("192.0.2.0/24", "", "")
    assert "cannot say where an address is: InvalidDatabaseError" in caplog.text
