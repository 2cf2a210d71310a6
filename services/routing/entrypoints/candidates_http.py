"""GET /v1/contacts/{id}/candidates: why nobody takes a contact, or who would; from the pool that it waits in."""

from collections.abc import Mapping
from typing import Annotated

import httpx
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel

from services.routing.application.live_pool import LivePool
from services.routing.application.ports import PoolKey
from services.routing.domain.candidacy import ELIGIBLE, Candidacy, candidacy
from services.routing.domain.settings import SkillLevel
from services.routing.entrypoints.other_replicas import FORWARDED, Owners, ask_each
from services.routing.entrypoints.overseers import Overseer
from services.routing.entrypoints.verdicts import verdict
from switchyard.service.problems import Problem

#: A pool may have 15,000 agents; nobody reads them all.
MOST_CANDIDATES = 500


class RequiredSkill(BaseModel):
    skill: str
    level: int


class CandidateBody(BaseModel):
    """`verdict` is `eligible`, or the first rule that rules the agent out, and `reason` says it in words.

    `rank` is the agent's own for the queue and `measure` what the queue's choice compares, both lowest first.
    """

    agent: str
    team: str
    site: str
    state: str
    verdict: str
    reason: str
    rank: int
    measure: int


class Candidates(BaseModel):
    """`rule_step` is the last of the queue's steps that the contact has gone through; `agents` how many there are.

    Who is eligible comes first, in the order in which they would be asked; at most 500 are listed.
    """

    contact: str
    entry: int
    queue: str
    choice: str
    rule_step: int
    priority: int
    required_skills: list[RequiredSkill]
    queues: list[str]
    sites: list[str]
    kept_for: str | None
    agents: int
    eligible: int
    items: list[CandidateBody]


def candidates_router(
    pools: Mapping[PoolKey, LivePool], owners: Owners, *, address: str, client: httpx.AsyncClient
) -> APIRouter:
    router = APIRouter(tags=["contacts"])

    @router.get(
        "/v1/contacts/{id}/candidates", summary="Who could have a waiting contact, and why the others could not"
    )
    async def candidates(
        request: Request,
        id: str,  # noqa: A002 - the path's own name for it
        principal: Overseer,
        forwarded: Annotated[str | None, Header(alias=FORWARDED)] = None,
    ) -> Candidates:
        for key, pool in pools.items():
            found = candidacy(pool.state, id) if key.tenant == principal.tenant else None
            if found is not None:
                return _body(found)
        if forwarded is None:
            answer = await ask_each(client, await owners(principal.tenant), address, request, Candidates)
            if answer is not None:
                return answer
        raise Problem(404, "contact-not-waiting", f"Contact {id} does not wait in any pool.")

    return router


def _body(found: Candidacy) -> Candidates:
    waiting, search = found.waiting, found.search
    return Candidates(
        contact=waiting.entry.contact_id,
        entry=waiting.entry.number,
        queue=search.queue_id,
        choice=search.choice,
        rule_step=waiting.steps_taken,
        priority=-waiting.rank[0],
        required_skills=[_skill(skill) for skill in search.required],
        queues=list(search.queues),
        sites=list(search.sites),
        kept_for=search.kept_for or None,
        agents=len(found.candidates),
        eligible=sum(each.verdict == ELIGIBLE for each in found.candidates),
        items=[
            CandidateBody(
                agent=each.agent.id,
                team=each.agent.holder.team_id,
                site=each.agent.holder.site_id,
                state=each.agent.announced.state,
                verdict=each.verdict,
                reason=verdict(each.verdict),
                rank=each.rank,
                measure=each.measure,
            )
            for each in found.candidates[:MOST_CANDIDATES]
        ],
    )


def _skill(skill: SkillLevel) -> RequiredSkill:
    return RequiredSkill(skill=skill.skill_id, level=skill.level)
