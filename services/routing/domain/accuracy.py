"""How good estimates have been."""

from services.routing.domain.forecaster import Forecaster
from services.routing.domain.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How good a queue's last estimates were; None where nothing was judged yet."""

    judged: int
    mean_absolute_error_seconds: float | None
    inside_band_share: float | None


def accuracy(*forecasts: Forecaster) -> Accuracy:
    """Give the mean error and the share inside the band, over one queue or over several."""
    errors = [error for forecast in forecasts for error in forecast.errors_ms]
    inside = [hit for forecast in forecasts for hit in forecast.inside]
    if not errors:
        return Accuracy(judged=0, mean_absolute_error_seconds=None, inside_band_share=None)
    return Accuracy(
        judged=len(errors),
        mean_absolute_error_seconds=round(sum(errors) / len(errors) / 1000, 1),
        inside_band_share=round(sum(inside) / len(inside), 3),
    )
