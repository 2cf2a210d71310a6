"""One OpenAPI document for the door and one AsyncAPI document for the topics."""

import json

import httpx

from services.gateway.adapters.public_topics import public_topics
from services.gateway.entrypoints.asyncapi import asyncapi
from tests.unit.gateway_door.bench import Bench

TICKETING = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/v1/tickets": {
            "get": {
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page_OfferBody_"}}}
                    }
                }
            }
        },
        "/internal/x": {"get": {"responses": {}}},
        "/v1/queues": {"get": {"responses": {}, "tags": ["an impostor"]}},
    },
    "components": {"schemas": {"Page_OfferBody_": {"title": "another of the same name", "type": "object"}}},
}


async def ticketing_only(request: httpx.Request) -> httpx.Response:
    if request.url.port == 8082:
        return httpx.Response(200, json=TICKETING)
    raise httpx.ConnectError("down")


async def test_the_document_joins_what_the_door_forwards_with_its_own(bench: Bench) -> None:
    bench.upstream = ticketing_only
    async with bench.client() as client:
        answer = await client.get("/openapi.json")
    document = answer.json()
    assert answer.status_code == 200
    assert {"/v1/offers", "/v1/offers/{offer_id}/accept", "/v1/agents/{agent_id}/state", "/v1/api-keys"} <= set(
        document["paths"]
    )
    assert "/v1/tickets" in document["paths"]
    assert "/internal/x" not in document["paths"]
    assert "/v1/queues" not in document["paths"]
    assert document["x-missing"] == ["routing", "quality", "notify", "analytics"]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "apiKey"}
    assert document["paths"]["/v1/offers"]["get"]["responses"]["default"]


async def test_schemas_of_one_name_from_two_services_are_kept_apart(bench: Bench) -> None:
    bench.upstream = ticketing_only
    async with bench.client() as client:
        document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    content = document["paths"]["/v1/tickets"]["get"]["responses"]["200"]["content"]["application/json"]
    assert content["schema"]["$ref"] == "#/components/schemas/TicketingPage_OfferBody_"
    assert schemas["TicketingPage_OfferBody_"]["title"] == "another of the same name"
    assert "items" in schemas["Page_OfferBody_"]["properties"]
    for reference in _references(document):
        assert reference.rpartition("/")[2] in schemas


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for child in value.values() for each in _references(child)]
    return [each for child in value for each in _references(child)] if isinstance(value, list) else []


async def test_the_pages_need_no_credential_and_no_network(bench: Bench) -> None:
    async with bench.client(None, Accept="text/html") as client:
        docs, events = await client.get("/docs"), await client.get("/asyncapi")
    assert "/v1/offers/{offer_id}/accept" in docs.text
    assert "OfferMade" in events.text
    assert "http" not in docs.text.replace("http-equiv", "").split("<table>")[0].partition("<h1>")[2]


def test_every_public_message_is_described_and_every_reference_leads_somewhere() -> None:
    topics = public_topics()
    document = asyncapi(topics, "127.0.0.1:9092")
    assert "routing-commands-v1" not in document["channels"]
    assert set(topics) == set(document["channels"])
    messages = document["components"]["messages"]
    assert messages["OfferMade"]["name"] == "switchyard.events.routing.v1.OfferMade"
    schema = document["components"]["schemas"]["switchyard.events.routing.v1.OfferMade"]
    assert schema["properties"]["expires_at"]["format"] == "date-time"
    for reference in _references(document):
        place: object = document
        for step in reference.removeprefix("#/").split("/"):
            assert isinstance(place, dict)
            place = place[step]
    assert json.dumps(document)
