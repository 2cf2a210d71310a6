"""Read one evaluation, or a list."""

from services.quality.application.ports import EvaluationQuery, Evaluations, Listed
from services.quality.domain.errors import EvaluationNotFound
from services.quality.domain.evaluation import Evaluation


async def find_evaluation(evaluations: Evaluations, tenant: str, evaluation_id: str) -> Evaluation:
    """Raises EvaluationNotFound, for another tenant's evaluation too."""
    found = await evaluations.find(tenant, evaluation_id)
    if found is None:
        raise EvaluationNotFound(evaluation_id)
    return found


async def list_evaluations(evaluations: Evaluations, tenant: str, query: EvaluationQuery) -> Listed:
    return await evaluations.page(tenant, query)
