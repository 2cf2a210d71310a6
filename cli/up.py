"""`switchyard up`: the whole platform on this machine, until Ctrl-C."""

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import httpx
import typer

from cli import backing, endpoints, keys, ports
from cli.apply import apply
from cli.environments import Backing
from cli.keys import Keys
from cli.ports import Ports
from cli.stack import Interrupted, Stack
from cli.tenant_file import TenantFile, TenantFileError, load
from switchyard.service.parenthood import die_with_parent
from switchyard.stack.child import StackError

DEMO_TENANT = Path(__file__).resolve().parents[1] / "deploy" / "demo" / "tenant.yaml"
_EMBEDDED_NOTE = """\
This is for trying, developing and testing. The embedded broker keeps its messages in memory: Ctrl-C drains them
first, but when that one process is killed, what nobody had read yet is lost. Nothing else loses anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpOptions:
    """What to start and where; `kafka` and `mongodb` name ones that run already."""

    folder: Path
    ports: Ports
    broker: Literal["embedded", "kafka"] = "embedded"
    kafka: str = ""
    mongodb: str = ""
    tenant_file: Path | None = DEMO_TENANT
    restart: bool = False


def up(
    *,
    dir: Annotated[Path, typer.Option(help="Where data, logs, keys and endpoints.json are kept.")] = Path("var"),  # noqa: A002 -- the option's name
    broker: Annotated[
        Literal["embedded", "kafka"], typer.Option(help="Memory only, or Apache Kafka 4 (needs Java and Maven).")
    ] = "embedded",
    ports_: Annotated[
        Literal["well-known", "free"], typer.Option("--ports", help="The usual ones, or any that are free.")
    ] = "well-known",
    port: Annotated[list[str] | None, typer.Option(help="One port: name=number, repeatable.")] = None,
    kafka: Annotated[str, typer.Option(help="Use the Kafka at this address rather than start one.")] = "",
    mongodb: Annotated[str, typer.Option(help="Use the MongoDB at this URI rather than start one.")] = "",
    tenant: Annotated[Path, typer.Option(help="Tenant file to apply at the start.")] = DEMO_TENANT,
    empty: Annotated[bool, typer.Option("--empty", help="Apply no tenant file.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Start a dead child again; for failure tests.")] = False,
) -> None:
    """Start broker, database and the six services on this machine; Ctrl-C drains and ends them."""
    try:
        options = UpOptions(
            folder=dir.resolve(),
            ports=ports.choose(free=ports_ == "free", given=port or ()),
            broker=broker,
            kafka=kafka,
            mongodb=mongodb,
            tenant_file=None if empty else tenant,
            restart=restart,
        )
        run(options)
    except (StackError, TenantFileError) as error:
        print(f"\nswitchyard: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def run(options: UpOptions) -> None:
    """Run the stack until a signal. Raises StackError, TenantFileError."""
    began = time.monotonic()
    die_with_parent(int(os.environ.get("SWITCHYARD_PARENT_PID", "0")))
    ours = {"kafka": not options.kafka, "mongodb": not options.mongodb}
    ports.require_free(options.ports, without=[name for name, is_ours in ours.items() if not is_ours])
    made = keys.load_or_make(options.folder)
    endpoints.remove(options.folder)
    stack = Stack(
        folder=options.folder,
        ports=options.ports,
        keys=made,
        parts=backing.plan(
            kind=options.broker,
            kafka=options.kafka,
            mongodb=options.mongodb,
            ports=options.ports,
            folder=options.folder,
        ),
        say=_say,
        restart=options.restart,
    )
    _end_on_signals(stack.asked_to_end)
    try:
        _say("Starting broker, database and six services ...")
        stack.start()
        path = _furnish(options, made, stack.parts.backing)
        _say(_where_to_look(options, path, time.monotonic() - began, embedded=stack.parts.backing.embedded))
        stack.wait()
        _say("Ending: intake is closed, what is under way is finished ...")
    except Interrupted:
        _say("Ending before the start was done ...")
    finally:
        stack.stop()
    _say("Ended.")


def _end_on_signals(asked: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked.set())


def _furnish(options: UpOptions, made: Keys, used: Backing) -> Path:
    """Apply the tenant file, have a partner key, and write endpoints.json."""
    if options.tenant_file is None:
        content = endpoints.endpoints(
            ports=options.ports, keys=made, backing=used, tenant="demo", agents=[], site_key=""
        )
        return endpoints.write(options.folder, content)
    variables = {"TWILIO_AUTH_TOKEN": made.twilio_auth_token, "PROVIDER_URL": options.ports.url("provider")}
    file = load(options.tenant_file, variables)
    with door(options.ports.url("gateway"), made, file.tenant) as client:
        done = apply(file, client, say=lambda _line: None)
        made = _with_partner_key(options.folder, made, client)
    _say(f"Tenant {file.tenant}: {done['made']} made, {done['changed']} changed, {done['unchanged']} as they were.")
    content = endpoints.endpoints(
        ports=options.ports,
        keys=made,
        backing=used,
        tenant=file.tenant,
        agents=[item.id for item in file.of_kind("agents")],
        site_key=_site_key(file),
    )
    return endpoints.write(options.folder, content)


def door(url: str, made: Keys, tenant: str) -> httpx.Client:
    """Return a client of the door that may do anything in the tenant."""
    token = made.token(
        tenant=tenant, subject="switchyard-up", roles=["admin"], now=datetime.now(UTC), lifetime=timedelta(hours=1)
    )
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=15)


def _with_partner_key(folder: Path, made: Keys, client: httpx.Client) -> Keys:
    """Make the partner's key, or a new one where the last is not known here or not there any more."""
    if made.partner_key:
        probe = client.base_url.join("/v1/commands/none")
        known = httpx.get(probe, headers={"X-Api-Key": made.partner_key}, timeout=15)
        if known.status_code != 401:
            return made
    answer = client.post("/v1/api-keys", json={"id": "partner", "name": "Demo partner", "roles": ["partner"]})
    if answer.status_code == 409:
        answer = client.post("/v1/api-keys/partner/rotate", json={"grace_seconds": 0})
    if answer.status_code >= 400:
        raise StackError(f"the partner's API key could not be made: {answer.status_code} {answer.text[:300]}")
    return keys.with_partner_key(folder, made, answer.json()["key"])


def _site_key(file: TenantFile) -> str:
    chats = [item for item in file.of_kind("entry-points") if item.fields.get("channel") == "chat"]
    return str(chats[0].fields["address"]) if chats else ""


def _where_to_look(options: UpOptions, path: Path, seconds: float, *, embedded: bool) -> str:
    content = endpoints.read(options.folder)
    lines = [
        f"\nSwitchyard is up ({seconds:.1f} s).",
        f"  chat page     {content['chat_page']}",
        f"  agent page    {content['api']}/agent   (sign in with an agent's token)",
        f"  API           {content['api']}   (OpenAPI: {content['api']}/docs)",
        f"  mail comes in {content['smtp']}",
        f"  Kafka         {content['kafka']}",
        f"  MongoDB       {content['mongodb']}",
        f"  tokens        {path}",
        f"  logs          {options.folder / 'log'}",
        "A working day: `make demo` in another terminal. Ctrl-C ends all.",
    ]
    if embedded:
        lines.append(f"\n{_EMBEDDED_NOTE}")
    return "\n".join(lines)


def _say(text: str) -> None:
    print(text, flush=True)
