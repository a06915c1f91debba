"""Refusals of Graph, as Microsoft's own library reads them."""

import loopback  # noqa: F401, first of all

import asyncio
from collections.abc import Awaitable

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

import conversation
import graph

NOBODY = "00000000-0000-0000-0000-000000000000"


async def refusal(call: Awaitable) -> dict:
    try:
        await call
    except ODataError as refused:
        told = refused.error
        return {"status": refused.response_status_code, "code": told.code, "request_id": told.inner_error.request_id}
    raise AssertionError("this should have been refused")


async def refusals(settings: dict) -> dict:
    client = graph.client(settings, graph.secret(settings))
    too_many = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=1_000)
    return {
        "nobody": await refusal(client.users.by_user_id(NOBODY).get()),
        "too_many": await refusal(client.users.get(RequestConfiguration(query_parameters=too_many))),
        "not_permitted": await refusal(client.subscribed_skus.get()),
    }


conversation.report(asyncio.run(refusals(conversation.settings())))
