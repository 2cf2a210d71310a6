"""`python -m services.ticketing`."""

from services.ticketing.bootstrap import build
from services.ticketing.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    run(Settings, build)
