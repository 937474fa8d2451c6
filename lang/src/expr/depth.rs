//! How deep an expression nests, found before it is parsed: who walks its tree, minijinja too,
//! calls itself for each level, and the stack has an end.

use minijinja::machinery::{Token, tokenize};

/// How many operators of an expression may work on each other's results.
pub const MAX_DEPTH: usize = 400;

/// Whether an expression may be parsed. Lists and arguments may be as long as they like: only
/// what works on a result of the rest goes deeper.
pub(super) fn is_bounded(source: &str) -> bool {
    // Every operator has a letter at least.
    source.len() <= MAX_DEPTH || depth(source) <= MAX_DEPTH
}

/// No less than the depth of the tree that the parser makes of `source`.
fn depth(source: &str) -> usize {
    let mut level = Level::default();
    let mut outer = Vec::new();
    // The parser, too, stops at the first thing that is no token.
    for (token, _) in tokenize(source, true, Default::default()).map_while(Result::ok) {
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
                level.operators += 1;
                outer.push(std::mem::take(&mut level));
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                let inner = std::mem::replace(&mut level, outer.pop().unwrap_or_default());
                level.inner = level.inner.max(inner.depth());
            }
            Token::Comma => {
                level = Level {
                    beside: level.depth(),
                    ..Level::default()
                }
            }
            Token::Ident(word) => level.operators += usize::from(OPERATORS.contains(&word)),
            Token::Str(_) | Token::String(_) | Token::Int(_) | Token::Int128(_) => {}
            Token::Float(_) | Token::Colon | Token::Assign => {}
            _ => level.operators += 1,
        }
    }
    while let Some(mut next) = outer.pop() {
        next.inner = next.inner.max(level.depth());
        level = next;
    }
    level.depth()
}

/// Words that are operators.
const OPERATORS: [&str; 6] = ["and", "if", "in", "is", "not", "or"];

/// What stands between a bracket and its partner.
#[derive(Default)]
struct Level {
    /// How many there are since the last comma.
    operators: usize,
    /// The deepest of the brackets since the last comma.
    inner: usize,
    /// The deepest of what stands before the last comma.
    beside: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.beside.max(self.operators + self.inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_DEPTH, depth, is_bounded};
    use crate::expr::parts;

    fn deepest(tree: &minijinja::machinery::ast::Expr<'_>) -> usize {
        1 + parts(tree).into_iter().map(deepest).max().unwrap_or(0)
    }

    #[test]
    fn what_goes_deep_is_refused_and_what_is_long_is_not() {
        let many = |part: &str| part.repeat(10_000);
        for source in [
            format!("{}true", many("not ")),
            format!("{}1", many("-")),
            format!("a{}", many(".a")),
            format!("a{}", many("[0]")),
            format!("a{}", many("[0:1]")),
            format!("a{}", many("()")),
            format!("a{}", many("|list")),
            format!("a{}", many(" is defined")),
            format!("1{}", many("+1")),
            format!("1{}", many(" or 1")),
            format!("{}1", many("1 if 1 else ")),
            many("("),
            many("[a,"),
            format!("{}1{}", many("a|default(0, "), many(")")),
        ] {
            assert!(!is_bounded(&source), "{}", &source[..20]);
        }
        assert!(is_bounded(&format!("[{}]", many("a.b|list, "))));
        assert!(is_bounded(&format!("{{{}}}", many("'a': 1, "))));
        assert!(is_bounded(&format!("'{}'", many("(("))));
        assert!(is_bounded(&"-".repeat(MAX_DEPTH)));
        assert!(!is_bounded(&"-".repeat(MAX_DEPTH + 1)));
    }

    fn expression() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["a", "1", "'x'", "[]", "{}", "0.5"]);
        leaf.prop_map(str::to_owned).prop_recursive(6, 40, 3, |it| {
            let two = (it.clone(), it.clone());
            prop_oneof![
                it.clone().prop_map(|a| format!("not {a}")),
                it.clone().prop_map(|a| format!("-{a}")),
                it.clone().prop_map(|a| format!("({a})")),
                it.clone().prop_map(|a| format!("({a}).b")),
                it.clone().prop_map(|a| format!("({a}) is not defined")),
                two.clone().prop_map(|(a, b)| format!("[{a}, {b}]")),
                two.clone()
                    .prop_map(|(a, b)| format!("{{'k': {a}, {b}: 1}}")),
                two.clone().prop_map(|(a, b)| format!("{a} + {b}")),
                two.clone().prop_map(|(a, b)| format!("({a} or {b})")),
                two.clone().prop_map(|(a, b)| format!("{a} < 1 in {b}")),
                two.clone().prop_map(|(a, b)| format!("({a})[{b}:]")),
                two.clone()
                    .prop_map(|(a, b)| format!("({a})|f({b}, x={a})")),
                (it.clone(), it.clone(), it).prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_tree_is_no_deeper(source in expression()) {
            let tree = minijinja::machinery::parse_expr(&source);
            prop_assume!(tree.is_ok());
            // Names and values are the deepest level, which no operator stands for.
            prop_assert!(tree.is_ok_and(|tree| deepest(&tree) <= depth(&source) + 1));
        }
    }
}
