"""Everybody of the simulated tenant by dlt's own source for REST interfaces, into Parquet."""

import loopback  # noqa: F401, first of all

import os
import pathlib

import conversation

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402, telemetry is switched off before
import pyarrow.parquet  # noqa: E402
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials  # noqa: E402
from dlt.sources.rest_api import rest_api_source  # noqa: E402


def read(settings: dict) -> None:
    sign_in = OAuth2ClientCredentials(
        access_token_url=f"{settings['login']}/{settings['tenant']}/oauth2/v2.0/token",
        client_id=settings["client_id"],
        client_secret=settings["client_secret"],
        access_token_request_data={"scope": "https://graph.microsoft.com/.default"},
    )
    query = {"$select": settings["select"], "$expand": settings["expand"], "$top": settings["page_size"]}
    users = {
        "name": "users",
        "primary_key": "id",
        "max_table_nesting": 0,
        "endpoint": {"path": "users", "params": query, "data_selector": "value"},
    }
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{settings['graph']}/v1.0/",
                "auth": sign_in,
                "paginator": {"type": "json_link", "next_url_path": "'@odata.nextLink'"},
            },
            "resources": [users],
        }
    )
    pipeline = dlt.pipeline(
        "peer",
        pipelines_dir=f"{settings['output']}/work",
        destination=dlt.destinations.filesystem(bucket_url=f"file://{settings['output']}/files"),
        dataset_name="tenant",
    )
    pipeline.run(source, loader_file_format="parquet").raise_on_failed_jobs()


settings = conversation.settings()
outcome = {"rows": 0, "error": None}
try:
    read(settings)
except Exception as error:  # noqa: BLE001, whatever it says is what counts
    outcome["error"] = f"{type(error).__name__}: {error}"
files = pathlib.Path(settings["output"]).glob("files/tenant/users/*.parquet")
outcome["rows"] = sum(pyarrow.parquet.read_metadata(file).num_rows for file in files)
conversation.report(outcome)
