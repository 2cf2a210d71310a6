"""`python -m services.quality`."""

from services.quality.bootstrap import build
from services.quality.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    run(Settings, build)
