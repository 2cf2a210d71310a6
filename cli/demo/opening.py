"""Setting the scene: who comes when, who works, what stands outside; then the run itself."""

import random
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from rich.console import Console

from cli.demo.agents import Agent
from cli.demo.crowd import Outside
from cli.demo.day import CHANNEL_MIX, Arrival, Window, arrivals, busiest_hour, counts_of, total_in
from cli.demo.leftovers import end_leftovers, sign_out_all
from cli.demo.listing import every
from cli.demo.options import DemoOptions
from cli.demo.plan import DAY, Habits, Pace, share_for
from cli.demo.recount import Recount
from cli.demo.run import Run
from cli.demo.stage import Entrance, Stage, expect
from cli.demo.supervisor import Supervisor

OTHER_POOL_QUEUE = "escalations"
#: How many of the tenant's agents, the last ones, work in the other pool.
OTHER_POOL_AGENTS = 4


async def demo(options: DemoOptions, endpoints: Mapping[str, Any], console: Console) -> bool:
    """Replay the day against the stack that `endpoints` describes; returns whether every figure is equal.

    Raises UnknownDayError, DoorRefusedError, OSError where the provider's or the mail sink's port is taken.
    """
    window, share, crowd = _window_and_share(options)
    console.print(
        f"{window.day:%A %d %B %Y}, {window.start:%H:%M} to {window.end:%H:%M}: {len(crowd)} customers "
        f"({share:.1%} of the bank's calls) for {options.agents} agents, at {options.speed:g} times the pace, "
        f"about {window.seconds / options.speed / 60:.1f} minutes."
    )
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(timeout=30.0, limits=limits) as http:
        await end_leftovers(http, endpoints["api"], endpoints["tokens"]["supervisor"], console)
        await sign_out_all(http, endpoints)
        stage = await _stage(options, endpoints, http)
        async with Outside.of(endpoints, await account_at_provider(http, endpoints)) as outside:
            crew = _agents(options, endpoints, stage)
            run = Run(
                endpoints=endpoints,
                console=console,
                recount=Recount(),
                stage=stage,
                outside=outside,
                window=window,
                crowd_to_come=crowd,
                agents=crew,
                supervisor=Supervisor(
                    stage=stage,
                    token=endpoints["tokens"]["supervisor"],
                    agents=[agent for agent in crew if agent.id not in _other_pool(endpoints)],
                    chance=random.Random(f"{options.seed} supervisor"),  # noqa: S311 - repeatable, nothing secret
                ),
                began=datetime.now(UTC),
            )
            return await run.play()


def _window_and_share(options: DemoOptions) -> tuple[Window, float, list[Arrival]]:
    counts = counts_of(options.day)
    busiest = busiest_hour(counts)
    window = Window(day=options.day, start=options.start or busiest[0], end=options.end or busiest[1])
    share = options.share
    if share is None:
        calls = total_in(counts, window)
        share = share_for(options.agents, calls=calls, window_seconds=window.seconds, mix=CHANNEL_MIX)
    return window, share, arrivals(counts, window, share=share, seed=options.seed)


async def entrances(http: httpx.AsyncClient, endpoints: Mapping[str, Any]) -> dict[str, list[Entrance]]:
    """Every way in that leads to a queue of the demo's agents, per channel. Raises DoorRefusedError."""
    served = await _queues_served(http, endpoints)
    found: dict[str, list[Entrance]] = {}
    for point in await every("entry-points", http, endpoints):
        if point["queue"] in served:
            found.setdefault(point["channel"], []).append(Entrance(address=point["address"], queue=point["queue"]))
    return found


async def _queues_served(http: httpx.AsyncClient, endpoints: Mapping[str, Any]) -> set[str]:
    crew = endpoints["tokens"]["agents"]
    agents = await every("agents", http, endpoints)
    return {queue for agent in agents if agent["id"] in crew for queue in agent["queues"]}


async def account_at_provider(http: httpx.AsyncClient, endpoints: Mapping[str, Any]) -> str:
    """The account's name at the telephone provider. Raises DoorRefusedError."""
    admin = {"Authorization": f"Bearer {endpoints['tokens']['admin']}"}
    response = await http.get(f"{endpoints['api']}/v1/provider-accounts/twilio", headers=admin)
    return str(expect(response, 200)["account_sid"])


async def _stage(options: DemoOptions, endpoints: Mapping[str, Any], http: httpx.AsyncClient) -> Stage:
    host, port = endpoints["smtp"].rsplit(":", 1)
    return Stage(
        api=endpoints["api"],
        tenant=endpoints["tenant"],
        run=secrets.token_hex(4),
        site_key=endpoints["site_key"],
        smtp=(host, int(port)),
        http=http,
        entrances=await entrances(http, endpoints),
        pace=Pace(speed=options.speed),
        durations=DAY,
        habits=Habits(),
        most_attempts={
            queue["id"]: queue["callbacks"]["most_attempts"] for queue in await every("queues", http, endpoints)
        },
    )


def _agents(options: DemoOptions, endpoints: Mapping[str, Any], stage: Stage) -> list[Agent]:
    tokens = list(endpoints["tokens"]["agents"].items())
    here, there = tokens[:-OTHER_POOL_AGENTS], tokens[-OTHER_POOL_AGENTS:]
    others = max(1, round(OTHER_POOL_AGENTS * options.agents / len(tokens)))
    crew = [*_spread(here, options.agents - others), *there[:others]]
    return [
        Agent(
            stage=stage,
            id=agent,
            token=token,
            http=httpx.AsyncClient(timeout=30.0),
            transfer_queues=("billing", "support", OTHER_POOL_QUEUE),
            chance=random.Random(f"{options.seed} {agent}"),  # noqa: S311 - a repeatable crew, nothing secret
        )
        for agent, token in crew
    ]


def _other_pool(endpoints: Mapping[str, Any]) -> set[str]:
    return set(tuple(endpoints["tokens"]["agents"])[-OTHER_POOL_AGENTS:])


def _spread(agents: list[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    """Pick evenly, the last included: a smaller crew still has every skill."""
    step = (len(agents) - 1) / max(1, count - 1)
    return [agents[round(index * step)] for index in range(min(count, len(agents)))]
