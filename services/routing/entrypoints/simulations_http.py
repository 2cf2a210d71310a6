"""POST /v1/simulations: small ones are answered at once, longer ones are started and asked for later."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.adapters.simulation_limits import SimulationLimits, too_large
from services.routing.application.simulations.desk import SimulationDesk, SimulationsBusy
from services.routing.application.simulations.ports import Failure, ReplayJob, SimulationJob
from services.routing.entrypoints.simulation_bodies import ReplayRequest, SimulationBody, SimulationRequest
from services.routing.simulation.reader import Fault
from services.routing.simulation.reading import ScenarioInvalid, read_scenario
from switchyard.service.identity import Principal, require
from switchyard.service.pages import Page, Paging, encode_cursor
from switchyard.service.problems import FieldError, Problem

Planner = Annotated[Principal, Depends(require("planner", "supervisor", "manager", "admin"))]

_BUSY = "As many simulations as may are waiting; come again when one of yours is done."
#: What the request is not to blame for.
_STATUS = {"simulation-failed": 500, "simulation-lost": 503, "database-unavailable": 503}


def simulations_router(desk: SimulationDesk, limits: SimulationLimits) -> APIRouter:
    router = APIRouter(prefix="/v1/simulations", tags=["simulations"])

    @router.post("", status_code=201, summary="Play a scenario with the production engine")
    async def start(body: SimulationRequest, principal: Planner, response: Response) -> SimulationBody:
        job = await asyncio.to_thread(_job, body, principal.tenant, limits)
        try:
            simulation = await desk.start(principal.tenant, principal.subject, job)
        except SimulationsBusy as busy:
            raise Problem(429, "simulations-busy", _BUSY, headers={"Retry-After": "10"}) from busy
        if simulation.failure is not None:
            raise _problem(simulation.failure)
        response.status_code = 201 if simulation.over else 202
        response.headers["Location"] = f"/v1/simulations/{simulation.id}"
        return SimulationBody.shown(simulation)

    @router.get("", summary="List simulations, newest first, without results")
    async def page(principal: Planner, paging: Paging) -> Page[SimulationBody]:
        before = str(paging.after[0]) if paging.after else None
        found = await desk.page(principal.tenant, limit=paging.limit + 1, before=before)
        items = [SimulationBody.shown(each) for each in found[: paging.limit]]
        more = len(found) > paging.limit
        return Page(items=items, next=encode_cursor((items[-1].id,)) if more else None)

    @router.get("/{id}", summary="Read a simulation: how far it is, and what came of it")
    async def get(id: str, principal: Planner) -> SimulationBody:  # noqa: A002 - the path's own name for it
        found = await desk.find(principal.tenant, id)
        if found is None:
            raise Problem(404, "simulation-unknown", f"There is no simulation {id}.")
        return SimulationBody.shown(found)

    return router


def _job(body: SimulationRequest, tenant: str, limits: SimulationLimits) -> SimulationJob:
    """Read what is asked for; in a thread, for a large scenario takes a while. Raises Problem."""
    if body.replay is not None:
        return _replay_job(body, body.replay, tenant)
    if body.scenario is None:
        detail = "is missing: give a scenario, or a replay"
        raise Problem(422, "invalid-request", "Nothing to simulate.", errors=(FieldError("/scenario", detail),))
    try:
        scenario = read_scenario(body.scenario, CelExpressions())
    except ScenarioInvalid as invalid:
        faults = tuple(Fault(f"/scenario{fault.pointer}", fault.detail) for fault in invalid.faults)
        detail = "The scenario cannot be simulated; each field at fault says what to do."
        raise _problem(Failure(code="scenario-invalid", detail=detail, faults=faults)) from invalid
    failure = too_large(scenario, body.replications, limits, "/scenario")
    if failure is not None:
        raise _problem(failure)
    return SimulationJob(name=scenario.name, scenario=body.scenario, seed=body.seed, replications=body.replications)


def _replay_job(body: SimulationRequest, replay: ReplayRequest, tenant: str) -> SimulationJob:
    since, until = (round(instant.timestamp() * 1000) for instant in (replay.from_, replay.to))
    asked = ReplayJob(tenant=tenant, pool=replay.pool, since=since, until=until, changes=replay.changes)
    name = f"replay of {replay.pool} from {replay.from_:%Y-%m-%d %H:%M}"
    return SimulationJob(name=name, replay=asked, seed=body.seed, replications=body.replications)


def _problem(failure: Failure) -> Problem:
    errors = tuple(FieldError(fault.pointer, fault.detail) for fault in failure.faults[:50])
    return Problem(_STATUS.get(failure.code, 422), failure.code, failure.detail, errors=errors)
