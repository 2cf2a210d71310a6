"""What several tests of routing begin with."""

import pytest

from tests.unit.routing.loop_house import House


@pytest.fixture
def house() -> House:
    return House()
