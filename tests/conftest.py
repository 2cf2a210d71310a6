"""Every test has the fixtures of switchyard.testing."""

pytest_plugins = ["switchyard.testing.plugin"]
