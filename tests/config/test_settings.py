"""Settings are read in a process of their own, as they are in production."""

import os
import subprocess
import sys

import pytest

SOUND = {
    "DEBUG": "0",
    "SECRET_KEY": "k" * 50,
    "PUBLIC_URL": "https://straits.example",
    "DATABASE_URL": "postgresql://straits@db.internal/straits",
    "REDIS_URL": "rediss://cache.internal/0",
    "STRIPE_API_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "GRANT_KEY": "9" * 64,
    "EMAIL_HOST": "mail.internal",
}


def load(**change):
    """Import the settings under exactly this environment; None removes a variable."""
    env = {name: value for name, value in {**SOUND, **change}.items() if value is not None}
    env["PATH"] = os.environ["PATH"]
    code = "from marketplace.config import settings; print(settings.ALLOWED_HOSTS[0])"
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )


def test_sound_production_settings_load():
    done = load()
    assert (done.returncode, done.stdout) == (0, "straits.example\n"), done.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY: set a secret"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: set a secret"),
        ({"SIMULATED_GPUS": "1"}, "SIMULATED_GPUS: must be 0"),
        ({"SAMPLE_LISTS": "1"}, "SAMPLE_LISTS: must be 0"),
        ({"WEBHOOKS_TO_LOOPBACK": "1"}, "WEBHOOKS_TO_LOOPBACK: must be 0"),
        ({"FAKE_STRIPE_URL": "http://127.0.0.1:1"}, "FAKE_STRIPE_URL: must be unset"),
        ({"STRIPE_API_KEY": None}, "STRIPE_API_KEY: set the key"),
        ({"STRIPE_API_KEY": "sk_test_x"}, "STRIPE_API_KEY: set a secret or restricted key of live"),
        ({"STRIPE_API_KEY": "rk_test_x"}, "STRIPE_API_KEY: set a secret or restricted key of live"),
        ({"STRIPE_API_KEY": "pk_live_x"}, "STRIPE_API_KEY: set a secret or restricted key of live"),
        ({"STRIPE_WEBHOOK_SECRET": None}, "STRIPE_WEBHOOK_SECRET: set"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_x,we_1"}, "STRIPE_WEBHOOK_SECRET: write signing"),
        ({"EMAIL_HOST": None}, "EMAIL_HOST: set the mail server"),
        ({"GRANT_KEY": None}, "GRANT_KEY: set 64 hexadecimal digits"),
        ({"GRANT_KEY": "9" * 63}, "GRANT_KEY: set 64 hexadecimal digits"),
        ({"PUBLIC_URL": "http://straits.example"}, "PUBLIC_URL: must be https"),
        ({"PUBLIC_URL": "straits.example"}, "PUBLIC_URL='straits.example' is not an address"),
        ({"DEBUG": "maybe"}, "DEBUG='maybe' is not a yes or no; write 1 or 0"),
        ({"PLATFORM_FEE_BPS": "15%"}, "PLATFORM_FEE_BPS='15%' is not a whole number from 0"),
        ({"HOLD_MINUTES": "0"}, "HOLD_MINUTES='0' is not a whole number from 1 to 1440"),
        ({"TAX_BY": "me"}, "TAX_BY='me' is not known; write rules or stripe"),
        ({"STRIPE_TAX_CODE": "IaaS"}, "STRIPE_TAX_CODE='IaaS' is not a tax code such as"),
        ({"LISTEN": "127.0.0.1:http"}, "LISTEN='127.0.0.1:http' is not an address such as"),
        ({"LISTEN": ":8000"}, "LISTEN=':8000' is not an address such as"),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///x"}, "must start with postgresql://"),
        ({"DATABASE_URL": "postgresql://db.internal"}, "names no database"),
        ({"APP_DATABASE_URL": "x"}, "APP_DATABASE_URL must start with postgresql://"),
        ({"APP_DATABASE_URL": "postgresql:///straits"}, "APP_DATABASE_URL names no role"),
        ({"REDIS_URL": None}, "REDIS_URL is not set"),
        ({"SECRET_KEY_FILE": "/nonexistent"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
        ({"SECRET_KEY": None, "SECRET_KEY_FILE": "/nonexistent"}, "SECRET_KEY_FILE=/nonexistent"),
    ],
)
def test_a_wrong_value_stops_the_start_and_names_the_mend(change, message):
    done = load(**change)
    assert done.returncode != 0
    assert message in done.stderr


def test_a_restricted_key_and_the_secrets_of_two_endpoints_will_do():
    assert (
        load(STRIPE_API_KEY="rk_live_x", STRIPE_WEBHOOK_SECRET="whsec_x, whsec_y").returncode == 0
    )


def test_production_may_let_stripe_say_the_tax():
    assert load(TAX_BY="stripe").returncode == 0
    assert load(TAX_BY="stripe", STRIPE_TAX_CODE="txcd_10000000").returncode == 0


def test_a_secret_may_lie_in_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text("f" * 50 + "\n")
    assert load(SECRET_KEY=None, SECRET_KEY_FILE=str(secret)).returncode == 0


def test_development_needs_no_secrets():
    keep = {"DEBUG": "1", "SECRET_KEY": None, "STRIPE_API_KEY": None, "PUBLIC_URL": None}
    assert load(**keep, STRIPE_WEBHOOK_SECRET=None).stdout == "127.0.0.1\n"


def test_a_database_file_of_places_must_be_there(tmp_path):
    there = tmp_path / "country.mmdb"
    assert "is no file; fix the path or unset it" in load(GEOIP_DATABASE=str(there)).stderr
    there.touch()
    assert load(GEOIP_DATABASE=str(there)).returncode == 0
