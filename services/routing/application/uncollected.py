"""Making much that stays, without looking for garbage in it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles away meanwhile, and from whatever is there afterwards for good.

    What a pool is made of are values, freed as soon as nobody refers to them; a pool that is given up is dismantled,
    for cycles that are kept from the collector stay for ever. So the garbage of before is collected first. To walk
    through half a million contacts again and again while they are read takes longer than to read them, and each walk
    holds the whole process up.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
