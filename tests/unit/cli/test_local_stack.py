"""The parts of `switchyard up` that need no process: ports, keys, endpoints, lag, environment."""

import json
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from cli import endpoints, keys, ports
from cli.draining import sum_of
from cli.environments import Backing, environment
from cli.log_tail import tail
from cli.ports import SERVICES, WELL_KNOWN
from switchyard.stack.child import PortTaken, StackError

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BACKING = Backing(kafka="127.0.0.1:9092", embedded=True, mongodb="mongodb://127.0.0.1:27017")


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        chosen = ports.choose(free=True, given=[f"routing={number}"])
        with pytest.raises(PortTaken, match=rf"port {number} \(routing\): choose another by --port routing=NUMBER"):
            ports.require_free(chosen)


def test_a_port_of_somebody_else_is_not_wanted() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        chosen = ports.choose(free=True, given=[f"provider={taken.getsockname()[1]}", "kafka=1"])
        ports.require_free(chosen, without=["kafka"])


def test_free_ports_differ() -> None:
    chosen = ports.choose(free=True, given=())
    assert len(set(chosen.by_name.values())) == len(WELL_KNOWN)


@pytest.mark.parametrize("given", ["gateway", "gateway=", "gateway=x", "gateway=0", "gateway=70000", "fax=1"])
def test_a_port_that_is_not_understood_is_refused(given: str) -> None:
    with pytest.raises(StackError, match="say name=number"):
        ports.choose(free=False, given=[given])


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    made = keys.load_or_make(tmp_path)
    assert keys.load_or_make(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert keys.load_or_make(tmp_path / "other") != made


def test_a_token_is_good_for_the_issuer_that_the_gateway_is_told(tmp_path: Path) -> None:
    made = keys.load_or_make(tmp_path)
    token = made.token(tenant="t1", subject="ada", roles=["qa"], now=NOW, lifetime=timedelta(hours=1))
    ((name, issuer),) = json.loads(made.issuers()).items()
    assert not any("d" in key for key in issuer["jwks"]["keys"])
    claims = jwt.decode(token, KeySet.import_key_set(issuer["jwks"]), algorithms=issuer["algorithms"]).claims
    assert claims["iss"] == name
    assert claims["aud"] == issuer["audience"]
    assert (claims["sub"], claims["tenant"], claims["roles"]) == ("ada", "t1", ["qa"])
    assert claims["exp"] - claims["iat"] == 3600


def test_endpoints_have_what_clients_look_for(tmp_path: Path) -> None:
    made = keys.load_or_make(tmp_path)
    content = endpoints.endpoints(
        ports=ports.choose(free=False, given=()),
        keys=made,
        backing=BACKING,
        tenant="demo",
        agents=["agent-1", "agent-2"],
        site_key="site",
    )
    endpoints.write(tmp_path, content)
    read = endpoints.read(tmp_path)
    assert read["api"] == "http://127.0.0.1:8080"
    assert (read["smtp"], read["kafka"], read["tenant"]) == ("127.0.0.1:2525", "127.0.0.1:9092", "demo")
    assert set(read["tokens"]) == {"admin", "supervisor", "qa", "agents"}
    assert set(read["tokens"]["agents"]) == {"agent-1", "agent-2"}
    assert read["webhook_secrets"]["twilio"] == made.twilio_auth_token
    assert read["chat_page"].endswith("site_key=site")


def test_only_the_gateway_gets_the_issuers(tmp_path: Path) -> None:
    made = keys.load_or_make(tmp_path)
    chosen = ports.choose(free=False, given=())
    told = {name: environment(name, chosen, made, BACKING) for name in SERVICES}
    assert [name for name in SERVICES if "SWITCHYARD_JWT_ISSUERS" in told[name]] == ["gateway"]
    assert {told[name]["SWITCHYARD_HTTP_PORT"] for name in SERVICES} == {str(8080 + n) for n in range(6)}


def test_a_metric_is_added_up_over_its_labels() -> None:
    text = 'lag{group="a"} 2.0\nlag{group="b"} 3.0\nlagging 7\n# HELP lag x\nlag_created 9\n'
    assert sum_of("lag", text) == 5.0


def test_a_log_is_shown_as_plain_lines(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    entry = {"event": "died", "level": "critical", "timestamp": "2026-11-22T08:30:42.02Z", "part": "engine"}
    log.write_text("plain\n" + json.dumps(entry | {"exception": "Traceback\n  at x\nValueError: lost"}) + "\n")
    assert tail(log).splitlines() == [
        "  plain",
        "  08:30:42 critical died part=engine",
        "      Traceback",
        "        at x",
        "      ValueError: lost",
        f"(whole log: {log})",
    ]
    assert "(it wrote nothing)" in tail(tmp_path / "none.log")
