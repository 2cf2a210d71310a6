"""The formulas of docs/figures.md over counters and time sums. Shares are 0 to 1; a zero denominator gives None."""

from collections.abc import Mapping

#: Names the version of the definitions that an answer was computed by.
DEFINITION = "switchyard-figures-1"

SERVICE_LEVELS: Mapping[str, str] = {
    "answered_over_offered": "answered_in_target / offered",
    "abandons_ignored": "answered_in_target / (offered - abandoned_in_target)",
    "abandons_positive": "(answered_in_target + abandoned_in_target) / offered",
    "removed_in_target": "(answered_in_target + abandoned_in_target + callback_requested_in_target) / offered",
    "short_abandons_excluded": "answered_in_target / (offered - short_abandoned)",
    "answered_only": "answered_in_target / answered",
    "with_flow_out": "answered_in_target / (answered + abandoned + flowed_out)",
    "without_flow_out": "answered_in_target / (answered + abandoned)",
}

RATES: Mapping[str, str] = {
    "asa_seconds": "wait_answered / answered",
    "aht_seconds": "(talk + wrap_up) / handled; of agents (talk + assignment_wrap_up) / handled",
    "abandonment": "abandoned / offered",
    "abandonment_without_short": "(abandoned - short_abandoned) / (offered - short_abandoned)",
    "transfer_rate": "transferred_out / handled",
    "non_response": "offers_timed_out / offers",
    "occupancy": "(busy + wrap_up + ringing) / (busy + wrap_up + ringing + available), wall clock",
    "occupancy_weighted": "held_units / capacity_units, both in unit seconds; capacity while in a state of occupancy",
    "utilisation": "(busy + wrap_up + ringing + available) / time in any state but offline",
    "csat": "csat_satisfied / csat_answers; satisfied is 4 and 5 of 5",
    "csat_response": "csat_answers / csat_asked",
    "quality_score": "score_hundredths / 100 / evaluations",
    "quality_passed": "evaluations_passed / evaluations",
}


def service_level(counters: Mapping[str, int]) -> dict[str, float | None]:
    """Compute every known variant from the same counters of one queue and interval."""

    def c(name: str) -> int:
        return counters.get(name, 0)

    answered, abandoned = c("answered_in_target"), c("abandoned_in_target")
    removed = answered + abandoned + c("callback_requested_in_target")
    return {
        "answered_over_offered": ratio(answered, c("offered")),
        "abandons_ignored": ratio(answered, c("offered") - abandoned),
        "abandons_positive": ratio(answered + abandoned, c("offered")),
        "removed_in_target": ratio(removed, c("offered")),
        "short_abandons_excluded": ratio(answered, c("offered") - c("short_abandoned")),
        "answered_only": ratio(answered, c("answered")),
        "with_flow_out": ratio(answered, c("answered") + c("abandoned") + c("flowed_out")),
        "without_flow_out": ratio(answered, c("answered") + c("abandoned")),
    }


def queue_rates(counters: Mapping[str, int], time: Mapping[str, int]) -> dict[str, float | None]:
    offered, short = counters.get("offered", 0), counters.get("short_abandoned", 0)
    return {
        "asa_seconds": _seconds(time.get("wait_answered", 0), counters.get("answered", 0)),
        "abandonment": ratio(counters.get("abandoned", 0), offered),
        "abandonment_without_short": ratio(counters.get("abandoned", 0) - short, offered - short),
        **_work_rates(counters, talk=time.get("talk", 0), wrap_up=time.get("wrap_up", 0)),
    }


def agent_rates(counters: Mapping[str, int], time: Mapping[str, int]) -> dict[str, float | None]:
    active = sum(time.get(state, 0) for state in ("busy", "wrap_up", "ringing"))
    ready = active + time.get("available", 0)
    signed_in = ready + sum(amount for name, amount in time.items() if name.startswith("not_ready."))
    return {
        "occupancy": ratio(active, ready),
        "occupancy_weighted": ratio(time.get("held_units", 0), time.get("capacity_units", 0)),
        "utilisation": ratio(ready, signed_in),
        **_work_rates(counters, talk=time.get("talk", 0), wrap_up=time.get("assignment_wrap_up", 0)),
    }


def _work_rates(counters: Mapping[str, int], *, talk: int, wrap_up: int) -> dict[str, float | None]:
    handled, evaluations = counters.get("handled", 0), counters.get("evaluations", 0)
    return {
        "aht_seconds": _seconds(talk + wrap_up, handled),
        "transfer_rate": ratio(counters.get("transferred_out", 0), handled),
        "non_response": ratio(counters.get("offers_timed_out", 0), counters.get("offers", 0)),
        "csat": ratio(counters.get("csat_satisfied", 0), counters.get("csat_answers", 0)),
        "csat_response": ratio(counters.get("csat_answers", 0), counters.get("csat_asked", 0)),
        "quality_score": ratio(counters.get("score_hundredths", 0), 100 * evaluations),
        "quality_passed": ratio(counters.get("evaluations_passed", 0), evaluations),
    }


def ratio(numerator: int, denominator: int) -> float | None:
    """Divide; None where there is nothing to divide by (interval borders can even make it negative)."""
    return numerator / denominator if denominator > 0 else None


def _seconds(milliseconds: int, count: int) -> float | None:
    return ratio(milliseconds, 1000 * count)
