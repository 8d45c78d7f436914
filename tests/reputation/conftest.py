"""What the tests of reputation share."""

import pytest

from tests.factory import Factory
from tests.reputation.drafting import Browse
from tests.surfing import Surfer


@pytest.fixture
def manager(make: Factory, browse: Browse) -> Surfer:
    """The community manager, with a draft begun from the rules in force."""
    hand = browse(make.member("nele", role="admin"))
    assert hand.post("/manage/rules/draft").headers["Location"] == "/manage/rules/draft"
    return hand
