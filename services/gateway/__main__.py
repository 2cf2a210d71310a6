"""`python -m services.gateway`."""

from services.gateway.bootstrap import build
from services.gateway.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    run(Settings, build)
