"""Client credentials: by secret or by certificate, and the second time out of msal's cache."""

import loopback  # noqa: F401, first of all

import conversation
import sign_in

settings = conversation.settings()
credential = settings.get("client_secret") or sign_in.certificate(settings)
client = sign_in.application(settings, credential)
conversation.report(
    {
        "result": sign_in.told(client.acquire_token_for_client(settings["scopes"])),
        "again": sign_in.told(client.acquire_token_for_client(settings["scopes"])),
    }
)
