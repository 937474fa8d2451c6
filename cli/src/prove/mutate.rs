//! Mutations of the lines that a change has added, a sample of them.

use similar::{ChangeTag, TextDiff};

use super::operators::{Language, forms};

/// A file with one small wrong change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mutation {
    /// The file.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// What was done, in words.
    pub(crate) what: String,
    /// All of the file.
    pub(crate) text: String,
}

/// At most `most` mutations of the lines that are in `new` and not in `old`, of each file: as many
/// different lines as there may be, spread evenly, and then further ones of the same lines. The same
/// files always give the same.
pub(crate) fn mutations(files: &[(&str, &str, &str)], most: usize) -> Vec<Mutation> {
    let mut lines: Vec<Vec<Mutation>> = Vec::new();
    for (path, old, new) in files {
        let all: Vec<&str> = new.split_inclusive('\n').collect();
        for index in added(old, new) {
            let (Some(line), language) = (all.get(index), Language::of(path)) else {
                continue;
            };
            let content = line.trim_end_matches(['\n', '\r']);
            let end = &line[content.len()..];
            let forms = forms(language, content).into_iter();
            let of_line = forms.map(|(what, form)| Mutation {
                path: (*path).to_owned(),
                line: index + 1,
                what,
                text: [
                    &all[..index].concat(),
                    form.as_str(),
                    end,
                    &all[index + 1..].concat(),
                ]
                .concat(),
            });
            let of_line: Vec<Mutation> = of_line.filter(|it| it.text != *old).collect();
            if !of_line.is_empty() {
                lines.push(of_line);
            }
        }
    }
    spread(lines, most)
}

/// The indices of the lines that were added.
fn added(old: &str, new: &str) -> Vec<usize> {
    let diff = TextDiff::from_lines(old, new);
    let changes = diff.iter_all_changes();
    changes
        .filter(|change| change.tag() == ChangeTag::Insert)
        .filter_map(|change| change.new_index())
        .collect()
}

fn spread(lines: Vec<Vec<Mutation>>, most: usize) -> Vec<Mutation> {
    let (count, deepest) = (lines.len(), lines.iter().map(Vec::len).max().unwrap_or(0));
    let mut chosen = Vec::new();
    for depth in 0..deepest {
        let here: Vec<usize> = (0..count).filter(|at| lines[*at].len() > depth).collect();
        let left = most - chosen.len();
        let take = here.len().min(left);
        chosen.extend((0..take).map(|at| (here[at * here.len() / take], depth)));
    }
    chosen.sort_unstable();
    let chosen = chosen.into_iter();
    chosen
        .map(|(line, depth)| lines[line][depth].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[(&str, &str, &str)], most: usize) -> Vec<(usize, String)> {
        let all = mutations(files, most).into_iter();
        all.map(|it| (it.line, it.what)).collect()
    }

    #[test]
    fn only_added_lines_are_changed_and_nothing_else_of_the_file() {
        let (old, new) = ("a = 1\nb = 2\n", "a = 1\nb = 3\nc = a + b");
        let all = mutations(&[("x.py", old, new)], 10);
        let texts: Vec<&str> = all.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "a = 1\nb = 4\nc = a + b",
                "a = 1\npass\nc = a + b",
                "a = 1\nb = 3\nc = a - b",
                "a = 1\nb = 3\npass",
            ]
        );
    }

    #[test]
    fn a_sample_takes_many_lines_before_it_takes_one_again() {
        let new: String = (0..10).map(|at| format!("x{at} = {at} + 1\n")).collect();
        let files = [("x.py", "", new.as_str())];
        let lines = |most| {
            let all = places(&files, most).into_iter();
            all.map(|it| it.0).collect::<Vec<_>>()
        };
        assert_eq!(lines(5), [1, 3, 5, 7, 9]);
        assert_eq!(lines(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(lines(12).len(), 12);
        assert_eq!(lines(1000).len(), 30);
        assert_eq!(lines(0).len(), 0);
    }

    #[test]
    fn what_would_only_take_the_change_back_is_no_mutation() {
        assert_eq!(places(&[("x.py", "a = 2\n", "a = 1\n")], 9).len(), 1);
    }
}
