"""The officers' window on lists: how fresh they are, and what an import changed for whom."""

import pytest
from django.urls import reverse

from compliance import services
from tests import make
from tests.compliance import caseroom, ofac
from tests.make import HOUR, NOON

pytestmark = pytest.mark.django_db
IMPORTS = "/admin/compliance/listsnapshot/"


@pytest.fixture
def bring(tmp_path, client):
    """Import a list of thirty entries and these, and follow it through all parties."""
    services.load_reference(at=NOON)
    client.force_login(caseroom.officer("view_listsnapshot"))

    def import_(*parties, at):
        folder = ofac.write(tmp_path / "list", *ofac.numbered(30), *parties)
        made = services.import_list(source_code="ofac_sdn", folder=folder, published_on=None, at=at)
        services.reverse_screen(at=at)
        return made

    return import_


def test_an_import_tells_what_changed_and_whose_screening_it_called_for(bring, client, said):
    victim = make.party("Velmorane Holdings Ltd")
    make.party("Elsewhere Estates Ltd")
    services.rescreen_due(at=NOON)
    bring(ofac.party(600, "QUISTERN OPTICS CO"), ofac.party(700, "GONE SOON LLC"), at=NOON)
    named = bring(
        ofac.party(600, "QUISTERN PRECISION CO"),
        ofac.party(501, "VELMORANE HOLDINGS LTD"),
        at=NOON + HOUR,
    )
    url = reverse("admin:compliance_listsnapshot_change", args=[named.pk])
    assert "1 added, 1 changed, 1 dropped: 0 customers re-screened, 1 waiting." in said(
        client.get(url)
    )
    services.rescreen_waiting(at=NOON + HOUR)
    text = said(client.get(url))
    assert "1 added, 1 changed, 1 dropped: 1 customer re-screened." in text
    assert f"{victim} 501 Deny 24 Nov 2026, 13:00 UTC" in text
    assert (
        "Changed, 1 Changed entries Entry Field Went Came 600 Names QUISTERN OPTICS CO QUISTERN"
        in text
    )
    assert (
        "Added, 1 Added entries Entry Names Kind Countries Programmes 501 VELMORANE HOLDINGS LTD"
        in text
    )
    assert (
        "Dropped, 1 Dropped entries Entry Names Kind Countries Programmes 700 GONE SOON LLC" in text
    )
    listed = said(client.get(IMPORTS))
    assert "1 added, 1 changed, 1 dropped 1 customer re-screened" in listed
    assert "32 added nobody had to be re-screened" in listed


def test_a_list_is_fresh_until_it_is_not(bring, client, said, monkeypatch):
    bring(at=NOON)
    for at, told in ((NOON + HOUR, "Fresh until"), (NOON + 24 * HOUR, "Stale since")):
        monkeypatch.setattr("compliance.admin_lists.now", lambda at=at: at)
        assert f"OFAC Specially Designated Nationals {told} 25 Nov 2026, 12:00 UTC" in said(
            client.get(IMPORTS)
        )


def test_the_same_list_again_changed_nothing(bring, client, said):
    bring(at=NOON)
    again = bring(at=NOON + HOUR)
    text = said(client.get(reverse("admin:compliance_listsnapshot_change", args=[again.pk])))
    assert "Nothing changed: nobody had to be re-screened." in text
    assert "Added, " not in text


def test_as_many_questions_for_twenty_changes_as_for_one(
    bring, client, django_assert_max_num_queries
):
    bring(ofac.party(600, "QUISTERN OPTICS CO"), ofac.party(700, "GONE LLC"), at=NOON)
    make.party("Velmorane Holdings Ltd")
    one = bring(
        ofac.party(600, "QUISTERN GLASS CO"), ofac.party(501, "VELMORANE HOLDINGS"), at=NOON + HOUR
    )
    for n in range(19):
        make.party(f"Velmorane Holding {n}")
    renamed = [ofac.party(600 + n, f"QUISTERN GLASS {n}") for n in range(20)]
    many = bring(*renamed, ofac.party(501, "VELMORANE HOLDINGS CO"), at=NOON + 2 * HOUR)
    urls = [reverse("admin:compliance_listsnapshot_change", args=[row.pk]) for row in (one, many)]
    client.get(urls[0])
    with django_assert_max_num_queries(25) as first:
        client.get(urls[0])
    with django_assert_max_num_queries(len(first)):
        client.get(urls[1])


def test_who_may_not_see_lists_sees_none(client, bring):
    made = bring(at=NOON)
    url = reverse("admin:compliance_listsnapshot_change", args=[made.pk])
    client.force_login(make.user(is_staff=True))
    assert [client.get(one).status_code for one in (IMPORTS, url)] == [403, 403]
