"""What a decision may give back."""

from typing import TypeAlias

from services.routing.domain.events import Event
from services.routing.domain.refusals import Refusal

#: No events at all is a success too: what was asked for is so already.
Answer: TypeAlias = tuple[Event, ...] | Refusal
NOTHING: tuple[Event, ...] = ()
