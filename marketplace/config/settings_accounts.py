"""How people sign in: django-allauth on our own pages. Only `settings` imports this."""

from . import env

#: before our own, whose templates replace theirs
ALLAUTH_APPS = ["allauth", "allauth.account", "allauth.mfa"]
#: keeps the request at hand for allauth's adapters
ALLAUTH_MIDDLEWARE = "allauth.account.middleware.AccountMiddleware"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "marketplace.web.shared.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
#: who has not confirmed the address may look around; the verbs that cost money ask
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
#: what changes how somebody signs in asks again, this long after it was last shown who is there
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
#: besides our own counting of tries by address and by account, see web.limits
ACCOUNT_RATE_LIMITS = {
    "login": "60/15m/ip",
    "login_failed": "10/15m/key",
    "change_password": "5/m/user",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "confirm_email": "1/1m/key",
}
_FORMS = "marketplace.web.shared.account_forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "change_password": f"{_FORMS}.PasswordForm",
    "reset_password": f"{_FORMS}.ForgottenForm",
    "reset_password_from_key": f"{_FORMS}.NewPasswordForm",
    "reauthenticate": f"{_FORMS}.ConfirmForm",
}

MFA_ADAPTER = "marketplace.web.shared.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
#: our own pages ask for a confirmed address before a factor, see web.shared.security
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Straits"
#: a step before and after, for clocks that go wrong by up to half a minute
MFA_TOTP_TOLERANCE = 1
#: browsers take http on the machine itself, for development
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.boolean("DEBUG", default=False)
MFA_FORMS = {
    "authenticate": f"{_FORMS}.CodeForm",
    "reauthenticate": f"{_FORMS}.CodeAgainForm",
    "activate_totp": f"{_FORMS}.AuthenticatorForm",
    "add_webauthn": f"{_FORMS}.PasskeyForm",
    "edit_webauthn": f"{_FORMS}.PasskeyNameForm",
}

EMAIL_HOST = env.text("EMAIL_HOST")
#: in development letters are written to the console
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST or not env.boolean("DEBUG", default=False)
    else "django.core.mail.backends.console.EmailBackend"
)
