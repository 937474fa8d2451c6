//! An issue in a text: Markdown, with front matter or without.

use tau_interpreter::action::Failure;

use super::ticket::{Association, From, State, Ticket};

/// The most bytes of a text.
pub(super) const MOST: usize = 1 << 20;

/// How many labels it may have.
const LABELS: usize = 100;

/// Reads a text. Its title is what its front matter says, or its first heading, or its first line.
///
/// # Errors
/// It is empty or too large (`issue-empty`, `issue-too-large`), or its front matter has no end
/// (`issue-front-matter`).
pub(super) fn read(text: &str) -> Result<Ticket, Failure> {
    if text.len() > MOST {
        let message = format!("The text of the issue has more than {MOST} bytes.");
        return Err(Failure::new("issue-too-large", message));
    }
    let text = text.trim_start_matches('\u{feff}');
    let (front, body) = front_matter(text)?;
    let own = front.title.filter(|title| !title.is_empty());
    let (title, text) = match own {
        Some(title) => (title, body.trim().to_owned()),
        None => title_of(body),
    };
    if title.is_empty() {
        let message = "The text of the issue is empty.";
        return Err(Failure::new("issue-empty", message)
            .help("Give it as text, as a file with `@PATH`, or as `owner/repo#42`."));
    }
    Ok(Ticket {
        kind: From::Text,
        reference: String::new(),
        url: front.url,
        state: State::Unknown,
        title,
        text,
        author: front.author,
        // Who writes a file can write into it whatever they want to be.
        association: Association::Unknown,
        labels: front.labels,
        comments: Vec::new(),
        complete: true,
    })
}

/// What stands above the text.
#[derive(Default)]
struct Front {
    title: Option<String>,
    author: Option<String>,
    url: Option<String>,
    labels: Vec<String>,
}

/// The front matter between two `---`, and the text behind it. Other keys are passed over.
fn front_matter(text: &str) -> Result<(Front, &str), Failure> {
    let Some(rest) = text
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"))
    else {
        return Ok((Front::default(), text));
    };
    let mut front = Front::default();
    let mut in_labels = false;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let line = line.trim_end();
        if line == "---" || line == "..." {
            front.labels.truncate(LABELS);
            return Ok((front, &rest[at..]));
        }
        if let Some(item) = line.trim_start().strip_prefix("- ").filter(|_| in_labels) {
            front.labels.push(plain(item));
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        in_labels = key == "labels" && value.trim().is_empty();
        match key {
            "title" => front.title = Some(plain(value)),
            "author" => front.author = Some(plain(value)),
            "url" => front.url = Some(plain(value)),
            "labels" => {
                let list = value.trim().trim_start_matches('[').trim_end_matches(']');
                let labels = list.split(',').map(plain);
                front.labels.extend(labels.filter(|it| !it.is_empty()));
            }
            _ => {}
        }
    }
    let message = "The front matter of the issue begins with `---` and has no second `---`.";
    Err(Failure::new("issue-front-matter", message))
}

/// A value without the quotation marks around it.
fn plain(value: &str) -> String {
    let value = value.trim();
    let inner = ['"', '\'']
        .iter()
        .find_map(|mark| value.strip_prefix(*mark)?.strip_suffix(*mark));
    inner.unwrap_or(value).trim().to_owned()
}

/// The first heading or line, and what follows it.
fn title_of(body: &str) -> (String, String) {
    let body = body.trim();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let title = first.trim().trim_start_matches('#').trim();
    (title.to_owned(), rest.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match read(text) {
            Ok(it) => format!(
                "{} | {} | {:?} {:?}",
                it.title, it.text, it.author, it.labels
            ),
            Err(failure) => failure.code,
        }
    }

    #[test]
    fn a_title_is_named_or_comes_first() {
        let all = [
            "---\ntitle: \"A: b\"\nauthor: ann\nlabels: [bug, 'good first']\nother: 1\n---\n\nText\n",
            "---\nlabels:\n  - bug\n  - ui\nx: y\n- no\n---\n# Head\nText",
            "# Head\n\nText\n",
            "One line",
            "\u{feff}---\r\ntitle: T\r\n---\r\nText",
            "---\ntitle: T\n",
            " \n",
        ];
        insta::assert_snapshot!(all.map(told).join("\n"), @r#"
        A: b | Text | Some("ann") ["bug", "good first"]
        Head | Text | None ["bug", "ui"]
        Head | Text | None []
        One line |  | None []
        T | Text | None []
        issue-front-matter
        issue-empty
        "#);
    }

    #[test]
    fn a_text_has_a_bound() {
        let text = format!("T\n{}", "x".repeat(MOST - 2));
        assert!(read(&text).is_ok());
        assert_eq!(told(&format!("{text}x")), "issue-too-large");
    }
}
