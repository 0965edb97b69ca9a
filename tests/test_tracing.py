"""Traces: an update with its stages within, the reference, and nothing of what anybody said."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, get_tracer_provider

from bot import metrics, tracing
from bot.settings import read
from tests.fair import GERMAN, opened_fair


def spans(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


async def test_an_update_is_a_span_with_its_stages_within_it(tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    with tracing.exporting(exporter):
        async with opened_fair(tmp_path) as fair:
            await fair.deliver("message", 4711, **anna("Wo liegt Kanarienvogel?"))
            await fair.settled()

    found = spans(exporter)
    update = found["update"]
    assert {"update", "waiting", "sending"} <= set(found)
    assert update.attributes == {"reference": "4711"}
    for name in ("waiting", "sending"):
        inner = found[name].parent
        assert inner is not None
        assert inner.span_id == update.context.span_id
    told = " ".join(span.to_json() for span in exporter.get_finished_spans())
    assert [word for word in ("Kanarienvogel", "Anna", str(GERMAN)) if word in told] == []


def test_of_an_error_the_kind_is_told_and_not_the_text() -> None:
    exporter = InMemorySpanExporter()
    with tracing.exporting(exporter), pytest.raises(ValueError, match="Anna"), metrics.stage("lookup"):
        raise ValueError("what Anna wrote")

    (span,) = exporter.get_finished_spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError")
    assert "Anna" not in span.to_json()


def test_what_began_earlier_is_as_long_as_it_took() -> None:
    exporter = InMemorySpanExporter()
    with tracing.exporting(exporter):
        metrics.took("model", 2.5)

    (span,) = exporter.get_finished_spans()
    assert span.start_time is not None
    assert span.end_time is not None
    assert 2.5e9 <= span.end_time - span.start_time < 3.5e9


def test_nothing_is_traced_unless_somebody_listens() -> None:
    exporter = InMemorySpanExporter()
    with tracing.exporting(exporter):
        pass
    with metrics.stage("lookup"):
        pass

    assert exporter.get_finished_spans() == ()


def test_libraries_do_not_join_in() -> None:
    before = get_tracer_provider()
    with tracing.exporting(InMemorySpanExporter()):
        assert get_tracer_provider() is before


def test_the_switch_is_an_address() -> None:
    from bot import assembly

    with assembly.traced(read(otel_exporter_otlp_endpoint="")), metrics.stage("lookup"):
        assert tracing._tracer is None
    with assembly.traced(read(otel_exporter_otlp_endpoint="http://127.0.0.1:1")):
        assert tracing._tracer is not None
    assert tracing._tracer is None


def anna(text: str) -> dict[str, object]:
    chat = {"id": GERMAN, "type": "private", "first_name": "Anna"}
    sender = {"id": GERMAN, "is_bot": False, "first_name": "Anna", "language_code": "de"}
    return {"message_id": 900, "date": 1772452800, "chat": chat, "from": sender, "text": text}
