"""Quality's events as the public protobuf: results and points, no line of anybody's words."""

from services.quality.domain.evaluation import Answer, Evaluation
from switchyard.eventing.drafting import draft
from switchyard.eventing.envelope import EventDraft
from switchyard.events.quality.v1 import evaluation_events_pb2 as pb

TOPIC = "quality-events-v1"


def completed(tenant: str, evaluation: Evaluation, causation_id: str) -> EventDraft:
    """Draft the announcement of an evaluation."""
    return draft(
        to_protobuf(evaluation),
        topic=TOPIC,
        key=f"{tenant}/{evaluation.id}",
        subject=f"{tenant}/{evaluation.id}",
        time=evaluation.evaluated_at,
        correlation_id=evaluation.contact_id,
        causation_id=causation_id,
    )


def to_protobuf(evaluation: Evaluation) -> pb.EvaluationCompleted:
    return pb.EvaluationCompleted(
        evaluation_id=evaluation.id,
        contact_id=evaluation.contact_id,
        channel=evaluation.channel,
        queue_id=evaluation.queue_id,
        agent_id=evaluation.agent_id,
        team_id=evaluation.team_id,
        site_id=evaluation.site_id,
        scorecard_id=evaluation.scorecard_id,
        scorecard_version=evaluation.scorecard_version,
        method=evaluation.method,
        score=evaluation.score,
        passed=evaluation.passed,
        flagged=evaluation.flagged,
        answers=[_answer(answer) for answer in evaluation.answers],
        first_response_seconds=evaluation.first_response_seconds,
    )


def _answer(answer: Answer) -> pb.Answer:
    return pb.Answer(
        question_id=answer.question_id,
        result=answer.result,
        points=answer.points,
        weight=answer.weight,
        fatal=answer.fatal,
    )
