"""The gateway's ports made real: MongoDB, protobuf, providers, other services."""
