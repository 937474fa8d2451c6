//! The face of a group of actions as a part of a page.

/// The section for a group: what stands at the top of its file, and each item with its text.
pub(crate) fn page_of(group: &str, face: &str) -> String {
    let mut page = format!("\n## {group}\n");
    let mut items = face.split("\n\n##");
    let head = items.next().unwrap_or_default();
    page.push('\n');
    for line in head.lines() {
        page.push_str(line.trim_start_matches('#').trim_start());
        page.push('\n');
    }
    for item in items {
        // The split took the marks of the first line of the text.
        let item = format!("##{item}");
        let text = item.lines().take_while(|line| line.starts_with("##"));
        let code: Vec<&str> = item
            .lines()
            .skip_while(|line| line.starts_with("##"))
            .collect();
        let title = title(group, code.first().copied().unwrap_or_default());
        page.push_str(&format!("\n### {title}\n\n"));
        for line in text {
            page.push_str(line.trim_start_matches('#').trim_start());
            page.push('\n');
        }
        let code = code.join("\n");
        page.push_str(&format!("\n```tau,part\n{}\n```\n", code.trim_end()));
    }
    page
}

/// `fs.read` for an action, the name for a type.
fn title(group: &str, line: &str) -> String {
    let name = |rest: &str| -> String {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    match (line.strip_prefix("action "), line.strip_prefix("type ")) {
        (Some(rest), _) => format!("{group}.{}", name(rest)),
        (_, Some(rest)) => format!("type {}", name(rest)),
        _ => panic!("neither an action nor a type: `{line}`"),
    }
}

#[test]
fn a_face_becomes_a_section() {
    let face =
        "# Files.\n\n## Read.\n##\n## All of it.\naction read(path : path) {\n  kind observe\n}\n";
    assert_eq!(
        page_of("fs", face),
        "\n## fs\n\nFiles.\n\n### fs.read\n\nRead.\n\nAll of it.\n\n\
         ```tau,part\naction read(path : path) {\n  kind observe\n}\n```\n"
    );
}
