"""The MongoDB side of the eventing ports; with the adapters of services the only place that imports motor."""
