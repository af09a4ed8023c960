"""What an operator watches (Prometheus). One registry an application, so that several live in one process."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

PREFIX = "vet_sidecar_"

Gauges = dict[str, tuple[str, float]]
"""name → (what it counts, its value now)"""


class Metrics:
    """The counters of the service; gauges are read when someone asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.tickets_refused = self._counter("tickets_refused", "Tickets refused, by reason", "reason")
        self.events = self._counter("events", "Attempts to deliver events to Odoo, by outcome", "outcome")
        self.recordings = self._counter("recordings", "Recordings, by outcome", "outcome")
        self.uploads = self._counter("uploads", "Uploads that came to an end, by outcome", "outcome")
        self.upload_bytes = Counter(PREFIX + "upload_bytes", "Bytes of uploads on the disk", registry=self.registry)
        self.clips = self._counter("clips", "Uploaded files that were worked on, by outcome", "outcome")
        self.signals_dropped = self._counter(
            "signals_dropped", "Signals whose receiver was not there, by reason", "reason"
        )

    def _counter(self, name: str, documentation: str, label: str) -> Counter:
        return Counter(PREFIX + name, documentation, [label], registry=self.registry)

    def exposition(self, gauges: Gauges) -> bytes:
        """The text that Prometheus reads."""
        collector = _Snapshot(gauges)
        self.registry.register(collector)
        try:
            return generate_latest(self.registry)
        finally:
            self.registry.unregister(collector)


class _Snapshot(Collector):
    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for name, (documentation, value) in self._gauges.items():
            yield GaugeMetricFamily(PREFIX + name, documentation, value=value)


GaugeSource = Callable[[], Gauges]
