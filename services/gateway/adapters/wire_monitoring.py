"""Who monitored whom and how, as protobuf."""

from google.protobuf.message import Message as ProtobufMessage

from services.gateway.domain.contact import Contact
from services.gateway.domain.contact_facts import MonitoringEnded, MonitoringFact, MonitoringModeChanged
from switchyard.events.gateway.v1 import monitoring_events_pb2 as pb


def monitoring_message(contact: Contact, fact: MonitoringFact) -> ProtobufMessage:
    """Write a fact of monitoring."""
    about = pb.Monitoring(
        contact_id=contact.id,
        channel=contact.channel,
        supervisor_id=fact.supervisor_id,
        agent_id=fact.agent_id,
        team_id=fact.team_id,
        site_id=fact.site_id,
        mode=fact.mode,
    )
    match fact:
        case MonitoringModeChanged():
            return pb.MonitoringModeChanged(monitoring=about, previous_mode=fact.previous_mode)
        case MonitoringEnded():
            ended = pb.MonitoringEnded(monitoring=about, reason=fact.reason)
            ended.started_at.FromDatetime(fact.started_at)
            return ended
        case _:
            return pb.MonitoringStarted(monitoring=about)
