//! Names for arguments that are given by their position, which YAML does not know.

use std::collections::HashMap;

use crate::library::Library;
use crate::syntax::tree::{Body, File, Ident, Item, Statement, StatementKind, Step};

/// An argument that has no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unnamed {
    /// What is called.
    pub action: String,
    /// The argument's position, from 1.
    pub position: usize,
    /// Why it has none, as a clause.
    pub why: &'static str,
}

/// Gives every argument of the file's missions the name of the parameter at its position, as the
/// faces and missions of the library and of the file say.
///
/// # Errors
/// The first argument that has no such parameter: what is called is unknown or takes fewer, or the
/// parameter is given by its name too.
pub fn name_arguments(file: &mut File, library: &Library) -> Result<(), Unnamed> {
    let mut parameters = HashMap::new();
    for (name, signature) in &library.actions {
        let names = signature.params.iter().map(|it| it.name.clone());
        parameters.insert(name.clone(), names.collect());
    }
    let own = file.items.iter().filter_map(|item| match item {
        Item::Mission(mission) => Some(mission),
        _ => None,
    });
    for mission in library.missions.values().chain(own) {
        let names = mission.inputs.iter().map(|it| it.name.text.clone());
        parameters.insert(mission.name.text.clone(), names.collect());
    }
    for item in &mut file.items {
        if let Item::Mission(mission) = item {
            body(&mut mission.body, &parameters)?;
        }
    }
    Ok(())
}

/// Names of parameters in their order, by what they belong to.
type Parameters = HashMap<String, Vec<String>>;

fn body(body: &mut Body, parameters: &Parameters) -> Result<(), Unnamed> {
    body.statements
        .iter_mut()
        .try_for_each(|it| statement(it, parameters))
}

fn statement(statement: &mut Statement, parameters: &Parameters) -> Result<(), Unnamed> {
    match &mut statement.kind {
        StatementKind::Let { .. } | StatementKind::Broken { .. } => Ok(()),
        StatementKind::Step(it) => step(it, parameters),
        StatementKind::If {
            then, otherwise, ..
        } => {
            body(then, parameters)?;
            body(otherwise, parameters)
        }
        StatementKind::For { body: inner, .. } | StatementKind::Repeat { body: inner, .. } => {
            body(inner, parameters)
        }
    }
}

fn step(step: &mut Step, parameters: &Parameters) -> Result<(), Unnamed> {
    let known = parameters.get(&step.action.text);
    let names = step.args.iter().filter_map(|arg| arg.name.as_ref());
    let given: Vec<String> = names.map(|name| name.text.clone()).collect();
    for (index, arg) in step.args.iter_mut().enumerate() {
        if arg.name.is_some() {
            continue;
        }
        let unnamed = |why| Unnamed {
            action: step.action.text.clone(),
            position: index + 1,
            why,
        };
        let names = known.ok_or_else(|| unnamed("there is no such action or mission"))?;
        let text = names.get(index).ok_or_else(|| unnamed("it takes fewer"))?;
        if given.contains(text) {
            return Err(unnamed("that name is given to another"));
        }
        arg.name = Some(Ident {
            text: text.clone(),
            at: arg.value.at,
        });
    }
    Ok(())
}
