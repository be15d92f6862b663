"""Which language a person reads."""

from marketplace.accounts.models import User


def choose_language(*, user: User, language: str) -> None:
    """Of pages and letters from now on; one of models.Language, as the database insists."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
    user.language = language
