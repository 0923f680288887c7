"""What the settings say of a city's identity provider; no Django, because the settings ask."""

from typing import Any

PROVIDER = "stadt"
"""What the one identity provider is called in allauth and in the table of accounts tied to it."""

ROLES = ("Redaktion", "Freigabe", "Rat", "Administration")
"""As in portal.roles.Role."""


def roles_by_group(text: str) -> dict[str, frozenset[str]]:
    """Reads `Redaktion=strategie-redaktion;Freigabe=strategie-freigabe,amtsleitung`.

    Returns names of roles by name of the provider's group. A role may be given to several groups (separated
    by commas), a group may bring several roles. Raises ValueError on a role that there is not.
    """
    result: dict[str, frozenset[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        role, equals, groups = (piece.strip() for piece in part.partition("="))
        names = [name for group in groups.split(",") if (name := group.strip())]
        if role not in ROLES or not equals or not names:
            raise ValueError(
                f"OIDC_GROUPS: {part!r} is not ROLE=GROUP,GROUP with one of the roles {', '.join(ROLES)}."
            )
        for name in names:
            result[name] = result.get(name, frozenset()) | {role}
    return result


def identity_provider(issuer: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """allauth's setting SOCIALACCOUNT_PROVIDERS for the provider at `issuer`; empty for "": there is none."""
    if not issuer:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
