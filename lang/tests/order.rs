//! Laws of the order between statements, over generated missions: what meets is ordered, edges
//! lead forward, and every order that the graph allows ends as the order of the text does.
#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test may fail as the test itself may"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use petgraph::Direction;
use petgraph::algo::has_path_connecting;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use proptest::prelude::*;
use tau_lang::check::check;
use tau_lang::glob::Glob;
use tau_lang::library::{Library, Texts};
use tau_lang::plan::{Block, NodeKind, Plan};
use tau_lang::source::SourceMap;
use tau_lang::syntax::tau;

const GROUPS: &[(&str, &str)] = &[
    ("fs", include_str!("../../stdlib/src/fs/fs.tau")),
    ("http", include_str!("faces/http.tau")),
    ("time", include_str!("../../stdlib/src/time/time.tau")),
    ("verify", include_str!("../../stdlib/src/verify/verify.tau")),
];
const PATHS: [&str; 4] = ["a", "b", "d/a", "d/b"];
const HOSTS: [&str; 2] = ["a.example", "b.example"];
const PATTERNS: [&str; 4] = ["a", "*", "d/*", "**"];

/// A statement of a mission, told by its number: `s7`.
#[derive(Clone, Debug)]
enum Statement {
    /// A value, perhaps of an earlier result.
    Let(Option<usize>),
    /// Writes its own name and perhaps an earlier result, perhaps to a path that a `let` gives.
    Write {
        path: Place,
        text: Option<usize>,
    },
    Read(&'static str),
    List(&'static str),
    Move(&'static str, &'static str),
    Remove(&'static str),
    /// Asks a host.
    Get(&'static str),
    /// Sends its own name and perhaps an earlier result to a host, which answers with all that it
    /// has got.
    Post(Host, Option<usize>),
    /// Touches nothing, and may stand after an earlier step.
    Sleep(Option<usize>),
    Red,
    If(
        Option<usize>,
        Vec<(usize, Statement)>,
        Vec<(usize, Statement)>,
    ),
    Repeat(u64, Vec<(usize, Statement)>),
}

#[derive(Clone, Debug)]
enum Place {
    Written(&'static str),
    /// Known only when it runs; always the first of [`PATHS`].
    Later,
}

#[derive(Clone, Debug)]
enum Host {
    Written(&'static str),
    /// Known only when it runs; always the first of [`HOSTS`].
    Later,
}

/// What a statement is made from: numbers that are taken modulo what there is.
#[derive(Clone, Debug)]
struct Seed {
    kind: u8,
    a: usize,
    b: usize,
    inside: Vec<Seed>,
}

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    let leaf = (0u8..15, 0usize..16, 0usize..16).prop_map(|(kind, a, b)| Seed {
        kind,
        a,
        b,
        inside: Vec::new(),
    });
    let tree = leaf.prop_recursive(2, 12, 4, |inner| {
        let inside = prop::collection::vec(inner, 1..5);
        (15u8..17, 0usize..16, 0usize..16, inside).prop_map(|(kind, a, b, inside)| Seed {
            kind,
            a,
            b,
            inside,
        })
    });
    prop::collection::vec(tree, 1..12)
}

/// Gives statements their numbers, and lets each use what stands above it.
#[derive(Default)]
struct Author {
    next: usize,
    /// The numbers of earlier statements that have a result.
    results: Vec<usize>,
    /// Those of earlier steps of this block and the ones around it.
    steps: Vec<usize>,
}

impl Author {
    fn block(&mut self, seeds: &[Seed]) -> Vec<(usize, Statement)> {
        let outer = self.steps.clone();
        let all = seeds.iter().map(|seed| self.statement(seed)).collect();
        self.steps = outer;
        all
    }

    fn statement(&mut self, seed: &Seed) -> (usize, Statement) {
        let Seed { kind, a, b, inside } = seed;
        let (path, other) = (PATHS[a % 4], PATHS[b % 4]);
        // Of every four uses one is of nothing.
        let pick = |of: &[usize]| (b % 4 != 0 && !of.is_empty()).then(|| of[a % of.len()]);
        let result = pick(&self.results);
        let number = self.next;
        self.next += 1;
        let statement = match kind {
            0 => Statement::Let(result),
            1..=3 => Statement::Write {
                path: Place::Written(other),
                text: result,
            },
            4 => Statement::Write {
                path: Place::Later,
                text: result,
            },
            5 | 6 => Statement::Read(path),
            7 => Statement::List(PATTERNS[a % 4]),
            8 => Statement::Move(
                path,
                if path == other {
                    PATHS[(b + 1) % 4]
                } else {
                    other
                },
            ),
            9 => Statement::Remove(path),
            10 => Statement::Sleep(pick(&self.steps)),
            11 => Statement::Red,
            12 => Statement::Get(HOSTS[a % 2]),
            13 => Statement::Post(Host::Written(HOSTS[b % 2]), result),
            14 => Statement::Post(Host::Later, result),
            15 => {
                let half = inside.len() / 2 + 1;
                let then = self.block(&inside[..half]);
                Statement::If(result, then, self.block(&inside[half..]))
            }
            _ => Statement::Repeat(1 + (*a as u64 % 3), self.block(inside)),
        };
        match statement {
            Statement::Let(_)
            | Statement::Read(_)
            | Statement::List(_)
            | Statement::Get(_)
            | Statement::Post(..) => {
                self.results.push(number);
            }
            _ => {}
        }
        match statement {
            Statement::Let(_) | Statement::If(..) | Statement::Repeat(..) => {}
            _ => self.steps.push(number),
        }
        (number, statement)
    }
}

fn text(block: &[(usize, Statement)], kinds: &BTreeMap<usize, &Statement>, out: &mut String) {
    let value = |of: Option<usize>| match of.map(|of| (of, kinds[&of])) {
        None => "\"-\"".to_owned(),
        Some((of, Statement::Read(_) | Statement::Get(_) | Statement::Post(..))) => {
            format!("(s{of}.text or \"-\")")
        }
        Some((of, Statement::List(_))) => format!("((s{of} or []) | join(\",\"))"),
        Some((of, _)) => format!("(s{of} or \"-\")"),
    };
    for (number, statement) in block {
        let name = format!("s{number}");
        let _ = match statement {
            Statement::Let(of) => writeln!(out, "let {name} = \"{name}\" ~ {}", value(*of)),
            Statement::Write { path, text } => {
                let path = match path {
                    Place::Written(path) => format!("\"{path}\""),
                    Place::Later => "place".to_owned(),
                };
                writeln!(
                    out,
                    "step {name} = fs.write({path}, \"{name}\" ~ {})",
                    value(*text)
                )
            }
            Statement::Read(path) => writeln!(out, "step {name} = fs.read(\"{path}\")"),
            Statement::List(pattern) => writeln!(out, "step {name} = fs.glob(\"{pattern}\")"),
            Statement::Move(from, to) => {
                writeln!(out, "step {name} = fs.move(\"{from}\", \"{to}\")")
            }
            Statement::Remove(path) => writeln!(out, "step {name} = fs.remove(\"{path}\")"),
            Statement::Get(host) => writeln!(out, "step {name} = http.get(\"{host}\")"),
            Statement::Post(host, body) => {
                let host = match host {
                    Host::Written(host) => format!("\"{host}\""),
                    Host::Later => "host".to_owned(),
                };
                let body = value(*body);
                let post = format!("http.post({host}, \"{name}\" ~ {body})");
                writeln!(out, "step {name} = {post} timeout 1m")
            }
            Statement::Sleep(after) => {
                let after = after.map(|of| format!(" after s{of}"));
                writeln!(
                    out,
                    "step {name} = time.sleep(1ms){}",
                    after.unwrap_or_default()
                )
            }
            Statement::Red => writeln!(out, "step {name} = verify.red(tests)"),
            Statement::If(of, then, otherwise) => {
                let _ = writeln!(out, "if {} == \"-\" {{", value(*of));
                text(then, kinds, out);
                if !otherwise.is_empty() {
                    let _ = writeln!(out, "}} else {{");
                    text(otherwise, kinds, out);
                }
                writeln!(out, "}}")
            }
            Statement::Repeat(times, body) => {
                let _ = writeln!(out, "repeat up to {times} {{");
                text(body, kinds, out);
                writeln!(out, "}}")
            }
        };
    }
}

fn index<'a>(block: &'a [(usize, Statement)], kinds: &mut BTreeMap<usize, &'a Statement>) {
    for (number, statement) in block {
        kinds.insert(*number, statement);
        match statement {
            Statement::If(_, then, otherwise) => {
                index(then, kinds);
                index(otherwise, kinds);
            }
            Statement::Repeat(_, body) => index(body, kinds),
            _ => {}
        }
    }
}

fn planned(block: &[(usize, Statement)]) -> Arc<Plan> {
    let mut kinds = BTreeMap::new();
    index(block, &mut kinds);
    let mut source = String::from(
        "mission m {
  input place : path
  input host  : string
  authority {
    read  \"**\"
    write \"**\"
    run   \"true\"
    net   \"*\"
  }
  verifier tests { run \"true\" }
",
    );
    text(block, &kinds, &mut source);
    source.push_str("}\n");
    let mut map = SourceMap::default();
    let texts = Texts {
        groups: GROUPS,
        filters: &[("patch_paths", |_| Ok(Vec::new()))],
        ..Texts::default()
    };
    let (library, found) = Library::load(&mut map, &texts);
    assert!(found.is_empty(), "{found:?}");
    let id = map.add("test.tau", source.as_str());
    let (tree, found) = tau::parse(&source, id);
    assert!(found.is_empty(), "{source}\n{found:?}");
    let checked = check(&tree, &library);
    assert!(!checked.has_errors(), "{source}\n{:?}", checked.diagnostics);
    checked.plans[0].clone()
}

/// What a statement touches, uses and defines, told without the checker.
#[derive(Default)]
struct Facts {
    reads: Vec<&'static str>,
    writes: Vec<&'static str>,
    asks: Vec<&'static str>,
    /// `**` for a host that is not known.
    sends: Vec<&'static str>,
    uses: BTreeSet<usize>,
    defines: BTreeSet<usize>,
    red: bool,
}

fn facts(number: usize, statement: &Statement, it: &mut Facts) {
    it.defines.insert(number);
    match statement {
        Statement::Let(of) => it.uses.extend(of),
        Statement::Write { path, text } => {
            it.writes.push(match path {
                Place::Written(path) => path,
                Place::Later => "**",
            });
            it.uses.extend(text);
        }
        Statement::Read(path) | Statement::List(path) => it.reads.push(path),
        Statement::Move(from, to) => it.writes.extend([from, to]),
        Statement::Remove(path) => it.writes.push(path),
        Statement::Get(host) => it.asks.push(host),
        Statement::Post(host, body) => {
            it.sends.push(match host {
                Host::Written(host) => host,
                Host::Later => "**",
            });
            it.uses.extend(body);
        }
        Statement::Sleep(after) => it.uses.extend(after),
        Statement::Red => it.red = true,
        Statement::If(of, then, otherwise) => {
            it.uses.extend(of);
            for (number, statement) in then.iter().chain(otherwise) {
                facts(*number, statement, it);
            }
        }
        Statement::Repeat(_, body) => {
            for (number, statement) in body {
                facts(*number, statement, it);
            }
        }
    }
}

/// Whether the later of two must wait, and why.
fn must_wait(first: &Facts, then: &Facts) -> Option<&'static str> {
    let meet = |a: &[&str], b: &[&str]| {
        a.iter().any(|a| {
            let a = Glob::new(a).unwrap();
            b.iter().any(|b| a.meets(&Glob::new(b).unwrap()))
        })
    };
    if !first.defines.is_disjoint(&then.uses) {
        Some("data")
    } else if first.red && !(then.writes.is_empty() && then.sends.is_empty()) {
        Some("gate")
    } else if meet(&first.sends, &then.sends)
        || meet(&first.sends, &then.asks)
        || meet(&first.asks, &then.sends)
    {
        Some("hosts")
    } else if meet(&first.writes, &then.writes)
        || meet(&first.writes, &then.reads)
        || meet(&first.reads, &then.writes)
    {
        Some("effects")
    } else {
        None
    }
}

/// Checks the first two laws of one block and of those inside it.
fn ordered(statements: &[(usize, Statement)], block: &Block) -> Result<(), TestCaseError> {
    prop_assert_eq!(statements.len(), block.nodes.len());
    prop_assert_eq!(block.graph.node_count(), block.nodes.len());
    for edge in block.graph.edge_references() {
        prop_assert!(edge.source() < edge.target());
    }
    let all: Vec<Facts> = statements
        .iter()
        .map(|(number, statement)| {
            let mut found = Facts::default();
            facts(*number, statement, &mut found);
            found
        })
        .collect();
    for then in 0..all.len() {
        for first in 0..then {
            if let Some(why) = must_wait(&all[first], &all[then]) {
                let (a, b) = (NodeIndex::new(first), NodeIndex::new(then));
                prop_assert!(
                    has_path_connecting(&block.graph, a, b, None),
                    "{} before {}: {}",
                    first,
                    then,
                    why
                );
            }
        }
    }
    for ((_, statement), node) in statements.iter().zip(&block.nodes) {
        match (statement, &node.kind) {
            (
                Statement::If(_, a, b),
                NodeKind::If {
                    then, otherwise, ..
                },
            ) => {
                ordered(a, then)?;
                ordered(b, otherwise)?;
            }
            (Statement::Repeat(_, a), NodeKind::Repeat { body, .. }) => ordered(a, body)?,
            _ => {}
        }
    }
    Ok(())
}

/// The world that statements change: files and results by name.
#[derive(Clone, Debug, Default, PartialEq)]
struct World {
    files: BTreeMap<String, String>,
    /// What each host has got.
    hosts: BTreeMap<&'static str, String>,
    results: BTreeMap<usize, String>,
    /// Whether something was written before each RED was run for the first time.
    red: BTreeMap<usize, bool>,
    written: bool,
}

/// Which of the statements that are ready goes next: a small generator of numbers, or the first.
struct Choice(Option<u64>);

impl Choice {
    fn among(&mut self, count: usize) -> usize {
        let Some(state) = &mut self.0 else { return 0 };
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap() % count
    }
}

fn run(statements: &[(usize, Statement)], block: &Block, choice: &mut Choice, world: &mut World) {
    let graph = &block.graph;
    let waits = |at| graph.neighbors_directed(at, Direction::Incoming).count();
    let mut left: BTreeMap<NodeIndex, usize> =
        graph.node_indices().map(|at| (at, waits(at))).collect();
    while !left.is_empty() {
        let ready: Vec<NodeIndex> = left
            .iter()
            .filter(|(_, waits)| **waits == 0)
            .map(|(at, _)| *at)
            .collect();
        let next = ready[choice.among(ready.len())];
        left.remove(&next);
        for then in graph.neighbors(next) {
            if let Some(waits) = left.get_mut(&then) {
                *waits -= 1;
            }
        }
        let (number, statement) = &statements[next.index()];
        perform(
            *number,
            statement,
            &block.nodes[next.index()].kind,
            choice,
            world,
        );
    }
}

fn perform(
    number: usize,
    statement: &Statement,
    kind: &NodeKind,
    choice: &mut Choice,
    world: &mut World,
) {
    let value = |world: &World, of: &Option<usize>| {
        of.and_then(|of| world.results.get(&of).cloned())
            .unwrap_or_else(|| "-".to_owned())
    };
    match (statement, kind) {
        (Statement::Let(of), _) => {
            let text = format!("s{number}{}", value(world, of));
            world.results.insert(number, text);
        }
        (Statement::Write { path, text }, _) => {
            let path = match path {
                Place::Written(path) => path,
                Place::Later => PATHS[0],
            };
            let text = format!("s{number}{}", value(world, text));
            world.files.insert(path.to_owned(), text);
            world.written = true;
        }
        (Statement::Read(path), _) => {
            let text = world
                .files
                .get(*path)
                .cloned()
                .unwrap_or_else(|| "-".to_owned());
            world.results.insert(number, text);
        }
        (Statement::List(pattern), _) => {
            let glob = Glob::new(pattern).unwrap();
            let found = world.files.keys().filter(|path| glob.matches(path));
            let found: Vec<&str> = found.map(String::as_str).collect();
            world.results.insert(number, found.join(","));
        }
        (Statement::Move(from, to), _) => {
            world.written = true;
            if !world.files.contains_key(*to)
                && let Some(text) = world.files.remove(*from)
            {
                world.files.insert((*to).to_owned(), text);
            }
        }
        (Statement::Remove(path), _) => {
            world.written = true;
            world.files.remove(*path);
        }
        (Statement::Get(host), _) => {
            let got = world.hosts.get(host).cloned();
            world
                .results
                .insert(number, got.unwrap_or_else(|| "-".to_owned()));
        }
        (Statement::Post(host, body), _) => {
            world.written = true;
            let host = match host {
                Host::Written(host) => host,
                Host::Later => HOSTS[0],
            };
            let body = value(world, body);
            let got = world.hosts.entry(host).or_default();
            got.push_str(&format!("s{number}{body};"));
            world.results.insert(number, got.clone());
        }
        (Statement::Sleep(_), _) => {}
        (Statement::Red, _) => {
            let written = world.written;
            world.red.entry(number).or_insert(written);
        }
        (
            Statement::If(of, a, b),
            NodeKind::If {
                then, otherwise, ..
            },
        ) => match value(world, of) == "-" {
            true => run(a, then, choice, world),
            false => run(b, otherwise, choice, world),
        },
        (Statement::Repeat(times, inside), NodeKind::Repeat { body, .. }) => {
            for _ in 0..*times {
                run(inside, body, choice, world);
            }
        }
        (statement, _) => panic!("{statement:?} became something else"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_meets_is_ordered_and_edges_lead_forward(seeds in seeds()) {
        let statements = Author::default().block(&seeds);
        let plan = planned(&statements);
        ordered(&statements, &plan.body)?;
    }

    #[test]
    fn every_order_that_the_graph_allows_ends_as_the_text_does(seeds in seeds(), choices: [u64; 8]) {
        let statements = Author::default().block(&seeds);
        let plan = planned(&statements);
        let end = |choice: Option<u64>| {
            let mut world = World::default();
            world.files.insert("a".to_owned(), "first".to_owned());
            run(&statements, &plan.body, &mut Choice(choice), &mut world);
            world
        };
        let written = end(None);
        for choice in choices {
            let world = end(Some(choice));
            prop_assert_eq!(&world.files, &written.files);
            prop_assert_eq!(&world.hosts, &written.hosts);
            prop_assert_eq!(&world.results, &written.results);
            // What is written above a RED may come later, but nothing below it comes before it.
            for (number, written_before) in &world.red {
                prop_assert!(!written_before || written.red[number]);
            }
        }
    }
}
