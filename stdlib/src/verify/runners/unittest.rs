//! Python's unittest, with a result class of tau's own.

use tau_interpreter::action::{Checkout, Failure, Shelf};

use super::pytest::only;
use super::{Attached, Command, Runner, literal, module_of_python, path_literal};

/// `python -m unittest …`.
pub(super) struct Unittest;

impl Runner for Unittest {
    fn name(&self) -> &'static str {
        "unittest"
    }

    fn is_started_by(&self, argv: &[String]) -> bool {
        module_of_python(argv, "unittest").is_some()
    }

    fn attach(&self, to: &Command<'_>, checkout: &dyn Checkout) -> Result<Attached, Failure> {
        let mut attached = Attached::to(to, checkout);
        let name = format!("tau_{}", checkout.nonce());
        let made = format!(
            "\n\n_TAU = ({}, {}, {}, {})\n",
            path_literal(&checkout.path(Shelf::Reports)),
            literal(&name),
            to.round,
            only(to.only),
        );
        let text = [
            include_str!("report.py"),
            &made,
            include_str!("unittest.py"),
        ]
        .concat();
        attached.tool(checkout, &format!("{name}.py"), text, false)?;
        attached.leave_key(checkout)?;
        attached.put_first("PYTHONPATH", &checkout.path(Shelf::Tools));
        attached.set("PYTHONDONTWRITEBYTECODE", "1".to_owned());
        if let Some(at) = module_of_python(to.argv, "unittest") {
            attached.argv[at].clone_from(&name);
        }
        attached.sentinels = Some(name);
        attached.ends_with = Some(1);
        Ok(attached)
    }
}
