"""The command `switchyard apply`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import endpoints, keys
from cli.apply import apply
from cli.tenant_file import TenantFileError, load
from cli.up import door


def apply_command(
    file: Annotated[Path, typer.Argument(help="The tenant's YAML file.")],
    set_: Annotated[list[str] | None, typer.Option("--set", help="NAME=value for a ${NAME} of the file.")] = None,
    dir: Annotated[Path, typer.Option(help="The stack's folder.")] = Path("var"),  # noqa: A002 -- the option's name
) -> None:
    """Bring a tenant to what FILE says: sites, teams, queues, agents, entry points and the rest."""
    try:
        where = endpoints.read(dir)
        made = keys.load_or_make(dir)
        variables = {"TWILIO_AUTH_TOKEN": made.twilio_auth_token, "PROVIDER_URL": where["provider"], **os.environ}
        variables |= dict(each.split("=", 1) for each in set_ or () if "=" in each)
        tenant = load(file, variables)
        with door(where["api"], made, tenant.tenant) as client:
            done = apply(tenant, client, say=print)
    except FileNotFoundError as error:
        print(f"switchyard: no stack runs in {dir}; start one by `switchyard up`", file=sys.stderr)
        raise typer.Exit(1) from error
    except TenantFileError as error:
        print(f"switchyard: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    print(f"{done['made']} made, {done['changed']} changed, {done['unchanged']} as they were")
