//! What a block of authority covers, in the most obvious way: a request is covered when some grant
//! matches it and no denial does, and spending is counted call by call.

/// The name of a file that no wide pattern lets a mission write.
pub(crate) const GUARDED: &str = "conftest.py";

/// What somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The word of the effect, with its verb: `read`, `git commit`.
    pub(crate) effect: &'static str,
    /// A path, a ref, a host, a name, or the words of a command with one space between them.
    pub(crate) what: String,
}

/// One line: what it is about, its patterns, its limits.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) deny: bool,
    pub(crate) effect: &'static str,
    pub(crate) patterns: Vec<String>,
    /// Of tokens, for models.
    pub(crate) tokens: Option<u64>,
}

impl Line {
    fn matches(&self, request: &Request) -> bool {
        let matches = |pattern: &String| match self.effect {
            "read" | "write" | "git commit" | "git push" => path(pattern, &request.what),
            "run" => command(pattern, &request.what),
            "net" => host(pattern, &request.what),
            _ => word(pattern, &request.what),
        };
        self.effect == request.effect && self.patterns.iter().any(matches)
    }

    /// As a grant of a mission: what decides which tests run is written where its name stands.
    fn grants(&self, request: &Request) -> bool {
        let alone = |pattern: &str| Line {
            patterns: vec![pattern.to_owned()],
            ..self.clone()
        };
        let named =
            |pattern: &String| pattern.ends_with(GUARDED) && alone(pattern).matches(request);
        let is_guarded = self.effect == "write" && request.what.ends_with(GUARDED);
        match is_guarded {
            true => self.patterns.iter().any(named),
            false => self.matches(request),
        }
    }

    /// As a denial of a policy: a host without a port is denied at every port.
    fn refuses(&self, request: &Request) -> bool {
        let every = |pattern: &String| match pattern.contains(':') {
            true => pattern.clone(),
            false => format!("{pattern}:*"),
        };
        let patterns = match self.effect {
            "net" => self.patterns.iter().map(every).collect(),
            _ => self.patterns.clone(),
        };
        let line = Line {
            deny: self.deny,
            effect: self.effect,
            patterns,
            tokens: None,
        };
        line.matches(request)
    }
}

pub(crate) fn covers(block: &[Line], request: &Request) -> bool {
    let granted = block.iter().any(|it| !it.deny && it.grants(request));
    let denied = block.iter().any(|it| it.deny && it.matches(request));
    granted && !denied
}

/// What a policy of these lines lets pass: all of an effect that it grants nowhere, but for what it
/// denies.
pub(crate) fn leaves(policy: &[Line], request: &Request) -> bool {
    let effect = |word: &str| word.split(' ').next().unwrap_or_default().to_owned();
    let same = |line: &&Line| !line.deny && effect(line.effect) == effect(request.effect);
    let granted = policy.iter().any(|it| !it.deny && it.matches(request));
    let denied = policy.iter().any(|it| it.deny && it.refuses(request));
    (granted || !policy.iter().any(|line| same(&line))) && !denied
}

/// Whether models may be asked like this, one after the other, each for so many tokens: each is
/// taken from the first line that covers it.
pub(crate) fn affords(block: &[Line], calls: &[(String, u64)]) -> bool {
    let mut left: Vec<Option<u64>> = block.iter().map(|line| line.tokens).collect();
    calls.iter().all(|(model, tokens)| {
        let request = Request {
            effect: "model",
            what: model.clone(),
        };
        let first = block
            .iter()
            .position(|line| !line.deny && line.matches(&request));
        let Some(first) = first.filter(|_| covers(block, &request)) else {
            return false;
        };
        match &mut left[first] {
            None => true,
            Some(left) => match left.checked_sub(*tokens) {
                Some(rest) => {
                    *left = rest;
                    true
                }
                None => false,
            },
        }
    })
}

/// `*` stands for any letters.
fn word(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), None) => word(&pattern[1..], text),
        (Some('*'), Some(_)) => word(&pattern[1..], text) || word(pattern, &text[1..]),
        (Some(a), Some(b)) => a == b && word(&pattern[1..], &text[1..]),
        _ => false,
    }
}

/// A name and one port; without a port those of `https` and `http` are meant.
fn host(pattern: &str, text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap();
    match pattern.split_once(':') {
        None => word(pattern, name) && (port == "443" || port == "80"),
        Some((pattern, "*")) => word(pattern, name),
        Some((pattern, own)) => word(pattern, name) && own == port,
    }
}

/// Word by word; a last `*` alone stands for any further words.
fn command(pattern: &str, text: &str) -> bool {
    let patterns: Vec<&str> = pattern.split(' ').collect();
    let words: Vec<&str> = text.split(' ').collect();
    match patterns.split_last() {
        Some((&"*", first)) => {
            words.len() >= first.len() && first.iter().zip(&words).all(|(a, b)| word(a, b))
        }
        _ => patterns.len() == words.len() && patterns.iter().zip(&words).all(|(a, b)| word(a, b)),
    }
}

/// Braces are several patterns, `**` is any number of parts, `*` any letters of one part.
fn path(pattern: &str, text: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{') {
        let (inside, after) = rest.split_once('}').unwrap();
        let mut choices = inside.split(',');
        return choices.any(|choice| path(&format!("{before}{choice}{after}"), text));
    }
    let patterns: Vec<&str> = pattern.split('/').collect();
    let parts: Vec<&str> = text.split('/').collect();
    path_parts(&patterns, &parts)
}

fn path_parts(patterns: &[&str], parts: &[&str]) -> bool {
    match (patterns.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), None) => path_parts(rest, parts),
        (Some((&"**", rest)), Some((_, others))) => {
            path_parts(rest, parts) || path_parts(patterns, others)
        }
        (Some((a, rest)), Some((b, others))) => letters(a, b) && path_parts(rest, others),
        _ => false,
    }
}

/// As [`word`], and `?` stands for one letter.
fn letters(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), None) => letters(&pattern[1..], text),
        (Some('*'), Some(_)) => letters(&pattern[1..], text) || letters(pattern, &text[1..]),
        (Some(a), Some(b)) => (a == '?' || a == b) && letters(&pattern[1..], &text[1..]),
        _ => false,
    }
}
