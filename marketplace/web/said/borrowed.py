"""Texts of Django and allauth that pages show and that the packages translate badly or not at all.

Ours go before theirs; here they are only named, so that the catalogues have them.
"""

from typing import Final

SENTENCES: Final = (
    # django: Malay says "too short" of the first, and has no word for the second
    "This password is too common.",
    "Constraint “%(name)s” is violated.",
    # allauth.account: why somebody is not let in
    "This account is currently inactive.",
    "The email address and/or password you specified are not correct.",
    "Too many failed login attempts. Try again later.",
    "Please type your current password.",
    "Incorrect password.",
    "Invalid login.",
    "The password reset token was invalid.",
    "You must type the same password each time.",
    "Be patient, you are sending too many requests.",
    "Remember Me",
    "Use your password",
    "Use authenticator app or code",
    "Use a security key",
    "Password successfully changed.",
    # allauth.mfa
    "Incorrect code.",
    "You cannot deactivate two-factor authentication.",
    "You cannot generate recovery codes without having two-factor authentication enabled.",
    "Authenticator app activated.",
    "Authenticator app deactivated.",
    "A new set of recovery codes has been generated.",
    "Security key added.",
    "Security key removed.",
    # allauth's letters about such changes
    "Password Changed",
    "Your password has been changed.",
    "Password Reset",
    "Your password has been reset.",
    "Authenticator App Activated",
    "Authenticator App Deactivated",
    "New Recovery Codes Generated",
    "A new set of Two-Factor Authentication recovery codes has been generated.",
    "Security Key Added",
    "A new security key has been added.",
    "Security Key Removed",
    "A security key has been removed.",
)
