"""What a chat's session stands on, joined once per replica."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.gateway.application.answer_delivery import AnswerDelivery
from services.gateway.application.append_line import AppendLine
from services.gateway.application.chat.presence import ChatPresence
from services.gateway.application.chat.queue_places import QueuePlaces
from services.gateway.application.chat.rules import ChatRules
from services.gateway.application.chat.start_chat import StartChat
from services.gateway.application.chat.tokens import ResumeTokens
from services.gateway.application.deliver_message import DeliverMessages
from services.gateway.application.end_contact import EndContact
from services.gateway.application.entry_points import EntryPoints
from services.gateway.application.feed_items import FeedItem
from services.gateway.application.live_feed import LiveFeed
from services.gateway.application.ports import Contacts, Deliveries, Lines
from services.gateway.application.signals import Signals

#: Tells an agent's name for (tenant, agent id).
NameOfAgent = Callable[[str, str], str]
#: Counts a chat's turn of life by its name: started, resumed, lost, refused ...
CountChat = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatParts:
    contacts: Contacts
    lines: Lines
    deliveries: Deliveries
    entry_points: EntryPoints
    start: StartChat
    append: AppendLine
    end: EndContact
    answer: AnswerDelivery
    deliver: DeliverMessages
    signals: Signals
    presence: ChatPresence
    places: QueuePlaces
    tokens: ResumeTokens
    feed: LiveFeed[FeedItem]
    rules: ChatRules
    clock: Callable[[], datetime]
    name_of_agent: NameOfAgent
    count: CountChat
