"""Messages, consumers' outcomes and the outbox; knows no contact, agent or ticket, and no broker or database."""
