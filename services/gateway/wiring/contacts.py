"""The gateway's commands on contacts, joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.gateway.adapters.known_queues import KnownQueues
from services.gateway.adapters.telemetry import GatewayMetrics
from services.gateway.application.answer_delivery import AnswerDelivery
from services.gateway.application.append_line import AppendLine
from services.gateway.application.apply_routing_event import ApplyRoutingEvent
from services.gateway.application.change_consent import ChangeConsent
from services.gateway.application.chat.presence import ChatPresence
from services.gateway.application.chat.rules import ChatRules
from services.gateway.application.customers import IdentifyCustomer
from services.gateway.application.deliver_message import DeliverMessages, DeliveryRules
from services.gateway.application.end_contact import EndContact
from services.gateway.application.enqueue_refused import EnqueueRefused
from services.gateway.application.entry_points import EntryPoints
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.finish_voicemail import FinishVoicemail
from services.gateway.application.last_agents import LastAgents
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.open_contact import OpenContact
from services.gateway.application.pool_paces import PoolPaces
from services.gateway.application.ports import ChannelSender, Contents
from services.gateway.application.receive_message import ReceiveMessage
from services.gateway.application.reply import SendReply
from services.gateway.application.report_delivery import ReportDelivery
from services.gateway.application.retrying import Patience, Retrying
from services.gateway.application.send_lines import SendLines
from services.gateway.application.tell_customer import TellCustomer
from services.gateway.wiring.stores import Stores
from switchyard.eventing.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Every command on contacts, and what runs behind them."""

    append: AppendLine
    last_agents: LastAgents
    entry_points: EntryPoints
    open: OpenContact
    end: EndContact
    receive: ReceiveMessage
    reply: SendReply
    apply: ApplyRoutingEvent
    refused: EnqueueRefused
    answer: AnswerDelivery
    change_consent: ChangeConsent
    report_delivery: ReportDelivery
    deliver: DeliverMessages
    finish_voicemail: FinishVoicemail
    send_lines: SendLines
    presence: ChatPresence
    line_sending: Retrying
    delivering: Retrying


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """What the door needs before the rest is there."""

    append: AppendLine
    apply: ApplyRoutingEvent
    send_lines: SendLines
    line_sending: Retrying


def begin_contacts(
    stores: Stores, feed: LiveFeed[FeedItem], senders: Mapping[str, ChannelSender], clock: Clock
) -> Beginnings:
    append, line_sending = AppendLine(stores.lines, feed), Retrying(Patience())
    send_lines = SendLines(contacts=stores.contacts, lines=stores.lines, senders=senders, retrying=line_sending)
    tell = TellCustomer(
        contacts=stores.contacts,
        append=append,
        lines=stores.lines,
        customers=stores.customers,
        send=send_lines,
        clock=clock,
    )
    return Beginnings(
        append=append,
        apply=ApplyRoutingEvent(stores.contacts, append, feed, tell),
        send_lines=send_lines,
        line_sending=line_sending,
    )


def open_contacts(
    *,
    stores: Stores,
    begun: Beginnings,
    queues: KnownQueues,
    paces: PoolPaces,
    senders: Mapping[str, ChannelSender],
    contents: Contents,
    metrics: GatewayMetrics,
    clock: Clock,
    replica: str,
    rules: ChatRules,
) -> Contacts:
    """Join the commands over their stores."""
    append, apply, send_lines = begun.append, begun.apply, begun.send_lines
    last_agents = LastAgents(stores.contacts)
    identify = IdentifyCustomer(stores.customers, last_agents)
    entry_points = EntryPoints(stores.entry_points, queues)
    open_contact = OpenContact(
        contacts=stores.contacts,
        identify=identify,
        entry_points=entry_points,
        queues=queues,
        append=append,
        last_agents=last_agents,
        admit=paces.admit,
    )
    end = EndContact(stores.contacts)
    answer = AnswerDelivery(stores.deliveries)
    presence = ChatPresence(replica=replica, contacts=stores.contacts, end_contact=end, clock=clock, rules=rules)
    delivering = Retrying(Patience())
    return Contacts(
        append=append,
        last_agents=last_agents,
        entry_points=entry_points,
        open=open_contact,
        end=end,
        receive=ReceiveMessage(
            contacts=stores.contacts,
            lines=stores.lines,
            entry_points=entry_points,
            open_contact=open_contact,
            append=append,
            answer=answer,
            count=metrics.message,
        ),
        reply=SendReply(contacts=stores.contacts, customers=stores.customers, append=append, send=send_lines),
        apply=apply,
        refused=EnqueueRefused(stores.contacts, apply),
        answer=answer,
        change_consent=ChangeConsent(stores.customers, identify),
        report_delivery=ReportDelivery(stores.deliveries, stores.lines),
        deliver=DeliverMessages(
            contacts=stores.contacts,
            customers=stores.customers,
            deliveries=stores.deliveries,
            contents=contents,
            senders=senders,
            sockets=presence,
            retrying=delivering,
            clock=clock,
            rules=DeliveryRules(chat_patience=timedelta(seconds=rules.grace)),
        ),
        finish_voicemail=FinishVoicemail(stores.contacts, append, apply),
        send_lines=send_lines,
        presence=presence,
        line_sending=begun.line_sending,
        delivering=delivering,
    )
