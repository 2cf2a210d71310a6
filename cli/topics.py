"""`switchyard topics`: the topics of the contract, and making them on a broker."""

import asyncio
from typing import Annotated

import typer

from switchyard.kafka.topics import create_topics, load_topics

app = typer.Typer(help="List the topics of the contract, or create them on a broker.", no_args_is_help=True)


def create(bootstrap: str, *, replication: int = 1) -> None:
    """Create every topic and its dead letters where they are missing. Raises BrokerUnavailable."""
    asyncio.run(create_topics(bootstrap, load_topics(), replication=replication))


@app.command("list")
def list_topics() -> None:
    """Show who owns each topic, who reads it, and what it carries."""
    for topic in load_topics():
        kept = "compacted" if topic.compacted else f"{topic.retention_hours} h"
        print(f"{topic.name:30} {topic.visibility:9} owner {topic.owner:10} {topic.partitions:3} partitions, {kept}")
        print(f"{'':30} read by {', '.join(topic.consumers)}")
        for message in topic.messages:
            print(f"{'':30}   {message}")


@app.command("create")
def create_on(
    kafka: Annotated[str, typer.Option(help="Bootstrap address.")] = "127.0.0.1:9092",
    replication: Annotated[int, typer.Option(help="Copies of each partition; 3 in production.")] = 1,
) -> None:
    """Create what is missing; what is there stays as it is."""
    create(kafka, replication=replication)
    print(f"every topic is on {kafka}")
