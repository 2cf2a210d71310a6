"""`switchyard sign`: the header under which the local stack takes a webhook, to play the provider by hand."""

from pathlib import Path
from typing import Annotated

import typer
from twilio.request_validator import RequestValidator

from cli import keys


def sign(
    url: Annotated[str, typer.Argument(help="The webhook's whole URL.")],
    field: Annotated[list[str], typer.Argument(help="The form's fields, name=value each.")],
    dir: Annotated[Path, typer.Option(help="The stack's folder.")] = Path("var"),  # noqa: A002 -- the option's name
) -> None:
    """Print the X-Twilio-Signature of a form, made with the stack's own secret."""
    form = dict(each.partition("=")[::2] for each in field)
    secret = keys.load_or_make(dir).twilio_auth_token
    print(RequestValidator(secret).compute_signature(url, form))
