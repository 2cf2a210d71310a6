"""Web chat: starting, holding and losing a customer's socket, and the place in the queue it shows."""
