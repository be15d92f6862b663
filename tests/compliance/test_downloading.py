import fcntl
import hashlib
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from compliance import downloads, services, tasks
from compliance.models import ListEntry, ListSnapshot
from compliance.services import downloading
from compliance.sources import MalformedList, UnknownSource
from tests.compliance import lists, ofac, publisher
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
UN = lists.FILES["un_sc"][1].encode()


@pytest.fixture
def shop(settings, tmp_path):
    settings.STRAITS_HOME = tmp_path
    with publisher.open_for_business() as shop:
        shop.files = {"/un.xml": UN}
        settings.LIST_ADDRESSES = {"un_sc": {"un.xml": f"{shop.address}/un.xml"}}
        yield shop


def download(at=NOON):
    return services.download_list(source_code="un_sc", at=at)


def answers(shop):
    return [status for _, status, _ in shop.seen]


def files(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_list_is_fetched_checksummed_and_imported(shop, tmp_path):
    snapshot = download()
    assert (snapshot.entry_count, snapshot.added) == (2, 2)
    assert snapshot.published_on == date(2026, 11, 20)
    folder = tmp_path / "lists" / "un_sc"
    assert files(folder) == [".lock", ".un.xml.state", "un.xml"]
    assert json.loads((folder / ".un.xml.state").read_text()) == {
        "etag": '"one"',
        "last_modified": publisher.MODIFIED,
        "sha256": hashlib.sha256(UN).hexdigest(),
    }


def test_a_list_that_did_not_change_is_not_sent_again_but_is_fresh_again(shop):
    download()
    again = download(at=NOON + 20 * HOUR)
    assert answers(shop) == [200, 304]
    assert (again.entry_count, again.added, again.imported_at) == (2, 0, NOON + 20 * HOUR)
    states = services.list_states(at=NOON + 60 * HOUR)
    assert [(one.code, one.state) for one in states] == [("un_sc", "fresh")]


def test_a_newer_list_replaces_the_older(shop):
    download()
    shop.etag, shop.files["/un.xml"] = '"two"', UN.replace(b"MERIDIA FOUNDRY", b"RENAMED")
    assert download(at=NOON + HOUR).changed == 1
    assert answers(shop) == [200, 200]


def test_a_file_that_was_tampered_with_is_fetched_again(shop, tmp_path):
    download()
    (tmp_path / "lists" / "un_sc" / "un.xml").write_bytes(UN.replace(b"MERIDIA", b"INNOCENT"))
    assert download(at=NOON + HOUR).changed == 0
    assert answers(shop) == [200, 200]


def test_a_download_that_broke_off_goes_on_where_it_stopped(shop, tmp_path):
    shop.break_after = 1000
    with pytest.raises(services.DownloadFailed, match=r"un\.xml: peer closed connection"):
        download()
    folder = tmp_path / "lists" / "un_sc"
    assert files(folder) == [".lock", ".un.xml.part.state", "un.xml.part"]
    assert not ListSnapshot.objects.exists()
    shop.break_after = None
    assert download().entry_count == 2
    assert shop.seen[1] == ("/un.xml", 206, "bytes=1000-")
    assert (folder / "un.xml").read_bytes() == UN
    assert files(folder) == [".lock", ".un.xml.state", "un.xml"]


def test_a_broken_download_of_another_version_starts_again(shop):
    shop.break_after = 1000
    with pytest.raises(services.DownloadFailed):
        download()
    shop.break_after, shop.etag = None, '"two"'
    shop.files["/un.xml"] = UN.replace(b"AMBROSE", b"ANOTHER")
    download()
    assert answers(shop) == [200, 200]
    assert ListEntry.objects.filter(names__name="ANOTHER QUILLFEATHER").count() == 1


def test_a_partial_file_that_is_all_there_is_thrown_away(shop, tmp_path):
    shop.break_after = 1000
    with pytest.raises(services.DownloadFailed):
        download()
    shop.break_after = None
    (tmp_path / "lists" / "un_sc" / "un.xml.part").write_bytes(UN)
    with pytest.raises(services.DownloadFailed, match="answered 416"):
        download()
    assert download().entry_count == 2


def test_a_broken_update_leaves_the_list_in_force(shop, tmp_path):
    download()
    shop.etag, shop.files["/un.xml"], shop.break_after = '"two"', b"x" * 5000, 10
    with pytest.raises(services.DownloadFailed):
        download(at=NOON + HOUR)
    assert (tmp_path / "lists" / "un_sc" / "un.xml").read_bytes() == UN
    assert ListSnapshot.objects.count() == 1
    assert ListEntry.objects.in_force().count() == 2


def test_a_malformed_list_is_refused_and_fetched_whole_the_next_time(shop):
    download()
    shop.etag, shop.files["/un.xml"] = '"two"', UN[:-100]
    for _ in range(2):
        with pytest.raises(MalformedList, match=r"un\.xml line"):
            download(at=NOON + HOUR)
    assert answers(shop) == [200, 200, 200]
    assert ListEntry.objects.in_force().count() == 2
    shop.files["/un.xml"] = UN
    assert download(at=NOON + HOUR).entry_count == 2


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_of_the_publisher_is_told(shop, status):
    shop.status = status
    with pytest.raises(services.DownloadFailed, match=rf"un\.xml: answered {status}"):
        download()
    assert not ListSnapshot.objects.exists()


def test_a_file_that_is_too_large_is_given_up(shop, monkeypatch, tmp_path):
    monkeypatch.setattr(downloading, "BIGGEST", 1000)
    with pytest.raises(services.DownloadFailed, match="is larger than 1000 bytes"):
        download()
    assert (tmp_path / "lists" / "un_sc" / "un.xml.part").stat().st_size == 0


def test_a_slow_file_is_given_up_and_kept(shop, monkeypatch, tmp_path):
    monkeypatch.setattr(downloads, "MOST_SECONDS", -1)
    with pytest.raises(services.DownloadFailed, match="took more than"):
        download()
    assert (tmp_path / "lists" / "un_sc" / "un.xml.part").stat().st_size > 0


def test_nobody_home_is_a_failure(shop, settings):
    settings.LIST_ADDRESSES = {"un_sc": {"un.xml": "http://127.0.0.1:9/un.xml"}}
    with pytest.raises(services.DownloadFailed, match=r"127\.0\.0\.1:9/un\.xml"):
        download()


def test_two_workers_do_not_download_the_same_list(shop, tmp_path):
    folder = tmp_path / "lists" / "un_sc"
    folder.mkdir(parents=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(services.DownloadFailed, match="is being downloaded already"):
            download()
    assert shop.seen == []


def test_several_files_make_one_list(shop, settings, tmp_path):
    folder = ofac.write(tmp_path / "made", *ofac.numbered(3))
    shop.files = {f"/{file.name.upper()}": file.read_bytes() for file in folder.iterdir()}
    settings.LIST_ADDRESSES = {
        "ofac_sdn": {
            name: f"{shop.address}/{name.upper()}" for name in ("sdn.csv", "alt.csv", "add.csv")
        }
    }
    snapshot = services.download_list(source_code="ofac_sdn", at=NOON)
    assert snapshot.entry_count == 3


def test_a_list_without_address_or_adapter_is_refused(shop):
    with pytest.raises(services.DownloadFailed, match="eu_fsf: LIST_ADDRESSES has no address"):
        services.download_list(source_code="eu_fsf", at=NOON)
    with pytest.raises(UnknownSource):
        services.download_list(source_code="nowhere", at=NOON)


def test_the_sweep_sends_a_task_for_every_list_that_is_on(settings, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.download, "delay", lambda **facts: sent.append(facts))
    tasks.download_due()
    assert sent == []
    settings.LIST_DOWNLOADS = ["un_sc", "eu_fsf"]
    tasks.download_due()
    assert sent == [{"source_code": "un_sc"}, {"source_code": "eu_fsf"}]


def test_a_task_that_fails_says_so_and_ends(shop, caplog):
    tasks.download(source_code="un_sc")
    assert ListSnapshot.objects.count() == 1
    shop.status = 500
    tasks.download(source_code="un_sc")
    assert "list not downloaded: http://127.0.0.1" in caplog.text
    assert ListSnapshot.objects.count() == 1


def test_the_command_downloads_or_tells_why_not(shop, capsys):
    call_command("download_list", "un_sc")
    assert capsys.readouterr().out == ("un_sc: 2 entries in force; 2 added, 0 changed, 0 dropped\n")
    shop.status = 500
    with pytest.raises(CommandError, match="answered 500"):
        call_command("download_list", "un_sc")
