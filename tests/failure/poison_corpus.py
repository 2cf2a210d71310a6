"""Fifty ways in which a record can be wrong."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchyard.eventing.cloudevents import to_headers
from switchyard.internal.signals.v1.signals_pb2 import LinesRead, TypingChanged
from switchyard.testing.messages import make_event

Headers = Sequence[tuple[str, bytes]]
Record = tuple[str, bytes | None, bytes | None, Headers]

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Records for one topic: `malformed` have no envelope, `undecodable` have one and a subject that they block,
    `unknown` are of types that nobody handles.
    """

    malformed: Sequence[Record]
    undecodable: Sequence[Record]
    unknown: Sequence[Record]


def make_corpus(topic: str) -> Corpus:
    """Make the same corpus every time."""
    chance = random.Random(17)
    garbage = [chance.randbytes(size) for size in (0, 1, 10, 1_000, 100_000, 5 * _MEGABYTE)]
    good = _headers("malformed", 1)
    broken_headers = [*_without_each(good), *_with_bad_values(good)]
    malformed: list[Record] = [(topic, b"t/x", bytes_, []) for bytes_ in garbage]
    malformed += [(topic, b"t/x", b"", headers) for headers in broken_headers]
    malformed += [(topic, b"\xff\xfe", b"", good), (topic, None, None, [])]
    bodies = [
        chance.randbytes(5 * _MEGABYTE),
        # Groups within groups, deeper than any parser goes along.
        b"\x0b" * 100_000,
        # A string field of more bytes than follow.
        b"\x0a\xff\xff\xff\x7f",
        # A string that is not UTF-8.
        b"\x0a\x02\xff\xfe",
        b"\xff" * 64,
        b"\x00",
        *(b"\x0a\x7f" + chance.randbytes(size) for size in range(10)),
    ]
    undecodable = [(topic, f"t/u{n}".encode(), body, _headers(f"u{n}", 1)) for n, body in enumerate(bodies)]
    stranger = make_event(TypingChanged(), subject="x", sequence=1)
    types = (stranger.envelope.type, "switchyard.events.routing.v9.FromTheFuture", "../../etc/passwd")
    envelopes = [replace(stranger.envelope, type=name) for name in types]
    unknown: list[Record] = [(topic, b"t/x", b"", to_headers(envelope)) for envelope in envelopes]
    return Corpus(malformed=malformed, undecodable=undecodable, unknown=unknown)


def _headers(subject: str, number: int) -> Headers:
    return to_headers(make_event(LinesRead(), subject=subject, sequence=number).envelope)


def _without_each(good: Headers) -> list[Headers]:
    required = [name for name, _ in good if name.startswith("ce_") and name not in ("ce_sequence", "ce_correlationid")]
    return [[header for header in good if header[0] != name] for name in required]


def _with_bad_values(good: Headers) -> list[Headers]:
    bad: list[tuple[str, bytes]] = [
        ("ce_specversion", b"2.0"),
        ("ce_id", b"\xff"),
        ("ce_type", b""),
        ("ce_source", b"\x80\x81"),
        ("ce_subject", b""),
        ("ce_time", b"never"),
        ("ce_time", b"99999-01-01T00:00:00Z"),
        ("ce_time", b"2026-01-05T09:00:00"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1e9"),
        ("ce_sequence", b"9" * 5_000),
        ("ce_tenant", b""),
        ("ce_correlationid", b"\xff"),
        ("ce_causationid", b"\xff"),
        ("content-type", b"text/html"),
        ("traceparent", b"\xff"),
    ]
    return [[*(header for header in good if header[0] != name), (name, value)] for name, value in bad]
