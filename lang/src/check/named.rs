//! `as: "Review"`: a step that says of which type the `value` of its result is.
//!
//! An action that can give a value of any type has a parameter `as`, a text, and a field `value: any` in its
//! result. Where a step gives it, as a text that stands there, it is read as a type: the field has that type,
//! and the action is given its JSON schema. All of such a value comes from outside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Kind};
use crate::format;
use crate::library::Signature;
use crate::lint::walk::statements;
use crate::syntax::text::Text;
use crate::syntax::tree::{self, File, StatementKind, Value, ValueKind};
use crate::syntax::{template, types};
use crate::types::{Docs, Type};

/// The parameter.
const AS: &str = "as";

/// The field.
const VALUE: &str = "value";

/// The result of a step that calls this action.
pub(super) fn result(
    step: &tree::Step,
    signature: &Signature,
    known: &BTreeMap<String, Arc<Type>>,
) -> Result<Type, Diagnostic> {
    let Some(written) = written(step, signature) else {
        return Ok(signature.result.clone());
    };
    let ty = read(written, known)?;
    let Type::Record(fields) = signature.result.bare() else {
        return Ok(signature.result.clone());
    };
    let fields = fields.iter().map(|(name, declared)| match name == VALUE {
        true => (name.clone(), ty.clone().untrusted()),
        false => (name.clone(), declared.clone()),
    });
    Ok(Type::Record(fields.collect()))
}

/// The argument as the action gets it: the schema of the type.
pub(super) fn schema(
    step: &tree::Step,
    signature: &Signature,
    known: &BTreeMap<String, Arc<Type>>,
    docs: &Docs,
) -> Option<(&'static str, Value)> {
    let ty = read(written(step, signature)?, known).ok()?;
    let schema = ty.json_schema(docs).to_string();
    Some((AS, template::literal(&schema)))
}

/// Every name in the types that steps of a file name so.
pub(super) fn names(file: &File) -> BTreeSet<&str> {
    let steps = statements(file).filter_map(|statement| match &statement.kind {
        StatementKind::Step(step) => Some(step),
        _ => None,
    });
    let texts = steps.filter_map(|step| literal(argument(step)?));
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).collect()
}

/// What a step says, if its action can give a value of any type.
fn written<'s>(step: &'s tree::Step, signature: &Signature) -> Option<&'s Value> {
    signature.params.iter().find(|param| param.name == AS)?;
    let value = argument(step)?;
    (literal(value) != Some("")).then_some(value)
}

fn argument(step: &tree::Step) -> Option<&Value> {
    let is_as = |arg: &&tree::Arg| arg.name.as_ref().is_some_and(|name| name.text == AS);
    Some(&step.args.iter().find(is_as)?.value)
}

fn literal(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Text(text) => text.as_literal(),
        _ => None,
    }
}

fn read(value: &Value, known: &BTreeMap<String, Arc<Type>>) -> Result<Type, Diagnostic> {
    let at = value.at.0;
    let unknown = |name: String| Diagnostic::new(Kind::TypeUnknown { name, near: None }, at);
    let Some(text) = literal(value) else {
        return Err(unknown(format::value(value)));
    };
    // Places inside of the text are those of all of it: it may have escapes.
    let written = types::parse(&Text::verbatim(text, at));
    let written = written.map_err(|_| unknown(text.to_owned()))?;
    let resolved = Type::resolve(&written, known);
    resolved.map_err(|wrong| match wrong.diagnostic(at) {
        Diagnostic {
            kind: Kind::TypeUnknown { name, near },
            ..
        } => Diagnostic::new(Kind::TypeUnknown { name, near }, at),
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use crate::check::check;
    use crate::library::{Library, Texts};
    use crate::plan::NodeKind;
    use crate::source::SourceMap;
    use crate::syntax::tau;

    const FACE: &str = "action ask(prompt : string, as : string = \"\") -> { text: untrusted string, value: untrusted any } {\n  kind observe\n}\n";

    /// The result of the step, and its argument; what is found otherwise.
    fn checked(named: &str) -> Result<(String, String), Vec<String>> {
        let mut sources = SourceMap::default();
        let texts = Texts {
            groups: &[("model", FACE)],
            ..Texts::default()
        };
        let (library, wrong) = Library::load(&mut sources, &texts);
        assert!(wrong.is_empty(), "{wrong:?}");
        let text = format!(
            "type Review = {{ verdict: \"accept\" or \"reject\", notes: [string] }}\n\n\
             mission m {{\n  step said = model.ask(\"x\", as: {named})\n  output it = said.value\n}}\n"
        );
        let (file, wrong) = tau::parse(&text, sources.add("m.tau", text.as_str()));
        assert!(wrong.is_empty(), "{wrong:?}");
        let checked = check(&file, &library);
        if !checked.diagnostics.is_empty() {
            let all = checked.diagnostics.iter();
            return Err(all.map(|one| one.kind.code().to_owned()).collect());
        }
        let NodeKind::Step(step) = &checked.plans[0].body.nodes[0].kind else {
            panic!("no step");
        };
        let given = step.args.iter().find(|(name, _, _)| name == "as").unwrap();
        Ok((step.result.to_string(), crate::format::value(&given.1)))
    }

    #[test]
    fn the_value_has_the_type_that_the_step_names() {
        let (result, schema) = checked("\"Review\"").unwrap();
        assert_eq!(
            result,
            "{ text: untrusted string, value: untrusted Review }"
        );
        assert!(
            schema.contains("accept") && schema.contains("notes"),
            "{schema}"
        );
        let unused = vec!["type-unused".to_owned()];
        assert_eq!(checked("\"[int]\""), Err(unused.clone()));
        assert_eq!(checked("\"\""), Err(unused));
    }

    #[test]
    fn what_is_no_type_is_told() {
        for named in ["\"Reveiw\"", "\"[int\"", "\"a {{ 1 + 1 }}\""] {
            let found = checked(named).unwrap_err();
            assert!(
                found.contains(&"type-unknown".to_owned()),
                "{named}: {found:?}"
            );
        }
    }
}
