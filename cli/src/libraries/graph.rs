//! All libraries of a project: those that its files use, and those that these use.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use tau_lang::module::{Content, Pin};

use super::names::{contradict, is_local};
use super::uses;

/// How many libraries a project may have.
pub(crate) const MAX_LIBRARIES: usize = 100;
/// How many bytes their files may have together: 128 MiB.
pub(crate) const MAX_LIBRARIES_BYTES: usize = 128 * 1024 * 1024;

/// Why a library is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The command line names it.
    Named,
    /// A file of the project uses it.
    File(String),
    /// Another library does.
    Library(Pin),
}

/// A library that is there for a reason.
#[derive(Debug)]
pub(crate) struct Node<T> {
    /// The first reason that was found.
    pub(crate) origin: Origin,
    /// What is known of it.
    pub(crate) what: T,
}

/// The libraries by their pins.
pub(crate) type Graph<T> = BTreeMap<Pin, Node<T>>;

/// Follows the uses from `roots` to the last library, with what `get` knows of each. The project is
/// in `folder`. One that was
/// seen is not followed again, so a circle of libraries ends.
///
/// # Errors
/// A sentence without its full stop: two versions of one repository, a library that may not use
/// another, too many, or what `get` says.
pub(crate) fn collect<T: AsRef<Content>>(
    folder: &Path,
    roots: Vec<(Pin, Origin)>,
    mut get: impl FnMut(&Pin) -> Result<T, String>,
) -> Result<Graph<T>, String> {
    let mut graph = Graph::new();
    let mut bytes = 0;
    let mut queue = VecDeque::from(roots);
    while let Some((pin, origin)) = queue.pop_front() {
        if graph.contains_key(&pin) {
            continue;
        }
        if let Some(other) = graph.keys().find(|other| contradict(folder, other, &pin)) {
            return Err(conflict(&graph, other, (&pin, &origin)));
        }
        if graph.len() == MAX_LIBRARIES {
            return Err(format!(
                "there are more than {MAX_LIBRARIES} libraries: {}",
                way(&graph, &pin, &origin)
            ));
        }
        let what = get(&pin)?;
        let files = what.as_ref().files.values();
        bytes += files.map(Vec::len).sum::<usize>();
        if bytes > MAX_LIBRARIES_BYTES {
            return Err(format!(
                "the files of all libraries have more than {MAX_LIBRARIES_BYTES} bytes: {}",
                way(&graph, &pin, &origin)
            ));
        }
        for used in uses::of_library(&pin, what.as_ref()) {
            if is_local(&used.from) && !is_local(&pin.from) {
                return Err(format!(
                    "`{pin}` uses `{used}`, and a library from elsewhere may not use what is on \
                     this machine"
                ));
            }
            queue.push_back((used, Origin::Library(pin.clone())));
        }
        graph.insert(pin, Node { origin, what });
    }
    Ok(graph)
}

fn conflict<T>(graph: &Graph<T>, one: &Pin, (two, origin): (&Pin, &Origin)) -> String {
    let first = match graph.get(one) {
        Some(node) => way(graph, one, &node.origin),
        None => format!("`{one}` is used"),
    };
    format!(
        "a project has one version of a repository, and here are two: {first}; {}",
        way(graph, two, origin)
    )
}

/// How the project comes to a library: `` `a.tau` uses `x@v1` ``, or ``  `x@v1` is used by `y@v1`,
/// which `a.tau` uses``.
fn way<T>(graph: &Graph<T>, pin: &Pin, origin: &Origin) -> String {
    let mut by = match origin {
        Origin::Named => return format!("`{pin}` was asked for"),
        Origin::File(file) => return format!("`{file}` uses `{pin}`"),
        Origin::Library(by) => by,
    };
    let mut way = format!("`{pin}` is used by `{by}`");
    // INVARIANT: a library is in the graph before what it uses, so the way back has no circle.
    while let Some(node) = graph.get(by) {
        match &node.origin {
            Origin::Named => return way + ", which was asked for",
            Origin::File(file) => return way + &format!(", which `{file}` uses"),
            Origin::Library(next) => {
                way += &format!(", which is used by `{next}`");
                by = next;
            }
        }
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pin(text: &str) -> Pin {
        let (from, version) = text.rsplit_once('@').unwrap();
        Pin {
            from: from.to_owned(),
            version: version.to_owned(),
        }
    }

    #[derive(Debug)]
    struct Known(Content);

    impl AsRef<Content> for Known {
        fn as_ref(&self) -> &Content {
            &self.0
        }
    }

    /// A library whose one file uses these.
    fn library(uses: &[&str]) -> Known {
        let lines: Vec<String> = uses
            .iter()
            .map(|it| format!("use \"{it}\" as x\n"))
            .collect();
        Known(Content {
            files: [("lib.tau".to_owned(), lines.concat().into_bytes())].into(),
        })
    }

    fn collected(root: &str, known: &[(&str, &[&str])]) -> Result<Vec<String>, String> {
        let root = (pin(root), Origin::File("a.tau".to_owned()));
        let also = (pin("h/o/flows@v1"), Origin::File("b.tau".to_owned()));
        let get = |wanted: &Pin| {
            let found = known.iter().find(|(name, _)| pin(name) == *wanted);
            Ok(library(found.map_or(&[], |(_, uses)| *uses)))
        };
        let graph = collect(Path::new("/"), vec![root, also], get)?;
        Ok(graph.keys().map(ToString::to_string).collect())
    }

    #[test]
    fn uses_of_uses_are_followed_once() {
        let known: &[(&str, &[&str])] = &[
            ("h/o/a@1", &["h/o/b@1", "h/o/flows@v1"]),
            ("h/o/b@1", &["h/o/a@1", "h/o/b//x.tau@1"]),
        ];
        assert_eq!(
            collected("h/o/a@1", known),
            Ok(["h/o/a@1", "h/o/b@1", "h/o/flows@v1"]
                .map(str::to_owned)
                .to_vec())
        );
    }

    #[test]
    fn two_versions_are_explained() {
        let known: &[(&str, &[&str])] = &[
            ("h/o/a@1", &["h/o/b@1"]),
            ("h/o/b@1", &["https://h/o/flows.git@v2"]),
        ];
        insta::assert_snapshot!(collected("h/o/a@1", known).unwrap_err(), @"a project has one version of a repository, and here are two: `b.tau` uses `h/o/flows@v1`; `https://h/o/flows.git@v2` is used by `h/o/b@1`, which is used by `h/o/a@1`, which `a.tau` uses");
        insta::assert_snapshot!(collected("h/o/flows@v3", &[]).unwrap_err(), @"a project has one version of a repository, and here are two: `a.tau` uses `h/o/flows@v3`; `b.tau` uses `h/o/flows@v1`");
    }

    #[test]
    fn a_library_from_elsewhere_stays_away_from_this_machine() {
        let known: &[(&str, &[&str])] = &[("h/o/a@1", &["/home/me/secret@main"])];
        insta::assert_snapshot!(collected("h/o/a@1", known).unwrap_err(), @"`h/o/a@1` uses `/home/me/secret@main`, and a library from elsewhere may not use what is on this machine");
    }

    #[test]
    fn libraries_without_end_are_refused() {
        let root = vec![(pin("h/o/0@v1"), Origin::Named)];
        let get = |at: &Pin| {
            let number: u32 = at.from.rsplit('/').next().unwrap().parse().unwrap();
            Ok(library(&[&format!("h/o/{}@v1", number + 1)]))
        };
        let error = collect(Path::new("/"), root, get).unwrap_err();
        assert!(error.starts_with("there are more than 100 libraries: `h/o/100@v1`"));
    }
}
