"""What a queue's estimates are made from, as it is kept."""

from services.routing.domain.moments import Moment
from services.routing.domain.values import dataclass

#: So many gaps between answers are remembered: enough for a mean, few enough to follow the hour.
GAPS_KEPT = 50
#: So many answered contacts are remembered that had been given an estimate.
JUDGED_KEPT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEstimate:
    """What a contact was told when it began to wait, and the model behind: a gamma of this mean and shape."""

    contact_id: str
    entry: int
    queue_id: str
    at: Moment
    position: int
    estimated_seconds: float
    low_seconds: float
    high_seconds: float
    mean_seconds: float
    shape: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A queue's recent past, the oldest first.

    A gap is the time to an answer during which somebody waited: since the answer before, or since the answered
    contact was queued where that is later. Contacts that found somebody free say nothing of how long a queue takes:
    they count only until the first that did wait (`waited`). Of each judged estimate three things are kept: how far
    off it was, where in the model's distribution the true wait lay, and whether that was inside the band. `outside`
    is the share, in ten-thousandths, that the next band is to leave outside of what has been seen.
    """

    queue_id: str
    gaps_ms: tuple[int, ...] = ()
    waited: bool = False
    last_answer: Moment = 0
    errors_ms: tuple[int, ...] = ()
    z_milli: tuple[int, ...] = ()
    inside: tuple[bool, ...] = ()
    outside: int = 2_000
