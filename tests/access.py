"""Who may open which address. A new address fails (tests/portal/test_access.py) until it is listed here."""

from portal.roles import STAFF, Role

EDITOR, RELEASER = Role.EDITOR, Role.RELEASER
REVIEWER, ADMINISTRATOR = Role.REVIEWER, Role.ADMINISTRATOR
WRITERS = frozenset({EDITOR, RELEASER})
EVERY_ROLE = frozenset(Role)

SIGNED_IN: dict[str, frozenset[Role]] = {
    "data:findings": STAFF,
    # The desk.
    "desk:home": STAFF,
    "desk:report-new": frozenset({EDITOR}),
    "desk:report": WRITERS,
    "desk:report-preview": WRITERS,
    "desk:report-preview-report": WRITERS,
    "desk:report-submit": frozenset({EDITOR}),
    "desk:report-take-back": frozenset({EDITOR}),
    "desk:report-return": frozenset({RELEASER}),
    "desk:report-publish": frozenset({RELEASER}),
    "desk:report-discard": frozenset({EDITOR}),
    "desk:evidence-add": frozenset({EDITOR}),
    "desk:evidence-document": frozenset({EDITOR}),
    "desk:evidence-source": frozenset({EDITOR}),
    "desk:evidence-change": frozenset({EDITOR}),
    "desk:evidence-remove": frozenset({EDITOR}),
    "desk:changes": WRITERS,
    "desk:changes-release": frozenset({RELEASER}),
    "desk:change": WRITERS,
    "desk:questions": WRITERS,
    "desk:question": WRITERS,
    "desk:question-publish": frozenset({RELEASER}),
    "desk:sheets": WRITERS,
    "desk:sheet-xlsx": WRITERS,
    "desk:sheet-csv": WRITERS,
    "desk:sheet-comparison": frozenset({EDITOR}),
    "desk:sheet-take": frozenset({EDITOR}),
    "desk:history": STAFF,
    "desk:preview": EVERY_ROLE,
    "desk:measures": STAFF,
    "desk:measure": STAFF,
    "desk:strategy": STAFF,
    "desk:new": frozenset({EDITOR}),
    "desk:edit": frozenset({EDITOR}),
    "desk:remove": frozenset({EDITOR}),
    "desk:publish": frozenset({RELEASER}),
    # The review.
    "review:home": frozenset({REVIEWER}),
    "review:submitted": frozenset({REVIEWER}),
    "review:published": frozenset({REVIEWER}),
    "review:questions": frozenset({REVIEWER}),
    "review:seen": frozenset({REVIEWER}),
    "review:report": frozenset({REVIEWER, *WRITERS}),
    "review:ask": frozenset({REVIEWER}),
    "review:meetings": frozenset({REVIEWER, *WRITERS}),
    "review:folder": frozenset({REVIEWER, *WRITERS}),
    # One's own mail, and accounts of others.
    "portal:notices": EVERY_ROLE,
    "account_invitations": frozenset({ADMINISTRATOR}),
    "account_invitation_send": frozenset({ADMINISTRATOR}),
    "account_invitation_withdraw": frozenset({ADMINISTRATOR}),
}
"""Addresses behind the door of portal.signed_in: everybody else gets 403, a stranger is asked to sign in."""

ONLY_POST = {
    "desk:report-submit", "desk:report-take-back", "desk:report-return", "desk:report-publish",
    "desk:changes-release", "desk:question-publish", "desk:sheet-comparison", "desk:sheet-take", "desk:preview",
    "review:seen", "account_invitation_send", "account_invitation_withdraw",
}  # fmt: skip
"""Deeds: reading them is refused with 405."""

OWN_ACCOUNT = {
    "account_overview", "account_login", "mfa_login_webauthn", "mfa_authenticate", "account_logout",
    "account_logged_out", "account_inactive", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn", "account_change_password", "account_set_password", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "usersessions_list", "account_oidc_login", "account_oidc_callback",
    "account_invitation", "change-password", "portal:unsubscribe",
}  # fmt: skip
"""Signing in and the account of one's own: tests/portal/accounts has the ladder of each."""
