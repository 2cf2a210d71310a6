"""A routing process with a rule that raises on some contacts: what an expression does that divides by nothing."""

from unittest.mock import patch

from services.routing.bootstrap import build
from services.routing.domain import lane
from services.routing.domain.agent import Agent
from services.routing.domain.policies import POLICIES_OF_LAST_RESORT, ROUTING_POLICIES
from services.routing.domain.stays import Waiting
from services.routing.settings import Settings
from switchyard.service.running import run

POISON = "poison"


def breaks_on_poison(waiting: Waiting, _: Agent) -> str | None:
    return None if 1 / (not waiting.entry.contact_id.startswith(POISON)) else "never"


if __name__ == "__main__":
    with patch.multiple(
        lane,
        ROUTING_POLICIES=(*ROUTING_POLICIES, breaks_on_poison),
        POLICIES_OF_LAST_RESORT=(*POLICIES_OF_LAST_RESORT, breaks_on_poison),
    ):
        run(Settings, build)
