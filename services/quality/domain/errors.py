"""Why quality refuses.

QualityError
├── ScorecardNotFound, ScorecardExists, ScorecardInvalid, TooManyScorecards
├── EvaluationNotFound
└── VersionStale
"""


class QualityError(Exception):
    """A request was refused; `code` is stable, `pointer` names the field at fault, if one is."""

    code = "quality-refused"
    pointer = ""


class ScorecardNotFound(QualityError):
    """The tenant has no such scorecard, or no such version of it."""

    code = "scorecard-not-found"

    def __init__(self, scorecard_id: str) -> None:
        super().__init__(f"There is no scorecard {scorecard_id!r}.")
        self.scorecard_id = scorecard_id


class ScorecardExists(QualityError):
    """The tenant has a scorecard of that id already."""

    code = "scorecard-exists"
    pointer = "/id"

    def __init__(self, scorecard_id: str) -> None:
        super().__init__(f"There is a scorecard {scorecard_id!r} already.")
        self.scorecard_id = scorecard_id


class ScorecardInvalid(QualityError):
    """The scorecard contradicts itself."""

    code = "scorecard-invalid"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


class TooManyScorecards(QualityError):
    """Each scorecard scores every contact it applies to, so their number is bounded."""

    code = "too-many-scorecards"

    def __init__(self, most: int) -> None:
        super().__init__(f"A tenant has at most {most} scorecards.")


class EvaluationNotFound(QualityError):
    """The tenant has no such evaluation."""

    code = "evaluation-not-found"

    def __init__(self, evaluation_id: str) -> None:
        super().__init__(f"There is no evaluation {evaluation_id!r}.")
        self.evaluation_id = evaluation_id


class VersionStale(QualityError):
    """The client insisted on a version that is no longer the current one."""

    code = "version-stale"

    def __init__(self, current: int) -> None:
        super().__init__(f"The current version is {current}.")
        self.current = current
