//! JUnit XML, which many runners write.

use roxmltree::{Document, Node};

use super::left::BY_HAND;
use crate::verify::report::{Read, Report, Shown, State};

/// Reads a report that should stand at `path`.
pub(super) fn read(text: Option<&[u8]>, path: &str, code: i32) -> Read {
    let Some(text) = text else {
        return Read::Broken {
            why: format!("it left no report at `{path}` (exit code {code})"),
            help: BY_HAND,
        };
    };
    let text = String::from_utf8_lossy(text);
    let document = match Document::parse(&text) {
        Ok(document) => document,
        Err(why) => {
            return Read::Broken {
                why: format!("its report at `{path}` is no XML: {why}"),
                help: BY_HAND,
            };
        }
    };
    let mut report = Report::default();
    let all = document.descendants();
    for case in all.filter(|node| node.has_tag_name("testcase")) {
        add(&case, &mut report);
    }
    Read::Report(report)
}

fn add(case: &Node<'_, '_>, report: &mut Report) {
    let name = case.attribute("name").unwrap_or_default();
    let id = match case.attribute("classname") {
        Some(class) if !class.is_empty() => format!("{class}::{name}"),
        _ => name.to_owned(),
    };
    let mut parts = case.children().filter(Node::is_element);
    let found = parts.find_map(|part| {
        let state = match part.tag_name().name() {
            // One that failed and then passed is not one that passes.
            "failure" | "flakyFailure" | "rerunFailure" => State::Failed,
            "error" | "flakyError" | "rerunError" => State::Error,
            "skipped" => State::Skipped,
            _ => return None,
        };
        Some((state, part))
    });
    let Some((state, part)) = found else {
        report.saw(id, State::Passed, Shown::default());
        return;
    };
    let message = part.attribute("message").or(part.text());
    let shown = Shown {
        failure: part.attribute("type").map(str::to_owned),
        message: message.map(|text| text.chars().take(300).collect()),
    };
    report.saw(id, state, shown);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_a_report() {
        let text = br#"<?xml version="1.0"?><testsuites><testsuite name="s">
            <testcase classname="a.B" name="passes"/>
            <testcase classname="a.B" name="fails"><failure message="1 != 2" type="E">x</failure></testcase>
            <testcase classname="a.B" name="sometimes"><flakyFailure/></testcase>
            <testcase name="broken"><error/></testcase>
            <testcase name="out"><skipped/><system-out>ok</system-out></testcase>
            <testcase name="loud"><system-out>&lt;failure/&gt;</system-out></testcase>
        </testsuite></testsuites>"#;
        let Read::Report(report) = read(Some(text), "r.xml", 0) else {
            panic!("it is a report")
        };
        let tests = report.tests();
        let names = |set: &std::collections::BTreeSet<String>| {
            set.iter().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&tests.passed), "a.B::passes loud");
        assert_eq!(names(&tests.failed), "a.B::fails a.B::sometimes");
        assert_eq!(names(&tests.broken), "broken");
        assert_eq!(names(&tests.skipped), "out");
        assert!(matches!(read(None, "r.xml", 0), Read::Broken { .. }));
        assert!(matches!(
            read(Some(b"<a>"), "r.xml", 0),
            Read::Broken { .. }
        ));
    }
}
