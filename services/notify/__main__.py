"""`python -m services.notify`."""

from services.notify.bootstrap import build
from services.notify.settings import Settings
from switchyard.service.running import run

if __name__ == "__main__":
    run(Settings, build)
