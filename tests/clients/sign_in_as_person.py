"""Authorization code with PKCE: sign in, use the token, and try to use the code twice."""

import loopback  # noqa: F401, first of all

import asyncio

import conversation
import graph
import sign_in

settings = conversation.settings()
client = sign_in.application(settings, settings.get("client_secret"))
flow, answer, result = sign_in.as_person(client, settings)
outcome = {"result": sign_in.told(result), "accounts": sign_in.accounts(client)}
if "access_token" in result:
    person = asyncio.run(graph.client(settings, graph.Held(result)).me.get())
    outcome["me"] = {"id": person.id, "user_principal_name": person.user_principal_name}
    outcome["again"] = sign_in.told(client.acquire_token_by_auth_code_flow(flow, answer))
conversation.report(outcome)
