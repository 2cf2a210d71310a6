"""`python -m services.routing`."""

from services.routing.bootstrap import build
from services.routing.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    run(Settings, build)
