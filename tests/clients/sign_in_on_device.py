"""Device code: asked for once while the person has not answered, and once afterwards."""

import loopback  # noqa: F401, first of all

import conversation
import sign_in


def ask_once() -> dict:
    """One request instead of msal's own polling, whose pauses would only make the test slow."""
    return sign_in.told(client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True))


settings = conversation.settings()
client = sign_in.application(settings)
flow = client.initiate_device_flow(settings["scopes"])
outcome = {name: flow[name] for name in ("verification_uri", "expires_in", "interval")}
outcome["pending"] = ask_once()
conversation.ask(flow["user_code"])
outcome["result"] = ask_once()
outcome["accounts"] = sign_in.accounts(client)
conversation.report(outcome)
