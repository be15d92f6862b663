"""Addresses of signing in and of one's own security; allauth looks for the names account_, mfa_."""

from django.urls import path

from .shared import addresses, choices, entrance, passkeys, security, signing

urlpatterns = [
    path("sign-up/", signing.sign_up, name="sign-up"),
    path("sign-up/", signing.sign_up, name="account_signup"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/second-factor/", entrance.second_factor, name="mfa_authenticate"),
    path("sign-in/passkey/", entrance.passkey, name="mfa_login_webauthn"),
    path("sign-in/ended/", entrance.inactive, name="account_inactive"),
    path("language/", choices.language, name="language"),
    path("theme/", choices.theme, name="theme"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("confirm-email/", entrance.check_mail, name="account_email_verification_sent"),
    path("confirm-email/send/", entrance.send_confirmation, name="send-confirmation"),
    path("confirm-email/<str:key>/", entrance.confirm_email, name="account_confirm_email"),
    path("password/forgotten/", entrance.forgotten, name="account_reset_password"),
    path("password/forgotten/sent/", entrance.forgotten_sent, name="account_reset_password_done"),
    path(
        "password/new/done/",
        entrance.new_password_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "password/new/<str:uidb36>/<str:key>/",
        entrance.new_password,
        name="account_reset_password_from_key",
    ),
    path("security/", security.overview, name="mfa_index"),
    path("security/", security.overview, name="account_email"),
    path("security/address/", addresses.change, name="change-address"),
    path("security/address/<str:link>/", addresses.prove, name="prove-address"),
    path("security/password/", security.password, name="account_change_password"),
    path("security/confirm/", security.confirm, name="account_reauthenticate"),
    path("security/confirm/code/", security.confirm_code, name="mfa_reauthenticate"),
    path("security/confirm/passkey/", passkeys.again, name="mfa_reauthenticate_webauthn"),
    path("security/authenticator/", security.add_app, name="mfa_activate_totp"),
    path("security/authenticator/remove/", security.remove_app, name="mfa_deactivate_totp"),
    path("security/codes/", security.all_codes, name="mfa_view_recovery_codes"),
    path("security/codes/new/", security.new_codes, name="mfa_generate_recovery_codes"),
    path("security/codes/file/", security.codes_file, name="mfa_download_recovery_codes"),
    path("security/passkeys/", passkeys.every, name="mfa_list_webauthn"),
    path("security/passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("security/passkeys/<int:pk>/name/", passkeys.rename, name="mfa_edit_webauthn"),
    path("members/second-factor/", security.require_factor, name="require-factor"),
]
