"""How many histories are lived through: all that CI has time for, or `make soak`'s."""

from tests.failure.scale import SOAK

FEW = 200
SEEDS = 10_000 if SOAK else FEW
#: So many in one test: a test for each would spend more on the test than on the seed.
AT_ONCE = 10
