//! Any text is looked at as an expression without a panic; one that is an expression reads back the
//! same from both spellings, wherever it stands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tau_fuzz::{FILE, LIBRARY, parser};
use tau_lang::check::check;
use tau_lang::source::Span;
use tau_lang::syntax::letters::is_unsafe;
use tau_lang::syntax::tau;
use tau_lang::syntax::text::Text;
use tau_lang::syntax::tree::{Expr, File, Item, Spelling, StatementKind, ValueKind};
use tau_lang::{expr, format};

const MISSION: &str = "\
mission m {
  let a = x
  if x {
  }
  for b in x up to 3 {
  }
  step c = fs.read(x) when x
  repeat up to 3 {
  } until x
}
test \"t\" {
  run m()
  expect x
}
";

fuzz_target!(|text: &str| {
    let source = text.trim();
    if source.is_empty() || source.chars().any(is_unsafe) {
        return;
    }
    let span = Span::new(FILE, 0, source.len());
    let wanted = Expr::new(Text::verbatim(source, span));
    let _ = expr::names_in(&wanted);
    // What ends a `{{ }}` cannot stand in one, nor what only a template has.
    if expr::parse(&wanted).is_err() || source.contains(['\n', '\r', '#']) {
        return;
    }
    let (mut tree, _) = tau::parse(MISSION, FILE);
    put(&mut tree, &wanted);
    let _ = check(&tree, &LIBRARY);
    let tree = format::styled(tree);
    for spelling in [Spelling::Tau, Spelling::Yaml] {
        let printed = format::print(tree.clone(), spelling);
        let (back, found) = parser(spelling)(&printed, FILE);
        assert!(found.is_empty(), "{printed}\n{found:?}");
        assert_eq!(back, tree, "{printed}");
    }
});

/// Puts the expression wherever the mission and its test have one.
fn put(tree: &mut File, wanted: &Expr) {
    for item in &mut tree.items {
        match item {
            Item::Mission(mission) => {
                for statement in &mut mission.body.statements {
                    match &mut statement.kind {
                        StatementKind::Let { value, .. }
                        | StatementKind::For { items: value, .. } => {
                            value.kind = ValueKind::Expr(wanted.clone());
                        }
                        StatementKind::If { condition, .. } => *condition = wanted.clone(),
                        StatementKind::Step(step) => {
                            step.when = Some(wanted.clone());
                            for arg in &mut step.args {
                                arg.value.kind = ValueKind::Expr(wanted.clone());
                            }
                        }
                        StatementKind::Repeat { until, .. } => *until = Some(wanted.clone()),
                        StatementKind::Broken { .. } => {}
                    }
                }
            }
            Item::Test(test) => {
                for expect in &mut test.expect {
                    expect.condition = wanted.clone();
                }
            }
            _ => {}
        }
    }
}
