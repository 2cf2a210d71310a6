"""Nobody follows a conversation without an event that says who, whom and how."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from services.gateway.application.messages import SendRefused, SendUnavailable
from services.gateway.application.monitor_contact import MonitorContact
from services.gateway.application.ports import Cause
from services.gateway.domain.errors import Invalid, NotThere, StateConflict
from switchyard.events.gateway.v1 import monitoring_events_pb2 as pb
from tests.unit.gateway.desk import TENANT, Desk


@dataclass
class Telephones:
    """Follows calls; `trouble` is raised by the next command."""

    following: dict[str, str] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)

    async def follow(self, *, tenant: str, contact_id: str, supervisor_id: str, mode: str) -> None:
        self._fail()
        self.following[supervisor_id] = mode

    async def leave(self, *, tenant: str, contact_id: str, supervisor_id: str) -> None:
        self._fail()
        self.following.pop(supervisor_id, None)

    def _fail(self) -> None:
        if self.trouble:
            raise self.trouble.pop()


class Floor:
    """An agent, Ann, who talks with a customer on a channel, and a supervisor, Sue."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.telephones = Telephones()
        self.monitor = MonitorContact(self.desk.stores.contacts, self.telephones, self.desk.end, self.desk.clock)
        self.contact_id = ""

    async def talking(self, channel: str = "voice") -> "Floor":
        await self.desk.with_line()
        received = await self.desk.receive("SM1")
        self.contact_id = str(received.contact_id)
        await self.desk.happens("OfferAccepted", self.contact_id)
        stored = self.desk.stores.contacts
        found = await stored.find(TENANT, self.contact_id, fresh=True)
        assert found is not None
        cause = Cause(id="channel", at=self.desk.clock())
        await stored.change(found, replace(found.thing, channel=channel), (), cause)
        return self

    async def follow(self, mode: str = "listen", who: str = "sue") -> None:
        await self.monitor.begin(tenant=TENANT, contact_id=self.contact_id, supervisor_id=who, mode=mode)

    async def leave(self, who: str = "sue") -> None:
        await self.monitor.end(tenant=TENANT, contact_id=self.contact_id, supervisor_id=who)

    def told(self) -> list[Any]:
        all_kinds: tuple[Any, ...] = (pb.MonitoringStarted, pb.MonitoringModeChanged, pb.MonitoringEnded)
        kinds = {kind.DESCRIPTOR.full_name: kind for kind in all_kinds}
        messages = self.desk.bus.published
        return [kinds[m.envelope.type].FromString(m.data) for m in messages if m.envelope.type in kinds]


async def test_who_listens_whom_and_how_is_told() -> None:
    floor = await Floor().talking()
    await floor.follow()
    (started,) = floor.told()
    about = started.monitoring
    assert (about.supervisor_id, about.agent_id, about.mode, about.channel) == ("sue", "ann", "listen", "voice")
    assert floor.telephones.following == {"sue": "listen"}


async def test_another_mode_is_told_with_the_one_before() -> None:
    floor = await Floor().talking()
    for mode in ("listen", "barge", "barge"):
        await floor.follow(mode)
    _, changed = floor.told()
    assert (changed.previous_mode, changed.monitoring.mode) == ("listen", "barge")


async def test_leaving_is_told_with_its_reason() -> None:
    floor = await Floor().talking()
    await floor.follow()
    await floor.leave()
    _, ended = floor.told()
    assert (ended.reason, ended.monitoring.supervisor_id) == ("stopped", "sue")
    assert floor.telephones.following == {}
    with pytest.raises(NotThere, match="monitoring-unknown"):
        await floor.leave()


@pytest.mark.parametrize("name", ["ContactEnded", "ContactTransferred"])
async def test_the_end_of_the_conversation_ends_every_monitoring(name: str) -> None:
    floor = await Floor().talking()
    for who in ("sue", "tom"):
        await floor.follow(who=who)
    await floor.desk.happens(name, floor.contact_id, ended_by="agent", to_queue="other", to_pool="default")
    ended = floor.told()[2:]
    assert [(each.monitoring.supervisor_id, each.reason) for each in ended] == [
        ("sue", "conversation-over"),
        ("tom", "conversation-over"),
    ]
    assert {each.monitoring.agent_id for each in ended} == {"ann"}
    assert (await floor.desk.contact(floor.contact_id)).monitors == ()


async def test_an_attempt_that_the_telephone_refuses_is_told_as_failed() -> None:
    floor = await Floor().talking()
    floor.telephones.trouble.append(SendRefused("agent-not-on-line", "gone"))
    with pytest.raises(SendRefused):
        await floor.follow()
    assert [type(each).__name__ for each in floor.told()] == ["MonitoringStarted", "MonitoringEnded"]
    assert floor.told()[-1].reason == "failed"


async def test_where_nobody_knows_whether_the_telephone_follows_it_counts_as_following() -> None:
    floor = await Floor().talking()
    floor.telephones.trouble.append(SendUnavailable("lost"))
    with pytest.raises(SendUnavailable):
        await floor.follow()
    assert [type(each).__name__ for each in floor.told()] == ["MonitoringStarted"]
    await floor.follow()
    assert floor.telephones.following == {"sue": "listen"}
    assert len(floor.told()) == 1


async def test_a_telephone_that_did_not_let_go_is_still_told_as_following() -> None:
    floor = await Floor().talking()
    await floor.follow()
    floor.telephones.trouble.append(SendUnavailable("lost"))
    with pytest.raises(SendUnavailable):
        await floor.leave()
    assert [type(each).__name__ for each in floor.told()] == ["MonitoringStarted"]


async def test_lines_are_listened_to_and_nothing_else() -> None:
    floor = await Floor().talking("chat")
    await floor.follow()
    assert floor.told()[0].monitoring.channel == "chat"
    assert floor.telephones.following == {}
    for mode in ("whisper", "barge"):
        with pytest.raises(Invalid, match="mode-not-of-channel") as refused:
            await floor.follow(mode, "tom")
        assert refused.value.pointer == "/mode"


async def test_ones_own_conversation_is_not_monitored() -> None:
    floor = await Floor().talking()
    with pytest.raises(StateConflict, match="already-the-holder"):
        await floor.follow(who="ann")


async def test_who_waits_or_is_written_up_is_not_monitored() -> None:
    floor = await Floor().talking()
    await floor.desk.happens("ContactEnded", floor.contact_id, ended_by="agent")
    with pytest.raises(StateConflict, match="contact-not-talking"):
        await floor.follow()
    assert floor.told() == []


async def test_a_caller_whose_agent_hung_up_in_the_moment_of_the_move_is_not_left_alone() -> None:
    floor = await Floor().talking()
    floor.telephones.trouble.append(SendRefused("agent-gone", "hung up"))
    with pytest.raises(SendRefused):
        await floor.follow()
    contact = await floor.desk.contact(floor.contact_id)
    assert (contact.end_requested_by, contact.end_requested_agent) == ("agent", "ann")
