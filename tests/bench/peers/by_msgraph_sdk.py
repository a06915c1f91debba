"""Everybody of the simulated tenant by Microsoft's own library, one line of JSON for each person."""

import loopback  # noqa: F401, first of all

import asyncio
import json

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_serialization_json.json_serialization_writer_factory import JsonSerializationWriterFactory
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

import conversation
import graph


async def read(settings: dict, outcome: dict) -> None:
    client = graph.client(settings, graph.secret(settings))
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=settings["select"].split(","), expand=[settings["expand"]], top=settings["page_size"]
    )
    writers = JsonSerializationWriterFactory()
    with open(settings["output"], "wb") as file:

        def keep(user: User) -> bool:
            writer = writers.get_serialization_writer("application/json")
            user.serialize(writer)
            file.write(writer.get_serialized_content() + b"\n")
            outcome["rows"] += 1
            return True

        first = await client.users.get(RequestConfiguration(query_parameters=query))
        await PageIterator(first, client.request_adapter).iterate(keep)


settings = conversation.settings()
outcome = {"rows": 0, "error": None}
try:
    asyncio.run(read(settings, outcome))
except Exception as error:  # noqa: BLE001, whatever it says is what counts
    outcome["error"] = f"{type(error).__name__}: {error}"
conversation.report(outcome)
