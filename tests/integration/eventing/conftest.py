"""Tests of this folder run on every real broker."""

from switchyard.testing.kafka_fixtures import kafka, kafka_stage, publisher, topic

__all__ = ["kafka", "kafka_stage", "publisher", "topic"]
