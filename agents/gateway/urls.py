from django.urls import path

from . import views

urlpatterns = [
    path("enrol", views.enrol, name="agent-enrol"),
    path("heartbeat", views.heartbeat, name="agent-heartbeat"),
    path("usage", views.usage, name="agent-usage"),
]
