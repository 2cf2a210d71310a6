"""Whether something that speaks Kafka listens, asked without a client library."""

import socket
import struct

#: ApiVersions (key 18) in its version 0, correlation 1, no client id: every broker answers it.
_REQUEST = struct.pack(">hhih", 18, 0, 1, -1)


def answers_kafka(port: int) -> bool:
    """Ask the broker on the loopback for its versions."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(_REQUEST)) + _REQUEST)
            answer = connection.recv(10, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">ih", answer[4:10]) == (1, 0)
