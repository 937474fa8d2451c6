//! The tools of a model: standard actions, as their faces say them.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use tau_interpreter::action::{Action, Failure, Keep, Part, Work};
use tau_lang::diagnostic::nearest;
use tau_lang::expr::Context;
use tau_lang::library::{Library, Param, Signature, Texts};
use tau_lang::source::SourceMap;
use tau_lang::types::Docs;

use super::tell::{self, Told};
use crate::model::wire::{Tool, ToolCall};

/// What there is of tools: each action, and which of its parameters are not a model's to fill in.
///
/// None changes what is outside of the run: what a killed run has done of it can be done again.
const TOOLS: &[Kind] = &[
    Kind::new("fs.edit", &[]).reads().writes(),
    Kind::new("fs.edit_many", &[]).reads().writes(),
    Kind::new("fs.glob", &[]).reads(),
    Kind::new("fs.move", &[]).reads().writes(),
    Kind::new("fs.read", &[]).reads(),
    Kind::new("fs.remove", &[]).reads().writes(),
    Kind::new("fs.search", &[]).reads(),
    Kind::new("fs.write", &[]).reads().writes(),
    Kind::new("git.diff", &[]),
    Kind::new("git.log", &[]),
    // What a command gets of variables and secrets is no model's to say, and how long it may take neither.
    Kind::new("process.run", &["env", "secrets", "timeout"]).runs(),
];

/// The parameter of `process.run` that says what it may change.
const WRITES: &str = "writes";

/// One action that can be a tool.
struct Kind {
    action: &'static str,
    hidden: &'static [&'static str],
    reads: bool,
    writes: bool,
    runs: bool,
}

impl Kind {
    const fn new(action: &'static str, hidden: &'static [&'static str]) -> Kind {
        Kind {
            action,
            hidden,
            reads: false,
            writes: false,
            runs: false,
        }
    }

    const fn reads(self) -> Kind {
        Kind {
            reads: true,
            ..self
        }
    }

    const fn writes(self) -> Kind {
        Kind {
            writes: true,
            ..self
        }
    }

    const fn runs(self) -> Kind {
        Kind { runs: true, ..self }
    }

    fn of(action: &str) -> Option<&'static Kind> {
        TOOLS.iter().find(|kind| kind.action == action)
    }
}

/// The files that the tools named in a text will read. This is the filter `agent_reads` of tau's
/// expressions.
///
/// # Errors
/// Some tool reads: which files is known when the model has called it, and checked then.
pub(crate) fn agent_reads(tools: &str) -> Result<Vec<String>, String> {
    later(tools, |kind| kind.reads, "read")
}

/// The files that the tools named in a text will write, as [`agent_reads`].
///
/// # Errors
/// Some tool writes.
pub(crate) fn agent_writes(tools: &str) -> Result<Vec<String>, String> {
    later(tools, |kind| kind.writes, "write")
}

/// The commands that the tools named in a text will start, as [`agent_reads`].
///
/// # Errors
/// Some tool starts commands.
pub(crate) fn agent_runs(tools: &str) -> Result<Vec<String>, String> {
    later(tools, |kind| kind.runs, "start")
}

fn later(tools: &str, does: fn(&Kind) -> bool, word: &str) -> Result<Vec<String>, String> {
    let mut kinds = tools.split_whitespace().filter_map(Kind::of);
    match kinds.any(does) {
        true => Err(format!(
            "What a model will {word} is known when it has said so."
        )),
        false => Ok(Vec::new()),
    }
}

/// The faces of all tools.
static FACES: LazyLock<Library> = LazyLock::new(|| {
    let all = crate::texts();
    let groups = all.groups.iter();
    let is_used = |group: &str| {
        let mut actions = TOOLS.iter().map(|kind| kind.action);
        actions.any(|action| action.split_once('.').is_some_and(|(it, _)| it == group))
    };
    let groups = groups.filter(|(group, _)| is_used(group)).copied();
    let groups: Vec<(&str, &str)> = groups.collect();
    let texts = Texts {
        groups: &groups,
        missions: &[],
        filters: all.filters,
    };
    // What is wrong with the library's own faces, its tests find.
    Library::load(&mut SourceMap::default(), &texts).0
});

/// The tools of one step.
pub(super) struct Toolbox {
    all: Vec<One>,
    /// The most that a command may take, in milliseconds.
    command: u64,
}

struct One {
    /// The name that a model calls it by.
    name: String,
    kind: &'static Kind,
    action: Action,
    face: &'static Signature,
    /// The parameters that a model fills in.
    params: Vec<&'static Param>,
}

impl Toolbox {
    /// The tools of these names.
    ///
    /// # Errors
    /// There is none of such a name. The type of the parameter knows them, so this is a fault.
    pub(super) fn new(names: &[String], command: u64) -> Result<Toolbox, Failure> {
        let writes = |name: &String| Kind::of(name).is_some_and(|kind| kind.writes);
        let may_write = names.iter().any(writes);
        let mut actions = crate::actions();
        let mut all: Vec<One> = Vec::new();
        for name in names {
            let at = actions.iter().position(|action| action.name == name);
            let found = Kind::of(name).zip(FACES.actions.get(name)).zip(at);
            let Some(((kind, face), at)) = found else {
                let message = format!("There is no tool `{name}`.");
                return Err(Failure::new("tool-missing", message));
            };
            let is_open = |param: &&Param| {
                let is_hidden = kind.hidden.contains(&param.name.as_str());
                // Without a tool that writes, no command may either: nobody has said that it can.
                !is_hidden && (may_write || param.name != WRITES)
            };
            all.push(One {
                name: name.replace('.', "_"),
                kind,
                action: actions.swap_remove(at),
                face,
                params: face.params.iter().filter(is_open).collect(),
            });
        }
        Ok(Toolbox { all, command })
    }

    /// The tools as they are offered.
    pub(super) fn tools(&self) -> Vec<Tool> {
        self.all.iter().map(One::tool).collect()
    }

    /// Does what a call asks for, unless it is refused, and tells it in at most so many bytes.
    ///
    /// # Errors
    /// What came of it cannot be recorded.
    pub(super) async fn perform(
        &self,
        call: &ToolCall,
        most: usize,
        keep: Keep,
        hands: &dyn Work,
    ) -> Result<Told, Failure> {
        let Some(one) = self.all.iter().find(|one| one.name == call.name) else {
            return Ok(self.unknown(&call.name));
        };
        let mut args = match one.args(call) {
            Ok(args) => args,
            Err(why) => return Ok(Told::refused(format!("The call was not made: {why}."))),
        };
        if one.kind.runs {
            args.insert("timeout".to_owned(), json!(self.command));
        }
        let action = one.action.name;
        let asked = args.clone();
        let part = Part {
            action: &one.action,
            args,
            result: one.face.result.clone(),
            tell: &|gave| json!(tell::told((action, &asked), gave, most)),
            keep,
        };
        let told = hands.part(part).await?;
        serde_json::from_value(told).map_err(|error| {
            let message = format!("What `{action}` gave was recorded otherwise: {error}.");
            Failure::new("part-unreadable", message)
        })
    }

    fn unknown(&self, name: &str) -> Told {
        let known = || self.all.iter().map(|one| one.name.as_str());
        let near = nearest(name, known()).map(|near| format!(" Did you mean `{near}`?"));
        let known: Vec<&str> = known().collect();
        let text = format!(
            "There is no tool of this name.{} There are: {}.",
            near.unwrap_or_default(),
            known.join(", ")
        );
        Told {
            is_unknown: true,
            ..Told::refused(text)
        }
    }
}

impl One {
    fn tool(&self) -> Tool {
        let mut properties = Map::new();
        let mut defined = Map::new();
        for param in &self.params {
            let mut schema = param.ty.json_schema(&Docs::new());
            plain(&mut schema, &mut defined);
            if !param.doc.is_empty() {
                schema["description"] = json!(param.doc);
            }
            let default = param.default.as_ref();
            let default = default.and_then(|it| FACES.engine.known(it, &param.ty, &Context::new()));
            if let Some(default) = default {
                schema["default"] = default;
            }
            properties.insert(param.name.clone(), schema);
        }
        let required = self.params.iter().filter(|param| param.is_required());
        let required: Vec<&str> = required.map(|param| param.name.as_str()).collect();
        let mut parameters = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        });
        if !defined.is_empty() {
            parameters["$defs"] = Value::Object(defined);
        }
        // The first paragraph says what it does.
        let doc = self.face.doc.split("\n\n").next().unwrap_or_default();
        Tool {
            name: self.name.clone(),
            description: doc.replace('\n', " "),
            parameters,
        }
    }

    /// The arguments of a call, each of its type, with the defaults of those that are not given.
    fn args(&self, call: &ToolCall) -> Result<Map<String, Value>, String> {
        let mut given = call
            .arguments()
            .map_err(|why| format!("its arguments are wrong: {why}"))?;
        let mut args = Map::new();
        for param in &self.face.params {
            let name = &param.name;
            let is_open = self.params.iter().any(|it| it.name == *name);
            let value = match is_open {
                true => given.remove(name).filter(|value| !value.is_null()),
                false => None,
            };
            let value = match (value, &param.default) {
                (Some(value), _) => {
                    let value = param.ty.coerce(value);
                    value.map_err(|why| format!("in its argument `{name}`, {why}"))?
                }
                (None, Some(default)) => {
                    let value = FACES.engine.known(default, &param.ty, &Context::new());
                    value.unwrap_or_default()
                }
                (None, None) if param.ty.may_be_absent() => Value::Null,
                (None, None) => return Err(format!("its argument `{name}` is missing")),
            };
            args.insert(name.clone(), value);
        }
        match given.keys().next() {
            Some(name) => {
                let known = self.params.iter().map(|param| param.name.as_str());
                let known: Vec<&str> = known.collect();
                Err(format!(
                    "it has no argument `{name}`; there are: {}",
                    known.join(", ")
                ))
            }
            None => Ok(args),
        }
    }
}

/// Takes out of a schema what not all providers know, and its definitions into one place.
fn plain(schema: &mut Value, defined: &mut Map<String, Value>) {
    match schema {
        Value::Object(fields) => {
            fields.remove("$schema");
            // Not everybody's regular expressions are the same, and the broker knows paths by itself.
            if fields.get("pattern").is_some_and(Value::is_string) {
                fields.remove("pattern");
            }
            if let Some(Value::Object(more)) = fields.remove("$defs") {
                for (name, mut schema) in more {
                    plain(&mut schema, defined);
                    defined.insert(name, schema);
                }
            }
            fields.values_mut().for_each(|it| plain(it, defined));
        }
        Value::Array(items) => items.iter_mut().for_each(|it| plain(it, defined)),
        _ => {}
    }
}
