"""The demo's customers, one module a channel; each knows only the public door of its channel."""
