"""Every channel in and out, contacts and their lines, and the one door for REST and streams."""
