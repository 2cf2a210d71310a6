"""`switchyard token`: a JWT of the local stack's development issuer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import keys

ROLES = (
    "agent",
    "senior_agent",
    "team_leader",
    "supervisor",
    "qa",
    "knowledge_editor",
    "planner",
    "manager",
    "admin",
    "partner",
)


def token(
    role: Annotated[list[str], typer.Option(help="Repeatable: " + ", ".join(ROLES))],
    subject: Annotated[str, typer.Option(help="Who it is; an agent's id for role agent.")],
    tenant: Annotated[str, typer.Option()] = "demo",
    hours: Annotated[float, typer.Option(help="How long it is good for.")] = 24,
    dir: Annotated[Path, typer.Option(help="The stack's folder.")] = Path("var"),  # noqa: A002 -- the option's name
) -> None:
    """Print a token that the gateway of the stack in --dir accepts."""
    unknown = sorted(set(role).difference(ROLES))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: no such role; known are {', '.join(ROLES)}")
    made = keys.load_or_make(dir)
    print(
        made.token(tenant=tenant, subject=subject, roles=role, now=datetime.now(UTC), lifetime=timedelta(hours=hours))
    )
