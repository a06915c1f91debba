"""Points msgraph-sdk at the simulated tenant."""

import time

from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient

SCOPE = "https://graph.microsoft.com/.default"


class Held:
    """A credential for a token that msal holds already."""

    def __init__(self, result: dict) -> None:
        self._token = AccessToken(result["access_token"], int(time.time()) + result["expires_in"])

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return self._token


def secret(settings: dict) -> ClientSecretCredential:
    """The credential of an application, which gets its tokens by itself. Instance discovery: see `sign_in`."""
    return ClientSecretCredential(
        settings["tenant"],
        settings["client_id"],
        settings["client_secret"],
        authority=settings["login"],
        disable_instance_discovery=True,
    )


def client(settings: dict, credential: object) -> GraphServiceClient:
    """A client for another address than Microsoft's.

    The host has to be allowed by name: to hosts it does not know, the library sends requests without any token. The
    scope has to be named as well, because it would follow from the host.
    """
    provider = AzureIdentityAuthenticationProvider(credential, scopes=[SCOPE], allowed_hosts=["localhost"])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{settings['graph']}/v1.0"
    return GraphServiceClient(request_adapter=adapter)
