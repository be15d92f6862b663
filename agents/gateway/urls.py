from django.urls import path

from . import proving, views

urlpatterns = [
    path("enrol", views.enrol, name="agent-enrol"),
    path("heartbeat", views.heartbeat, name="agent-heartbeat"),
    path("health", views.health, name="agent-health"),
    path("attestation", proving.attestation, name="agent-attestation"),
    path("challenge", proving.challenge, name="agent-challenge"),
    path("challenge/commit", proving.commit, name="agent-challenge-commit"),
    path("challenge/reveal", proving.reveal, name="agent-challenge-reveal"),
    path("hardware", proving.hardware, name="agent-hardware"),
    path("desired", views.desired, name="agent-desired"),
    path("probe", proving.probe, name="agent-probe"),
    path("usage", views.usage, name="agent-usage"),
    path("rotate-key", views.rotate_key, name="agent-rotate-key"),
]
