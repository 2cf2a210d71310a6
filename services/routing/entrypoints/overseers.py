"""Who may read how colleagues stand: in what state they are, what they are good at, which rule they broke."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from switchyard.service.identity import Principal, require

OVERSEERS = ("team_leader", "supervisor", "qa", "planner", "manager", "admin")
Overseer: TypeAlias = Annotated[Principal, Depends(require(*OVERSEERS))]
