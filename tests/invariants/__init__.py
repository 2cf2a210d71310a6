"""The platform's invariants, checked from what clients saw, what databases hold and what topics carry."""
