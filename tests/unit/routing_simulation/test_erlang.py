"""The closed forms, against published values and against each other."""

import pytest

from services.routing.simulation.erlang import erlang_a, erlang_b, erlang_c


@pytest.mark.parametrize(
    ("load", "servers", "service", "target", "expected"),
    [
        (10, 14, 180, 20, (0.1741, 0.8884, 7.84, 0.7143)),
        (10, 12, 180, 20, (0.4494, 0.6402, 40.4, 0.8333)),
        (48, 55, 240, 15, (0.2387, 0.8459, 8.18, 0.8727)),
    ],
)
def test_erlang_c_gives_the_published_values(
    load: float, servers: int, service: float, target: float, expected: tuple[float, ...]
) -> None:
    solved = erlang_c(load=load, servers=servers, service_seconds=service)
    found = (solved.delayed, solved.within(target), solved.asa_seconds, solved.occupancy)
    assert found == pytest.approx(expected, rel=2e-3)


def test_one_server_waits_as_the_textbook_says() -> None:
    solved = erlang_c(load=0.7, servers=1, service_seconds=60)
    assert (solved.delayed, solved.asa_seconds) == pytest.approx((0.7, 140.0))


def test_a_load_that_never_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="without end"):
        erlang_c(load=12, servers=12, service_seconds=180)


def test_erlang_b_of_two_servers_is_the_formula_written_out() -> None:
    assert erlang_b(2.0, 2) == pytest.approx((2.0**2 / 2) / (1 + 2.0 + 2.0**2 / 2))


@pytest.mark.parametrize(
    ("load", "servers", "patience"),
    [(10, 10, 120), (12, 10, 60), (0.5, 1, 60), (1_000, 1_000, 180), (1_100, 1_000, 90)],
)
def test_erlang_a_agrees_with_its_birth_and_death_process(load: float, servers: int, patience: float) -> None:
    delayed, abandoned = _birth_and_death(load, servers, 180 / patience)
    solved = erlang_a(load=load, servers=servers, service_seconds=180, patience_seconds=patience)
    assert (solved.delayed, solved.abandoned) == pytest.approx((delayed, abandoned), rel=1e-9)
    assert solved.answered_within(0) == pytest.approx(1 - delayed)
    assert solved.answered_within(1e6) == pytest.approx(1 - abandoned)


def test_erlang_a_with_endless_patience_is_erlang_c() -> None:
    patient = erlang_a(load=10, servers=14, service_seconds=180, patience_seconds=1e7)
    endless = erlang_c(load=10, servers=14, service_seconds=180)
    assert patient.answered_within(20) == pytest.approx(endless.within(20), abs=1e-4)
    assert patient.wait_seconds == pytest.approx(endless.asa_seconds, rel=1e-3)


def _birth_and_death(load: float, servers: int, impatience: float) -> tuple[float, float]:
    """Sum the stationary states of M/M/c+M, relative to state c; time in service times."""
    below, weight = 0.0, 1.0
    for state in range(servers, 0, -1):
        weight *= state / load
        below += weight
    waiting, queue, weight, length = 1.0, 0.0, 1.0, 0
    while weight > 1e-18:
        length += 1
        weight *= load / (servers + length * impatience)
        waiting, queue = waiting + weight, queue + length * weight
    return waiting / (below + waiting), impatience * queue / load / (below + waiting)
