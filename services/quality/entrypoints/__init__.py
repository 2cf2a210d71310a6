"""Where requests and events enter quality."""
