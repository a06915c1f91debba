"""Points msal at the simulated tenant, and tells what came of a sign-in."""

import hashlib
import ssl
from urllib.parse import parse_qsl

import msal

from conversation import ask

TOLD = ("error", "error_codes", "suberror", "classification", "token_type", "token_source", "scope")
CLAIMS = ("aud", "iss", "oid", "preferred_username", "tid", "ver")


def application(settings: dict, credential: str | dict | None = None) -> msal.ClientApplication:
    """A public application, or with a credential a confidential one.

    Instance discovery is off unless a test brings its own address for it. msal asks `login.microsoftonline.com` whether
    it knows an authority on another host; Microsoft does not know ours, and no test may ask it.
    """
    kind = msal.ConfidentialClientApplication if credential else msal.PublicClientApplication
    return kind(
        settings["client_id"],
        authority=settings["authority"],
        client_credential=credential,
        instance_discovery=settings.get("instance_discovery", False),
    )


def certificate(settings: dict) -> dict:
    """The credential for a certificate.

    Without a thumbprint msal signs with PS256 and names the certificate by SHA-256, as Microsoft documents it today;
    with one it signs with RS256 and names it by SHA-1, as programs in the field still do.
    """
    credential = {"private_key": settings["private_key"], "public_certificate": settings["certificate"]}
    if settings.get("by_sha1"):
        content = ssl.PEM_cert_to_DER_cert(settings["certificate"])
        credential["thumbprint"] = hashlib.sha1(content).hexdigest()
    return credential


def as_person(client: msal.ClientApplication, settings: dict) -> tuple[dict, dict, dict]:
    """Sends the person to the sign-in page and redeems what they bring back: flow, answer, result.

    msal adds PKCE, state and nonce by itself, and checks the latter two in what comes back.
    """
    flow = client.initiate_auth_code_flow(
        settings["scopes"], redirect_uri=settings["redirect_uri"], response_mode=settings["response_mode"]
    )
    answer = dict(parse_qsl(ask(flow["auth_uri"])))
    return flow, answer, client.acquire_token_by_auth_code_flow(flow, answer)


def refresh_tokens(client: msal.ClientApplication) -> list[str]:
    """What msal would renew a sign-in with."""
    cache = client.token_cache
    return [entry["secret"] for entry in cache.search(cache.CredentialType.REFRESH_TOKEN)]


def accounts(client: msal.ClientApplication) -> list[dict]:
    """Whom msal takes to be signed in."""
    shown = ("username", "home_account_id", "local_account_id", "realm")
    return [{name: account[name] for name in shown} for account in client.get_accounts()]


def told(result: dict | None) -> dict | None:
    """What a result says about itself; of the tokens only which ones came."""
    if result is None:
        return None
    outcome = {name: result[name] for name in TOLD if name in result}
    outcome["tokens"] = sorted(name for name in result if name.endswith("_token"))
    if claims := result.get("id_token_claims"):
        outcome["claims"] = {name: claims[name] for name in CLAIMS}
    return outcome
