"""What belongs to one tenant does not exist for another, at any route of the door."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeVar

import aiosmtplib

from switchyard.service.times import to_text
from tests.e2e.floor import Caller, Floor, Json
from tests.e2e.polling import eventually
from tests.e2e.whole_contact import WholeContact, whole_contact

EVERY_ROLE = ("admin", "supervisor", "agent", "qa", "partner")
#: A body that each route takes, by its end, so that a refusal is about the id and nothing else.
BODIES: Mapping[str, Json | None] = {
    "/accept": None,
    "/end": None,
    "/rotate": None,
    "/messages": {"text": "Let me in."},
    "/transfer": {"queue": "billing"},
    "/wrap-up": {"disposition": "resolved"},
    "/extend": {"seconds": 10},
    "/assign": {},
    "/priority": {"priority": 1},
    "/take-over": {},
    "/monitor": {"mode": "listen"},
    "/reject": {"reason": "busy"},
    "/notes": {"text": "Mine."},
    "/close": {"resolution": "Mine."},
    "/reopen": {"reason": "Mine."},
    "/state": {"state": "available"},
    "/preview": {},
    "/not-reached": {"reason": "busy"},
    "/callbacks/{callback_id}": {"at": None},
    "/contacts/{contact_id}": {"attributes": {"mine": "yes"}},
    "/tickets/{ticket_id}": {"title": "Mine"},
    "/surveys/{survey_id}": {"enabled": False},
    "/ticket-types/{type_id}": {"active": False},
}
#: What its owner does not find either: the door remembers only commands that it could not answer at once, and only who
#: waits has candidates.
#: What tells of the moment is left out too.
NOT_THERE = frozenset({"/v1/queues/{id}/opening", "/v1/commands/{command_id}", "/v1/contacts/{id}/candidates"})
#: What a route insists on beside its path.
QUERIES = {"/dates": "?year=2027"}

Route = tuple[str, str]
T = TypeVar("T")
R = TypeVar("R")


async def test_another_tenants_things_are_not_found_by_any_route(floor: Floor) -> None:
    ids = await _things(floor)
    owner = floor.caller("owner", *EVERY_ROLE)
    stranger = floor.caller("stranger", *EVERY_ROLE, tenant=f"other-{floor.word}")
    routes = await _routes(floor)
    before = await _shown(owner, routes, ids)

    async def leak(route: Route) -> str | None:
        method, path = route
        answer = await stranger.ask(method, _path(path, ids), _body(method, path, before))
        told = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        return None if answer.status_code in _allowed(method, path) else told

    # What a stranger makes under the same name is their own, and would be found afterwards.
    for making in (False, True):
        found = await _side_by_side(leak, [route for route in routes if _makes(*route) == making])
        assert not any(found), "\n".join(filter(None, found))
    assert await _shown(owner, routes, ids) == before


async def _side_by_side(act: Callable[[T], Awaitable[R]], items: Sequence[T]) -> list[R]:
    some = asyncio.Semaphore(6)

    async def one(item: T) -> R:
        async with some:
            return await act(item)

    return await asyncio.gather(*(one(item) for item in items))


def _makes(method: str, route: str) -> bool:
    """PUT of what a tenant names itself makes the caller's own, so it cannot say "not found"."""
    return method == "PUT" and not route.endswith("/state")


def _allowed(method: str, route: str) -> set[int]:
    return {200, 201, 404, 409, 422} if _makes(method, route) else {404}


def _body(method: str, route: str, shown: Mapping[str, Any]) -> Any:
    """What the route takes; for PUT the owner's own thing, as if it had been copied."""
    if method in {"GET", "DELETE"}:
        return None
    if _makes(method, route):
        return {name: value for name, value in shown[route].items() if name != "version"}
    return next((body for end, body in BODIES.items() if route.endswith(end)), {"name": "Mine"})


async def _routes(floor: Floor) -> list[Route]:
    """Every route of the door that names a thing in its path."""
    paths = (await floor.http.get("/openapi.json")).json()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if "{" in path and method in {"get", "post", "put", "patch", "delete"}
    ]


def _path(route: str, ids: Mapping[str, str]) -> str:
    """The route with the owner's real id. Raises KeyError for a kind of thing that this test does not make yet."""
    _, _version, kind, _parameter, *rest = route.split("/")
    filled = "/".join(["", "v1", kind, ids[kind], *rest])
    query = next((query for end, query in QUERIES.items() if route.endswith(end)), "")
    return filled.replace("{version}", "1") + query


async def _shown(owner: Caller, routes: list[Route], ids: Mapping[str, str]) -> dict[str, Any]:
    """Every thing as its owner sees it."""

    async def read(path: str) -> Any:
        answer = await owner.ask("GET", _path(path, ids))
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.headers["content-type"] == "application/json" else answer.content

    readable = [path for method, path in routes if method == "GET" and path not in NOT_THERE]
    return dict(zip(readable, await _side_by_side(read, readable), strict=True))


async def _things(floor: Floor) -> dict[str, str]:
    """One real thing of every kind, by the name that the kind has in paths."""
    contact = await whole_contact(floor)
    return {
        "agents": contact.agent.id,
        "queues": contact.queue,
        "pools": floor.pool,
        "attachments": await _attachment(floor, contact),
        **await _settings(floor, contact.queue),
        **await _floor_settings(floor, contact.agent.id),
        **await _what_followed(floor, contact),
        "callbacks": (await _callback(floor, contact.queue))["id"],
    }


async def _callback(floor: Floor, queue: str) -> Json:
    body = {"queue": queue, "address": "+8613800000000", "at": to_text(datetime.now(UTC) + timedelta(days=30))}
    made = await floor.admin.post("/v1/callbacks", body)

    async def settled() -> Json | None:
        """Once routing has taken it in nothing changes it any more."""
        shown: Json = await floor.admin.get(f"/v1/callbacks/{made['id']}")
        return shown if shown["last_reason"] else None

    return await eventually(settled, "the callback to be scheduled")


async def _floor_settings(floor: Floor, agent: str) -> dict[str, str]:
    name, admin = f"own-{floor.word}", floor.admin
    await admin.put(f"/v1/floor-rules/{name}", {"name": name, "type": "sign-out", "enabled": False})
    shift = {"agent": agent, "begins_at": "2036-01-01T08:00:00Z", "ends_at": "2036-01-01T16:00:00Z"}
    await admin.put(f"/v1/shifts/{name}", shift)
    return {"floor-rules": name, "shifts": name}


async def _settings(floor: Floor, queue: str) -> dict[str, str]:
    name, admin = f"own-{floor.word}", floor.admin
    both = {"en": name, "zh": name}
    for kind in ("sites", "teams", "skills"):
        await admin.put(f"/v1/{kind}/{name}", {"id": name, "name": name})
    week = [{"days": [1, 2, 3, 4, 5], "from": "09:00", "to": "18:00"}]
    await admin.put(f"/v1/business-hours/{name}", {"name": name, "time_zone": "Asia/Shanghai", "weekly": week})
    await admin.put(
        f"/v1/holidays/{name}", {"name": name, "dates": [{"date": "2027-02-06", "name": name, "closed": True}]}
    )
    await admin.put(f"/v1/routing-profiles/{name}", {"name": name, "channels": {"chat": {"units": 10, "most": 2}}})
    await floor.entry_point("sms", f"+1555{int(floor.word, 16) % 10**7:07d}", queue)
    await admin.put(f"/v1/ticket-types/{name}", {"name": both, "prefix": "OWN"})
    scorecard = (await admin.get("/v1/scorecards"))["items"][0]
    body = {"name": both, "sections": scorecard["sections"], "queues": [queue]}
    await admin.put(f"/v1/scorecards/{name}", body)
    language = "fr"
    await admin.put(f"/v1/templates/csat-chat-{language}", {"channel": "chat", "language": language, "text": "Merci."})
    survey = await admin.post("/v1/surveys", {"queue": queue, "enabled": True})
    scenario = {"open_seconds": 60, "queues": [{"id": "own", "handling": {"talk": 5}}]}
    scenario["groups"] = [{"id": "own", "queues": ["own"], "staff": [1]}]
    simulation = await admin.post("/v1/simulations", {"scenario": scenario})
    key = await admin.post("/v1/api-keys", {"name": name, "roles": ["partner"]})
    return {
        **dict.fromkeys(("sites", "teams", "skills", "business-hours", "holidays", "routing-profiles"), name),
        **dict.fromkeys(("ticket-types", "scorecards"), name),
        "entry-points": f"sms-{floor.word}",
        "templates": f"csat-chat-{language}",
        "surveys": survey["id"],
        "simulations": simulation["id"],
        "api-keys": key["id"],
        "provider-accounts": "twilio",
    }


async def _what_followed(floor: Floor, contact: WholeContact) -> dict[str, str]:
    shown = await floor.admin.get(f"/v1/contacts/{contact.id}")
    events = (await floor.admin.get(f"/v1/contacts/{contact.id}/timeline"))["items"]
    followed = {
        kind: (await floor.first(f"/v1/{kind}?contact={contact.id}"))["id"]
        for kind in ("tickets", "evaluations", "notices", "survey-responses")
    }
    return {
        "contacts": contact.id,
        "offers": contact.offer,
        "commands": next(each["causationid"] for each in events if each.get("causationid", "").startswith("cmd_")),
        "customers": shown["customer"]["id"],
        "service-requests": shown["service_request"],
        **followed,
    }


async def _attachment(floor: Floor, contact: WholeContact) -> str:
    """A file that came with a mail."""
    host, port = floor.platform.endpoints["smtp"].rsplit(":", 1)
    mail = EmailMessage()
    mail["From"], mail["To"] = "owner@example.com", f"{contact.queue}@{floor.platform.tenant}.switchyard.localhost"
    mail.set_content("Here it is.")
    mail.add_attachment(b"private", maintype="text", subtype="csv", filename="private.csv")
    await aiosmtplib.send(mail, hostname=host, port=int(port), start_tls=False)
    offer = await contact.agent.accept()
    return str((await contact.agent.lines(offer["contact"]))[0]["attachments"][0]["id"])
