"""The routing loop around the engine, its journal and snapshots, and the settings that feed it."""
