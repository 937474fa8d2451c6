//! pytest, with a plugin of tau's own.

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::{Attached, Command, Runner, base_name, literal, module_of_python, path_literal};

/// `pytest …`, `python -m pytest …`, and the same behind a program that starts them.
pub(super) struct Pytest;

/// Words that may stand before `pytest`.
const BEFORE: &[&str] = &["uv", "poetry", "pdm", "hatch", "pipenv", "rye"];

impl Runner for Pytest {
    fn name(&self) -> &'static str {
        "pytest"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        place(argv).is_some()
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let name = format!("test_tau_{}", checkout.nonce());
        let plugin = format!("tau_{}", checkout.nonce());
        let made = format!(
            "\n\n_tau_made = _tau_plugin({}, {}, {}, {})\n",
            path_literal(&checkout.path(Shelf::Reports)),
            literal(&name),
            to.round,
            only(to.only),
        );
        let text = [include_str!("report.py"), include_str!("pytest.py"), &made].concat();
        attached.tool(checkout, &format!("{plugin}.py"), text, false)?;
        let sentinel = include_str!("sentinel.py").replace("@NAME@", &name);
        attached.tool(checkout, &format!("{name}.py"), sentinel, false)?;
        attached.leave_key(checkout)?;
        attached.put_first("PYTHONPATH", &checkout.path(Shelf::Tools));
        // Files that a run leaves would differ from those of the next.
        attached.set("PYTHONDONTWRITEBYTECODE", "1".to_owned());
        if let Some(at) = place(&attached.argv) {
            attached
                .argv
                .splice(at + 1..at + 1, ["-p".to_owned(), plugin]);
        }
        attached.sentinels = Some(name);
        attached.ends_with = Some(1);
        Ok(attached)
    }
}

/// Where the word `pytest` stands.
fn place(argv: &[String]) -> Option<usize> {
    if let Some(at) = module_of_python(argv, "pytest") {
        return Some(at);
    }
    let is_pytest = |word: &String| matches!(base_name(word), "pytest" | "py.test");
    let at = argv.iter().position(is_pytest)?;
    let behind = at == 0 || BEFORE.contains(&base_name(&argv[0]));
    behind.then_some(at)
}

/// The tests to run, as Python's own.
pub(super) fn only(tests: Option<&[String]>) -> String {
    match tests {
        None => "None".to_owned(),
        Some(tests) => {
            let tests: Vec<String> = tests.iter().map(|it| literal(it)).collect();
            format!("frozenset([{}])", tests.join(", "))
        }
    }
}
