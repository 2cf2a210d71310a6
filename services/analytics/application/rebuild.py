"""Making all figures again from the archive, beside those in use, then putting the new ones in their place."""

from services.analytics.application.count import FigureWriter, count_archived
from services.analytics.application.ports import Archive, Generations, ReadFact


async def rebuild(archive: Archive, generations: Generations, read_fact: ReadFact) -> int:
    """Count the whole archive anew and use the result; return the number of events.

    Counting may go on meanwhile: whoever counts goes over to the new figures and catches up with what came since.
    """
    store = await generations.begin_next()
    writer = FigureWriter(store)
    events = await count_archived(archive, writer, read_fact)
    events += await count_archived(archive, writer, read_fact)
    await generations.use(store)
    return events
