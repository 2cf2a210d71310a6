"""A whole gateway process with its channels, and what stands behind it."""

from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.integration.gateway.gateway_process import GatewayProcess

HOTLINE, TEXT_LINE = "+15550101", "+15550100"
SURVEY = "How was it, from 1 to 5?"


class Notify(BaseHTTPRequestHandler):
    """Gives the same words for every delivery."""

    def do_GET(self) -> None:
        content = f'{{"text": "{SURVEY}", "subject": "Your opinion"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


@dataclass(kw_only=True)
class Running:
    process: GatewayProcess
    smtp_port: int
    smarthost_port: int
