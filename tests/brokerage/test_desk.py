"""What staff do not read of a rental."""

from django.contrib import admin

from marketplace.brokerage.models import Assignment


def test_the_way_into_a_rental_is_the_renters_alone(rf, sally):
    request = rf.get("/")
    request.user = sally
    fields = admin.site._registry[Assignment].get_fields(request, Assignment())
    assert "progress" in fields
    assert "endpoints" not in fields
