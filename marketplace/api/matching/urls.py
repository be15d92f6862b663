from django.urls import path

from . import views

app_name = "screening"
urlpatterns = [
    path("match/<slug:dataset>", views.Match.as_view(), name="match"),
    path("entities/<path:entity_id>", views.OneEntity.as_view(), name="entity"),
    path("catalog", views.Catalog.as_view(), name="catalog"),
    path("algorithms", views.Algorithms.as_view(), name="algorithms"),
    path("healthz", views.Healthz.as_view(), name="healthz"),
    path("readyz", views.Readyz.as_view(), name="readyz"),
]
