"""Refresh tokens: renewed with rotation, the replaced one still good, all of them void after a revocation."""

import loopback  # noqa: F401, first of all

import conversation
import sign_in

settings = conversation.settings()
scopes = settings["scopes"]
client = sign_in.application(settings, settings.get("client_secret"))
sign_in.as_person(client, settings)
[account] = client.get_accounts()


def renew() -> dict:
    """What msal does for an application whose access token is about to expire."""
    return client.acquire_token_silent_with_error(scopes, account, force_refresh=True)


[first] = sign_in.refresh_tokens(client)
outcome = {
    "cached": sign_in.told(client.acquire_token_silent_with_error(scopes, account)),
    "renewed": sign_in.told(renew()),
}
[second] = sign_in.refresh_tokens(client)
outcome["rotated"] = first != second
# Entra does not revoke a refresh token by its use, so that an answer may get lost on the way.
outcome["by_the_replaced_one"] = sign_in.told(client.acquire_token_by_refresh_token(first, scopes))
conversation.ask("revoke")
outcome["revoked"] = sign_in.told(renew())
conversation.report(outcome)
