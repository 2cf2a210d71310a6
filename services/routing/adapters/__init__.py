"""Routing's ports on the real things: MongoDB, Kafka, protobuf, Prometheus."""
