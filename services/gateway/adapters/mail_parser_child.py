"""The child process that reads mails from its standard input, one at a time, under the system's own limits.

Its processor-time alarm and its address space are bounded by the kernel, so nothing that a mail makes the parser do
can outlive them; the parent sees the pipe close and starts another child.
"""

import json
import resource
import signal
import sys
from typing import BinaryIO

from services.gateway.adapters.mail_parser_frames import LENGTH, pack_mail, pack_refusal
from services.gateway.adapters.mail_parser_limits import MailLimits
from services.gateway.adapters.mail_parser_mime import parse_mail
from services.gateway.domain.mail import MailRefused


def main() -> None:
    """Serve until the parent closes the pipe. The only argument is the limits as JSON."""
    limits = MailLimits(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (request := _next(sys.stdin.buffer)) is not None:
        sys.stdout.buffer.write(_answer(*request, limits))
        sys.stdout.buffer.flush()


def _answer(sender: str, raw: bytes, limits: MailLimits) -> bytes:
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds)
    try:
        return pack_mail(parse_mail(raw, sender, limits))
    except MailRefused as refusal:
        return pack_refusal(refusal)
    except MemoryError:
        return pack_refusal(MailRefused("mail-too-costly", "The mail takes too much memory to read."))
    except Exception as error:  # noqa: BLE001 the standard parser raises anything; the sender is told, we go on
        return pack_refusal(MailRefused("mail-unreadable", f"The mail cannot be read: {type(error).__name__}."))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _next(stream: BinaryIO) -> tuple[str, bytes] | None:
    sender = _field(stream)
    raw = _field(stream) if sender is not None else None
    return None if sender is None or raw is None else (sender.decode("utf-8", "replace"), raw)


def _field(stream: BinaryIO) -> bytes | None:
    length = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else None


if __name__ == "__main__":
    main()
