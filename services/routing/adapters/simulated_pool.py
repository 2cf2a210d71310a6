"""The pool that a simulation plays in: with all that the engine is given in production."""

from services.routing.adapters.cel_expressions import CelExpressions
from services.routing.domain.pool import PoolState
from services.routing.simulation.replication import NewPool


def pools_with(expressions: CelExpressions) -> NewPool:
    return lambda: PoolState(pool_id="simulation", expressions=expressions)
