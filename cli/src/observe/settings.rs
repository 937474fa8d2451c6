//! The variables that OpenTelemetry has for exporters.

use super::http::Address;

/// Where spans are sent, and as whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) address: Address,
    /// More headers, such as a token.
    pub(super) headers: Vec<(String, String)>,
    /// What the spans are of: `service.name` and others.
    pub(super) resource: Vec<(String, String)>,
}

impl Settings {
    /// `None` when nobody asks for it.
    ///
    /// # Errors
    /// A sentence: what is asked for cannot be done.
    pub(super) fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Settings>, String> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        if variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let of_traces = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        let url = match (of_traces, variable("OTEL_EXPORTER_OTLP_ENDPOINT")) {
            (Some(url), _) => url,
            (None, Some(url)) => format!("{}/v1/traces", url.trim_end_matches('/')),
            (None, None) => return Ok(None),
        };
        let protocol = variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
            .or_else(|| variable("OTEL_EXPORTER_OTLP_PROTOCOL"));
        if protocol.is_some_and(|it| it.trim() == "grpc") {
            return Err("traces are not sent: tau speaks OTLP over HTTP, and \
                        OTEL_EXPORTER_OTLP_PROTOCOL asks for `grpc`"
                .to_owned());
        }
        let address = Address::parse(url.trim()).ok_or_else(|| {
            "traces are not sent: OTEL_EXPORTER_OTLP_ENDPOINT is no address such as \
             `http://localhost:4318`"
                .to_owned()
        })?;
        let headers = variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS")
            .or_else(|| variable("OTEL_EXPORTER_OTLP_HEADERS"));
        let mut resource = pairs(&variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default());
        let name = variable("OTEL_SERVICE_NAME");
        if name.is_some() || resource.iter().all(|(key, _)| key != "service.name") {
            resource.retain(|(key, _)| key != "service.name");
            resource.push(("service.name".to_owned(), name.unwrap_or("tau".to_owned())));
        }
        Ok(Some(Settings {
            address,
            headers: pairs(&headers.unwrap_or_default()),
            resource,
        }))
    }
}

/// `a=1,b=2`, with `%2C` for what would divide them. Nothing that could begin another line.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(key, value)| (decoded(key.trim()), decoded(value.trim())));
    pairs
        .filter(|(key, value)| {
            !key.is_empty() && !(key.to_owned() + value).contains(char::is_control)
        })
        .collect()
}

/// Percent signs and two digits as the bytes they stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Result<Option<Settings>, String> {
        Settings::from_environment(|name| {
            let found = variables.iter().find(|(it, _)| *it == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_is_sent_unless_somebody_asks() {
        assert_eq!(settings(&[]), Ok(None));
        assert_eq!(settings(&[("OTEL_EXPORTER_OTLP_ENDPOINT", " ")]), Ok(None));
        let off = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"),
            ("OTEL_SDK_DISABLED", "True"),
        ];
        assert_eq!(settings(&off), Ok(None));
    }

    #[test]
    fn the_usual_variables_count() {
        let all = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318/"),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "api-key=a%2Cb, x = y,bad=a%0Ab",
            ),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=one,service.name=other"),
            ("OTEL_SERVICE_NAME", "ci"),
        ];
        let found = settings(&all).unwrap().unwrap();
        let owned = |(a, b): (&str, &str)| (a.to_owned(), b.to_owned());
        assert_eq!(found.address.path, "/v1/traces");
        assert_eq!(found.headers, [("api-key", "a,b"), ("x", "y")].map(owned));
        assert_eq!(
            found.resource,
            [("team", "one"), ("service.name", "ci")].map(owned)
        );

        let own = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://h:1/in?x=1")];
        let found = settings(&own).unwrap().unwrap();
        assert_eq!(found.address.path, "/in?x=1");
        assert_eq!(found.resource, [("service.name", "tau")].map(owned));
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let grpc = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ];
        assert!(settings(&grpc).unwrap_err().contains("grpc"));
        let tls = [("OTEL_EXPORTER_OTLP_ENDPOINT", "https://example.com")];
        assert!(
            settings(&tls)
                .unwrap_err()
                .contains("http://localhost:4318")
        );
    }
}
