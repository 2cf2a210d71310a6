"""The Kafka side of the eventing ports; the only package that imports aiokafka."""
