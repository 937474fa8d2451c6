//! Spans as OTLP's JSON (opentelemetry.io/docs/specs/otlp): `ExportTraceServiceRequest`.

use serde_json::{Value as Json, json};

use super::settings::Settings;
use super::spans::Ended;

/// The body of a request.
pub(super) fn request(settings: &Settings, spans: &[Ended]) -> Json {
    let resource = settings.resource.iter();
    let resource: Vec<Json> = resource
        .map(|(key, value)| attribute(key, &Json::from(value.as_str())))
        .collect();
    let spans: Vec<Json> = spans.iter().map(span).collect();
    json!({
        "resourceSpans": [{
            "resource": { "attributes": resource },
            "scopeSpans": [{
                "scope": { "name": "tau", "version": env!("CARGO_PKG_VERSION") },
                "spans": spans,
            }],
        }],
    })
}

fn span(span: &Ended) -> Json {
    let failed = span.fields.get("failed") == Some(&Json::Bool(true));
    let named = span.fields.iter().filter(|(key, _)| *key != "failed");
    let attributes: Vec<Json> = named
        .map(|(key, value)| attribute(&format!("tau.{key}"), value))
        .collect();
    // What is inside a step is easier to find under its name.
    let name = match span.fields.get("step").and_then(Json::as_str) {
        Some(step) => format!("{} {step}", span.name),
        None => span.name.to_owned(),
    };
    json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "parentSpanId": span.parent.map(|id| format!("{id:016x}")).unwrap_or_default(),
        "name": name,
        "kind": 1,
        "startTimeUnixNano": span.from.to_string(),
        "endTimeUnixNano": span.to.to_string(),
        "attributes": attributes,
        "status": { "code": if failed { 2 } else { 0 } },
    })
}

/// 64-bit numbers are texts in this JSON.
fn attribute(key: &str, value: &Json) -> Json {
    let value = match value {
        Json::Bool(value) => json!({ "boolValue": value }),
        Json::Number(number) => json!({ "intValue": number.to_string() }),
        Json::String(text) => json!({ "stringValue": text }),
        other => json!({ "stringValue": other.to_string() }),
    };
    json!({ "key": key, "value": value })
}
