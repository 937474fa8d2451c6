//! Server-sent events, as streams of answers come
//! ([WHATWG](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// Its name; empty for one without.
    pub(super) name: String,
    /// Its lines of data, with line ends between them.
    pub(super) data: String,
}

/// The events of a stream, also a last one that no empty line ends. Comments, which keep a connection
/// alive, and fields that mean nothing here are passed over.
pub(super) fn events(body: &str) -> Vec<Event> {
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    let mut all = Vec::new();
    let mut event = Event::default();
    let mut has_data = false;
    for line in lines(body) {
        if line.is_empty() {
            if has_data {
                all.push(std::mem::take(&mut event));
            }
            (event, has_data) = (Event::default(), false);
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event.name = value.to_owned(),
            "data" => {
                if has_data {
                    event.data.push('\n');
                }
                event.data.push_str(value);
                has_data = true;
            }
            _ => {}
        }
    }
    if has_data {
        all.push(event);
    }
    all
}

/// How many bytes of a stream are events that have ended.
pub(super) fn whole(body: &[u8]) -> usize {
    let ends = [b"\n\n".as_slice(), b"\r\n\r\n", b"\r\r"];
    let ends = ends.iter();
    ends.filter_map(|end| Some(rfind(body, end)? + end.len()))
        .max()
        .unwrap_or(0)
}

/// The last event of a stream that so far ends with an empty line.
pub(super) fn last(body: &[u8]) -> Option<Event> {
    let text = ends_event(body)?;
    let begins = [b"\n\n".as_slice(), b"\r\n\r\n", b"\r\r"]
        .iter()
        .filter_map(|end| Some(rfind(text, end)? + end.len()))
        .max();
    let text = &text[begins.unwrap_or(0)..];
    events(&String::from_utf8_lossy(text)).pop()
}

/// The stream without the empty line at its end.
fn ends_event(body: &[u8]) -> Option<&[u8]> {
    let ends = [b"\n\n".as_slice(), b"\r\n\r\n", b"\r\r"];
    ends.iter().find_map(|end| body.strip_suffix(*end))
}

fn rfind(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).rposition(|window| window == what)
}

/// Lines that end with `LF`, `CRLF` or `CR`.
fn lines(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let end = text.find(['\n', '\r']).unwrap_or(text.len());
        let (line, rest) = text.split_at(end);
        let rest = rest.strip_prefix('\r').unwrap_or(rest);
        // After a lone `\n` nothing of a `\r` was taken, so one `\n` is all that is left to take.
        text = rest.strip_prefix('\n').unwrap_or(rest);
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event {
            name: name.to_owned(),
            data: data.to_owned(),
        }
    }

    #[test]
    fn events_are_told_apart_by_empty_lines() {
        let body = ": hello\n\nevent: a\ndata: 1\ndata:2\n\ndata\n\nid: 3\n\nevent: b\ndata: {}";
        assert_eq!(
            events(body),
            [event("a", "1\n2"), event("", ""), event("b", "{}")]
        );
        assert_eq!(
            events("\u{feff}data: x\r\n\r\ndata: y\r\r"),
            [event("", "x"), event("", "y")]
        );
        assert_eq!(events(""), []);
    }

    #[test]
    fn a_stream_is_read_as_far_as_its_events_have_ended() {
        assert_eq!(whole(b"data: 1\n\ndata: 2"), 9);
        assert_eq!(whole(b"data: 1\r\n\r\n"), 11);
        assert_eq!(whole(b"data: 1\n"), 0);
    }

    #[test]
    fn the_last_event_is_there_when_it_has_ended() {
        assert_eq!(last(b"data: 1\n\ndata: [DONE]\n"), None);
        assert_eq!(
            last(b"data: 1\n\ndata: [DONE]\n\n"),
            Some(event("", "[DONE]"))
        );
        assert_eq!(
            last(b"data: 1\r\n\r\nevent: x\r\ndata: 2\r\n\r\n"),
            Some(event("x", "2"))
        );
        assert_eq!(last(b"data: 1\n\n"), Some(event("", "1")));
        assert_eq!(last(b"\n\n"), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in prop::collection::vec(("[a-z.]{0,9}", "[ -~é]{1,9}(\n[ -~]{0,9}){0,2}"), 0..5)) {
            let written: String = all.iter().map(|(name, data)| {
                let data: String = data.split('\n').map(|line| format!("data: {line}\n")).collect();
                format!("event: {name}\n{data}\n")
            }).collect();
            let expected: Vec<Event> = all.iter().map(|(name, data)| event(name, data)).collect();
            prop_assert_eq!(events(&written), expected);
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = last(&bytes);
            let _ = events(&String::from_utf8_lossy(&bytes));
        }
    }
}
