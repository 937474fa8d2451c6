//! What is absent.
//!
//! A step that was skipped is `none`, and so is an input that was not given. A field of what is
//! absent is what minijinja calls undefined, and its own `default`, `is defined` and `is none` tell
//! the two apart. Nobody who writes a mission can know which of the two a value is, so here both
//! are absent.

use minijinja::value::Rest;
use minijinja::{Environment, Error, ErrorKind, Value};

/// Puts filters and tests in place of minijinja's that take both for absent.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.add_filter("d", default);
    environment.add_filter("default", default);
    environment.add_test("defined", |value: &Value| !is_absent(value));
    environment.add_test("none", is_absent);
    environment.add_test("undefined", is_absent);
}

fn is_absent(value: &Value) -> bool {
    value.is_undefined() || value.is_none()
}

/// `value | default(other)`; with `true` behind it also where the value is empty.
fn default(value: &Value, args: Rest<Value>) -> Result<Value, Error> {
    if args.len() > 2 {
        return Err(Error::from(ErrorKind::TooManyArguments));
    }
    let lax = args.get(1).is_some_and(Value::is_true);
    if is_absent(value) || lax && !value.is_true() {
        return Ok(args.first().cloned().unwrap_or_else(|| Value::from("")));
    }
    Ok(value.clone())
}
