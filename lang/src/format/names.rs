//! Names for arguments that are given by their position, which YAML does not know.

use std::collections::HashMap;

use crate::library::Library;
use crate::module::Imports;
use crate::syntax::tree::{
    ActionBody, Arg, Body, File, Ident, Input, Item, Statement, StatementKind, UseFrom,
};

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

/// Gives every argument of the file the name of the parameter at its position, as the faces and
/// missions of the library, of the file and of those that it uses say. What a file has that could
/// not be read keeps its positions.
///
/// # Errors
/// The first argument that has no such parameter: what is called is unknown or takes fewer, or the
/// parameter is given by its name too.
pub fn name_arguments(
    file: &mut File,
    library: &Library,
    imports: &Imports,
) -> Result<(), Unnamed> {
    let mut names = Names {
        library,
        parameters: HashMap::new(),
        uses_files: file.items.iter().any(is_foreign),
    };
    for (name, signature) in &library.actions {
        let parameters = signature.params.iter().map(|it| it.name.clone());
        names.parameters.insert(name.clone(), parameters.collect());
    }
    for mission in library.missions.values() {
        names.add(&mission.name, &mission.inputs);
    }
    for name in imports.callables() {
        let found = imports.find(&name);
        let plan = found.and_then(|(used, member)| used.callables.get(member)?.as_ref());
        if let Some(plan) = plan {
            let inputs = plan.inputs.iter().map(|input| input.name.clone());
            names.parameters.insert(name, inputs.collect());
        }
    }
    for item in &file.items {
        match item {
            Item::Action(face) => names.add(&face.name, &face.params),
            Item::Mission(mission) => names.add(&mission.name, &mission.inputs),
            Item::Use(_) | Item::Type(_) | Item::Test(_) | Item::On(_) | Item::Policy(_) => {}
        }
    }
    file.items.iter_mut().try_for_each(|item| names.item(item))
}

/// Names of parameters in their order, by what they belong to.
struct Names<'a> {
    library: &'a Library,
    parameters: HashMap<String, Vec<String>>,
    /// Whether names may come from other files.
    uses_files: bool,
}

impl Names<'_> {
    fn add(&mut self, name: &Ident, inputs: &[Input]) {
        let names = inputs.iter().map(|it| it.name.text.clone());
        self.parameters.insert(name.text.clone(), names.collect());
    }

    fn item(&self, item: &mut Item) -> Result<(), Unnamed> {
        match item {
            Item::Use(_) | Item::Type(_) => Ok(()),
            Item::Action(face) => match &mut face.body {
                Some(ActionBody::Steps { body, .. }) => self.body(body),
                Some(ActionBody::Command(_)) | None => Ok(()),
            },
            Item::Mission(mission) => {
                self.body(&mut mission.body)?;
                let handlers = [&mut mission.on_failure, &mut mission.finally];
                let mut bodies = handlers.into_iter().flatten().map(|it| &mut it.body);
                bodies.try_for_each(|body| self.body(body))
            }
            Item::Test(test) => match &mut test.run {
                Some(run) => self.args(&run.mission, &mut run.args),
                None => Ok(()),
            },
            Item::On(trigger) => self.args(&trigger.run.mission, &mut trigger.run.args),
            Item::Policy(_) => Ok(()),
        }
    }

    fn body(&self, body: &mut Body) -> Result<(), Unnamed> {
        body.statements
            .iter_mut()
            .try_for_each(|it| self.statement(it))
    }

    fn statement(&self, statement: &mut Statement) -> Result<(), Unnamed> {
        match &mut statement.kind {
            StatementKind::Let { .. } | StatementKind::Broken { .. } => Ok(()),
            StatementKind::Step(step) => self.args(&step.action, &mut step.args),
            StatementKind::If {
                then, otherwise, ..
            } => {
                self.body(then)?;
                self.body(otherwise)
            }
            StatementKind::For { body, .. } | StatementKind::Repeat { body, .. } => self.body(body),
        }
    }

    fn args(&self, called: &Ident, args: &mut [Arg]) -> Result<(), Unnamed> {
        let known = self.parameters.get(&called.text);
        let group = called.text.split_once('.').map(|(group, _)| group);
        let foreign = group.is_some_and(|group| !self.library.groups.contains(group));
        if known.is_none() && foreign && self.uses_files {
            return Ok(());
        }
        let names = args.iter().filter_map(|arg| arg.name.as_ref());
        let given: Vec<String> = names.map(|name| name.text.clone()).collect();
        for (index, arg) in args.iter_mut().enumerate() {
            if arg.name.is_some() {
                continue;
            }
            let unnamed = |why| Unnamed {
                action: called.text.clone(),
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
}

/// Whether it makes names of another file or repository known.
fn is_foreign(item: &Item) -> bool {
    let from = item.as_use().map(|it| &it.from);
    matches!(from, Some(UseFrom::Source(_)))
}
