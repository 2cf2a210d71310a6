"""Every test has the fixtures of switchyard.testing, and can tell what it counted."""

from hypothesis import settings

pytest_plugins = ["switchyard.testing.plugin", "tests.tally"]

# An example that takes long on a busy machine is no failure; nothing here asserts on wall-clock time.
settings.register_profile("switchyard", deadline=None)
settings.load_profile("switchyard")
