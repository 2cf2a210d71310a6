"""`python -m services.routing`; with `export` it writes a recorded day to a file instead."""

import sys

from services.routing import exporting
from services.routing.bootstrap import build
from services.routing.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    if sys.argv[1:2] == ["export"]:
        sys.exit(exporting.main(sys.argv[2:]))
    run(Settings, build)
