//! What every drawing shows: statements with stable ids, blocks opened, edges between neighbours.

use std::collections::HashSet;

use petgraph::visit::EdgeRef;

use crate::format;
use crate::library::Repeat;
use crate::plan::{Block, For, Form, Modifiers, Node, NodeKind, Plan, Reason};
use crate::source::SourceMap;

/// How many statements one drawing opens. Missions that call each other twice at every level
/// would double it with each level; calls beyond this stay closed.
const MAX_SHAPES: usize = 10_000;

/// Statements that stand in one block, with the edges between them.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// In the order of the text.
    pub(crate) all: Vec<Shape>,
    /// Sorted by where they lead.
    pub(crate) edges: Vec<Edge>,
}

/// One statement, or one branch of an `if`.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Its name behind those of the blocks it stands in: `repeat@12/edit`. Blocks have no name of
    /// their own, so they are told by their line.
    pub(crate) id: String,
    /// Its own name; of a block its word.
    pub(crate) name: String,
    pub(crate) kind: ShapeKind,
    /// The action or mission that it calls.
    pub(crate) action: Option<String>,
    /// Which of the two it is, when it has statements of its own.
    pub(crate) callee: Option<Form>,
    /// What bounds it: a condition, a number of rounds, the step's modifiers.
    pub(crate) detail: String,
    /// Why the rounds of a loop run one after the other, when more were asked for.
    pub(crate) serial: Option<String>,
    /// The line it stands in, from 1, if its file is known.
    pub(crate) line: Option<usize>,
    /// How often its action may be performed.
    pub(crate) repeat: Option<Repeat>,
    /// What is inside it.
    pub(crate) inside: Shapes,
}

/// See [`Shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapeKind {
    Let,
    Step,
    Call,
    If,
    Then,
    Else,
    For,
    Repeat,
    OnFailure,
    Finally,
}

/// Who waits for whom, as indexes of [`Shapes::all`].
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) reason: Reason,
}

impl ShapeKind {
    /// Its word in the JSON form.
    pub(crate) fn word(self) -> &'static str {
        match self {
            ShapeKind::Let => "let",
            ShapeKind::Step => "step",
            ShapeKind::Call => "call",
            ShapeKind::If => "if",
            ShapeKind::Then => "then",
            ShapeKind::Else => "else",
            ShapeKind::For => "for",
            ShapeKind::Repeat => "repeat",
            ShapeKind::OnFailure => "on_failure",
            ShapeKind::Finally => "finally",
        }
    }
}

impl Shape {
    /// Name and action in one line: `red  verify.red`, `repeat up to 3 until green.passed`.
    pub(crate) fn title(&self) -> [String; 2] {
        let what = match self.kind {
            ShapeKind::Let => "let".to_owned(),
            ShapeKind::Step => self.action.clone().unwrap_or_default(),
            ShapeKind::Call => {
                let word = self.callee.map_or("mission", Form::word);
                format!("{word} {}", self.action.as_deref().unwrap_or_default())
            }
            ShapeKind::If
            | ShapeKind::Then
            | ShapeKind::Else
            | ShapeKind::For
            | ShapeKind::Repeat
            | ShapeKind::OnFailure
            | ShapeKind::Finally => self.detail.clone(),
        };
        [self.name.clone(), what]
    }

    /// What others call it: a block by its line, as it has no name of its own.
    pub(crate) fn called(&self) -> String {
        match (self.kind, self.line) {
            (ShapeKind::If | ShapeKind::For | ShapeKind::Repeat, Some(line)) => {
                format!("{} in line {line}", self.name)
            }
            _ => self.name.clone(),
        }
    }

    /// What a step says about itself, or what is to be said of a loop, if there is something.
    pub(crate) fn modifiers(&self) -> Option<&str> {
        let says = matches!(self.kind, ShapeKind::Step | ShapeKind::Call);
        match &self.serial {
            Some(serial) => Some(serial),
            None => (says && !self.detail.is_empty()).then_some(&self.detail),
        }
    }
}

/// The shapes of a whole plan.
pub(crate) fn shapes(plan: &Plan, map: &SourceMap) -> Shapes {
    let mut pen = Pen {
        map,
        left: MAX_SHAPES,
    };
    pen.plan(plan, "")
}

struct Pen<'a> {
    map: &'a SourceMap,
    /// How many more statements may be drawn inside of calls.
    left: usize,
}

impl Pen<'_> {
    /// The statements of a mission, and below them its handlers.
    fn plan(&mut self, plan: &Plan, parent: &str) -> Shapes {
        let mut shapes = self.block(&plan.body, parent);
        let handlers = [
            (ShapeKind::OnFailure, &plan.on_failure),
            (ShapeKind::Finally, &plan.finally),
        ];
        for (kind, block) in handlers {
            let first = block.as_ref().and_then(|block| block.nodes.first());
            if let (Some(block), Some(first)) = (block, first) {
                let line = self.line(first);
                shapes.all.push(self.branch(kind, block, parent, line));
            }
        }
        shapes
    }

    fn block(&mut self, block: &Block, parent: &str) -> Shapes {
        let mut taken = HashSet::new();
        let all = block
            .nodes
            .iter()
            .map(|node| self.node(node, parent, &mut taken))
            .collect();
        let mut edges: Vec<Edge> = block
            .graph
            .edge_references()
            .map(|edge| Edge {
                from: edge.source().index(),
                to: edge.target().index(),
                reason: edge.weight().clone(),
            })
            .collect();
        edges.sort_by_key(|edge| (edge.to, edge.from));
        Shapes { all, edges }
    }

    fn node(&mut self, node: &Node, parent: &str, taken: &mut HashSet<String>) -> Shape {
        self.left = self.left.saturating_sub(1);
        let line = self.line(node);
        let (name, own) = match &node.kind {
            NodeKind::If { .. } => ("if", numbered("if", line)),
            NodeKind::For(_) => ("for", numbered("for", line)),
            NodeKind::Repeat { .. } => ("repeat", numbered("repeat", line)),
            _ => (node.name.as_str(), node.name.clone()),
        };
        let id = free(format!("{parent}{own}"), taken);
        let mut shape = Shape {
            name: name.to_owned(),
            kind: ShapeKind::Let,
            action: None,
            callee: None,
            detail: String::new(),
            serial: None,
            line,
            repeat: None,
            inside: Shapes::default(),
            id,
        };
        let below = format!("{}/", shape.id);
        match &node.kind {
            NodeKind::Let(_) => shape.repeat = Some(Repeat::Pure),
            NodeKind::Step(step) => {
                shape.kind = ShapeKind::Step;
                shape.action = Some(step.action.clone());
                shape.repeat = Some(step.repeat);
                shape.detail = modifiers(&step.modifiers);
            }
            NodeKind::Call(call) => {
                shape.kind = ShapeKind::Call;
                shape.action = Some(call.plan.mission.clone());
                shape.callee = Some(call.plan.form);
                shape.detail = modifiers(&call.modifiers);
                if self.left > 0 {
                    shape.inside = self.plan(&call.plan, &below);
                }
            }
            NodeKind::If {
                condition,
                then,
                otherwise,
            } => {
                shape.kind = ShapeKind::If;
                shape.detail.clone_from(&condition.source.value);
                let branches = [(ShapeKind::Then, then), (ShapeKind::Else, otherwise)];
                for (kind, block) in branches {
                    if kind == ShapeKind::Then || !block.nodes.is_empty() {
                        let branch = self.branch(kind, block, &below, line);
                        shape.inside.all.push(branch);
                    }
                }
            }
            NodeKind::For(it) => {
                shape.kind = ShapeKind::For;
                shape.detail = rounds(it);
                let serial = it.meet.as_ref().filter(|_| it.at_once.is_some());
                let why = serial.map(|why| why.between_rounds());
                shape.serial = why.map(|why| format!("rounds run one after the other, as {why}"));
                shape.inside = self.block(&it.body, &below);
            }
            NodeKind::Repeat { times, body, until } => {
                shape.kind = ShapeKind::Repeat;
                shape.detail = format!("up to {}", format::value(times));
                if let Some(until) = until {
                    shape.detail += &format!(" until {}", until.source.value);
                }
                shape.inside = self.block(body, &below);
            }
        }
        shape
    }

    fn line(&self, node: &Node) -> Option<usize> {
        let file = self.map.file(node.at.file)?;
        Some(file.position(node.at.start).line)
    }

    fn branch(
        &mut self,
        kind: ShapeKind,
        block: &Block,
        parent: &str,
        line: Option<usize>,
    ) -> Shape {
        let id = format!("{parent}{}", kind.word());
        Shape {
            name: kind.word().replace('_', " "),
            kind,
            action: None,
            callee: None,
            detail: String::new(),
            serial: None,
            line,
            repeat: None,
            inside: self.block(block, &format!("{id}/")),
            id,
        }
    }
}

fn numbered(word: &str, line: Option<usize>) -> String {
    match line {
        Some(line) => format!("{word}@{line}"),
        None => word.to_owned(),
    }
}

/// `id`, or when a neighbour has it already, with a number behind it.
fn free(id: String, taken: &mut HashSet<String>) -> String {
    let mut free = id.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{id}.{number}");
        number += 1;
    }
    free
}

/// A loop's list and bounds as they are written.
fn rounds(it: &For) -> String {
    let mut text = format!("{} in {}", it.name, format::value(&it.items));
    if let Some(most) = &it.most {
        text += &format!(" up to {}", format::value(most));
    }
    if let Some(at_once) = &it.at_once {
        text += &format!(" at most {} at once", format::value(at_once));
    }
    text
}

/// A step's modifiers as they are written.
fn modifiers(it: &Modifiers) -> String {
    let mut all = Vec::new();
    if let Some(when) = &it.when {
        all.push(format!("when {}", when.source.value));
    }
    if let Some(retry) = &it.retry {
        let words = ["retry", "every", "up to"].into_iter();
        let parts = words.zip(retry.values());
        let parts = parts.map(|(word, value)| format!("{word} {}", format::value(value)));
        all.push(parts.collect::<Vec<_>>().join(" "));
    }
    if let Some(timeout) = &it.timeout {
        all.push(format!("timeout {}", format::value(timeout)));
    }
    if let Some(kind) = it.least_box {
        all.push(format!("box {}", kind.word()));
    }
    if it.may_fail {
        all.push("may fail".to_owned());
    }
    all.join(", ")
}
