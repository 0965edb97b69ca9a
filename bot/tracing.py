"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says where to: an update as a span, its stages within it.

With a provider of our own instead of the global one: libraries that trace by themselves would send along what visitors
wrote. A span holds its name, the reference, how long it took, and of an error the kind, never the text.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

_tracer: Tracer | None = None


@contextmanager
def to_collector(endpoint: str) -> Iterator[None]:
    """Within it, spans go by OTLP over HTTP to the collector at ``endpoint``, in the background. Needs the extra ``tracing``."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    with exporting(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")):
        yield


@contextmanager
def exporting(exporter: SpanExporter) -> Iterator[None]:
    """Within it, spans go to ``exporter``; what has not gone yet goes at the end."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "expo-bot"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, export_timeout_millis=5_000))
    _tracer = provider.get_tracer("expo-bot")
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


@contextmanager
def span(name: str, earlier: float, attributes: Mapping[str, str]) -> Iterator[None]:
    """A span around the ``with``, begun ``earlier`` seconds ago; nothing where nobody listens."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import StatusCode

    begun = time.time_ns() - round(earlier * 1e9)
    with _tracer.start_as_current_span(
        name, start_time=begun, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except BaseException as error:
            current.set_status(StatusCode.ERROR, type(error).__name__)
            raise
