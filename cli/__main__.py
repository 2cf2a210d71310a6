"""The command `switchyard`."""

import typer

from cli import topics
from cli.applying import apply_command
from cli.credentials import token
from cli.demo.command import demo_command
from cli.doctor import doctor
from cli.signing import sign
from cli.simulate import simulate_command
from cli.up import up

app = typer.Typer(
    help="Switchyard: an event-driven contact-centre platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(up)
app.command("apply")(apply_command)
app.command("token")(token)
app.command("sign")(sign)
app.command("doctor")(doctor)
app.command("demo")(demo_command)
app.command("simulate")(simulate_command)
app.add_typer(topics.app, name="topics")

if __name__ == "__main__":
    app()
