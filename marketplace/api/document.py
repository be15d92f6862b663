from drf_spectacular.views import SpectacularAPIView


class Document(SpectacularAPIView):
    """The OpenAPI document, for everybody."""

    authentication_classes = ()
    throttle_scope = "read"
