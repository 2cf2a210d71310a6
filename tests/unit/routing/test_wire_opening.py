"""Hours and emergencies on the command log, there and back."""

import pytest
from google.protobuf.message import Message as ProtobufMessage

from services.routing.adapters.wire_commands import decode
from services.routing.adapters.wire_emergency import emergency_to_wire
from services.routing.adapters.wire_opening import opening_to_wire
from services.routing.adapters.wire_ways import way_to_wire
from services.routing.application.ports import NotACommand
from services.routing.domain.commands import ConfigureEmergency, ConfigureQueue
from services.routing.domain.emergency import LEAVE, Emergency
from services.routing.domain.opening_hours import OpeningHours, Span, SpecialDay, WeeklySpan
from services.routing.domain.queue_steps import WayOut
from switchyard.internal.routing.v1 import commands_pb2 as c
from switchyard.internal.routing.v1 import emergency_pb2 as e
from switchyard.internal.routing.v1 import opening_hours_pb2 as o
from tests.unit.routing.test_wire import record

HOURS = OpeningHours(
    time_zone="Asia/Shanghai",
    weekly=(WeeklySpan(days=(1, 2), span=Span(opens=540, closes=1080)),),
    special=(
        SpecialDay(date="2027-02-06"),
        SpecialDay(date="2027-02-20", like_weekday=1),
        SpecialDay(date="2027-12-31", spans=(Span(opens=1320, closes=1560),)),
    ),
)


def test_hours_and_the_way_out_arrive_as_they_were_sent() -> None:
    way = WayOut(to_queue="night", announcement="One moment.")
    message = c.ConfigureQueue(queue_id="q", opening=opening_to_wire(HOURS), when_closed=way_to_wire(way))
    command = decode(record(message)).command
    assert isinstance(command, ConfigureQueue)
    assert (command.rules.opening, command.rules.when_closed) == (HOURS, way)


@pytest.mark.parametrize(
    "emergency",
    [
        None,
        Emergency(),
        Emergency(
            then=WayOut(last_step="message", announcement="Storm."),
            waiting=LEAVE,
            extra_sites=("east",),
            extra_queues=("sales",),
            closed_sites=("north", "west"),
        ),
    ],
)
def test_an_emergency_arrives_as_it_was_sent(emergency: Emergency | None) -> None:
    command = decode(record(emergency_to_wire(emergency, 7))).command
    assert isinstance(command, ConfigureEmergency)
    assert (command.emergency, command.version) == (emergency, 7)


def opening(**fields: object) -> c.ConfigureQueue:
    return c.ConfigureQueue(queue_id="q", opening=o.OpeningHours(**{"time_zone": "UTC", **fields}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message",
    [
        opening(time_zone="Mars/Olympus"),
        opening(time_zone="../etc/passwd"),
        opening(time_zone=""),
        opening(weekly=[o.WeeklySpan(days=[8], span=o.Span(opens=0, closes=60))]),
        opening(weekly=[o.WeeklySpan(days=[1], span=o.Span(opens=60, closes=60))]),
        opening(weekly=[o.WeeklySpan(days=[1], span=o.Span(opens=1440, closes=1500))]),
        opening(weekly=[o.WeeklySpan(days=[1], span=o.Span(opens=0, closes=2881))]),
        opening(special=[o.SpecialDay(date="2027-02-30")]),
        opening(special=[o.SpecialDay(date="2027-02-20", like_weekday=9)]),
        c.ConfigureQueue(queue_id="q", when_closed=c.WayOut()),
        c.ConfigureQueue(queue_id="q", when_closed=c.WayOut(to_queue="a", last_step="message")),
        c.ConfigureQueue(queue_id="q", when_closed=c.WayOut(last_step="singing")),
        e.ConfigureEmergency(version=1, emergency=e.Emergency(waiting="dance")),
    ],
)
def test_hours_that_no_calendar_has_are_no_command(message: ProtobufMessage) -> None:
    with pytest.raises(NotACommand):
        decode(record(message))
