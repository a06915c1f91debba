"""The directory as Microsoft's own library reads it: users over all pages, products, subscriptions."""

import loopback  # noqa: F401, first of all

import asyncio

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from msgraph import GraphServiceClient
from msgraph.generated.models.subscribed_sku import SubscribedSku
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

import conversation
import graph

# Graph counts only for callers that accept a count which lags behind.
EVENTUAL = HeadersCollection()
EVENTUAL.add("ConsistencyLevel", "eventual")
PROPERTIES = ["id", "userPrincipalName", "createdDateTime", "assignedLicenses", "licenseAssignmentStates"]


def told_user(user: User) -> dict:
    sources = [
        {"product": str(source.sku_id), "group": source.assigned_by_group, "state": source.state}
        for source in user.license_assignment_states
    ]
    return {
        "id": user.id,
        "user_principal_name": user.user_principal_name,
        "created_at": user.created_date_time and int(user.created_date_time.timestamp()),
        "products": [str(held.sku_id) for held in user.assigned_licenses],
        "sources": sources,
    }


def told_product(product: SubscribedSku) -> dict:
    return {
        "id": str(product.sku_id),
        "part_number": product.sku_part_number,
        "consumed_units": product.consumed_units,
        "enabled_units": product.prepaid_units.enabled,
        "plans": [str(plan.service_plan_id) for plan in product.service_plans],
    }


async def users(client: GraphServiceClient, page_size: int) -> list[dict]:
    """Every user. `PageIterator` is Microsoft's own way of following `@odata.nextLink`."""
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(select=PROPERTIES, top=page_size)
    first = await client.users.get(RequestConfiguration(query_parameters=query))
    found = []

    def keep(user: User) -> bool:
        found.append(told_user(user))
        return True

    await PageIterator(first, client.request_adapter).iterate(keep)
    return found


async def everything(settings: dict) -> dict:
    client = graph.client(settings, graph.secret(settings))
    [organization] = (await client.organization.get()).value
    subscriptions = (await client.directory.subscriptions.get()).value
    return {
        "organization": organization.id,
        "users": await users(client, settings["page_size"]),
        "products": [told_product(product) for product in (await client.subscribed_skus.get()).value],
        "subscriptions": [subscription.id for subscription in subscriptions],
        "user_count": await client.users.count.get(RequestConfiguration(headers=EVENTUAL)),
    }


conversation.report(asyncio.run(everything(conversation.settings())))
