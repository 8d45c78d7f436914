"""The tools of the tests do what the tests rely on."""

import pytest


def test_groups_of_tests_stay_together(request: pytest.FixtureRequest) -> None:
    """Tests of a file run in one process and share its server. Were the groups not found, nothing else would tell:
    each test would start a server of its own, and the whole take half as long again."""
    if not request.config.getoption("loadgroup", False):
        pytest.skip("the tests are not told apart into groups")
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group")]
    assert request.node in grouped
    for item in grouped:
        assert item.nodeid.rpartition("@")[2] in {mark.args[0] for mark in item.iter_markers("xdist_group")}
