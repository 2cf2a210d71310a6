"""End the surveys whose time ran out: the timer is state, and whoever sweeps first ends them."""

from datetime import timedelta

from services.notify.application.changing import change_survey
from services.notify.application.ports import Ports
from services.notify.domain.survey import UNANSWERED, expire
from switchyard.eventing.aggregates import AggregateConflict

#: An answer given in the last moment is still under way then.
GRACE_SECONDS = 30.0
BATCH = 200


async def expire_surveys(ports: Ports) -> int:
    """End one batch; returns how many this call ended."""
    now = ports.clock()
    ended = 0
    for tenant, survey_id in await ports.due.due(now - timedelta(seconds=GRACE_SECONDS), BATCH):
        try:
            ended += await change_survey(
                ports.surveys, tenant, survey_id, lambda survey: expire(survey, UNANSWERED, now), f"expiry/{survey_id}"
            )
        except AggregateConflict:
            continue
    return ended
