use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::plan::testing::{CALLS, LISTS, LOOPS, PROVE, planned};
use crate::plan::{Block, Call, Modifiers, Node, NodeKind, Plan};
use crate::source::SourceMap;

fn drawn(text: &str, draw: fn(&Plan, &SourceMap) -> String) -> String {
    let (plan, _, map) = planned(text);
    draw(&plan, &map)
}

#[test]
fn a_proof_for_a_person() {
    insta::assert_snapshot!(drawn(PROVE, terminal), @r#"
    fix
      red     verify.red
      edit    fs.patch      after red: no write before RED
      green   verify.check  after edit: reads the files that it writes
      proof   verify.prove  after red: uses red
                            after green: uses green
      commit  git.commit    after proof: uses proof
    "#);
}

#[test]
fn loops_for_a_person() {
    insta::assert_snapshot!(drawn(LOOPS, terminal), @r#"
    tidy
      title  let
      note   fs.write     after title: uses title
      repeat up to rounds until green.passed  after note: reads notes/a.md that it writes
        edit   fs.edit       may fail
        green  verify.check  after edit: reads src/a.rs that it writes
        if green.passed      after green: uses green
          then
            say  fs.write  when strict
          else
            wait  time.sleep
      again  process.run  after repeat in line 18: reads src/a.rs that it writes
                          retry 2 every 10s, timeout 5m
      bye    time.sleep   after note
                          after again
    "#);
}

#[test]
fn calls_for_a_person() {
    insta::assert_snapshot!(drawn(CALLS, terminal), @r#"
    outer
      first mission inner
        made  fs.write
      then mission inner  after first: uses first
        when first.path != "x"
        made  fs.write
    "#);
}

#[test]
fn lists_and_handlers_for_a_person() {
    insta::assert_snapshot!(drawn(LISTS, terminal), @r#"
    sort
      for path in ["a", "b", "c"] at most 2 at once
        copy  fs.write
      for path in paths up to most at most 3 at once  after for in line 10: writes the files that it reads
        rounds run one after the other, as two of them may write the same file
        moved  fs.move  may fail
        for part in ["x", "y"]  after moved: writes the files that it reads
          log  fs.write
      on failure
        why  fs.write
      finally
        rest  time.sleep
    "#);
}

#[test]
fn lists_and_handlers_for_programs() {
    let (plan, _, map) = planned(LISTS);
    let nodes = json(&plan, &map)["nodes"].clone();
    let rows: Vec<String> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r#"
    {"action":null,"detail":"path in [\"a\", \"b\", \"c\"] at most 2 at once","id":"for@10","kind":"for","line":10,"name":"for","parent":null}
    {"action":"fs.write","id":"for@10/copy","kind":"step","line":11,"name":"copy","parent":"for@10"}
    {"action":null,"detail":"path in paths up to most at most 3 at once","id":"for@13","kind":"for","line":13,"name":"for","parent":null,"serial":"rounds run one after the other, as two of them may write the same file"}
    {"action":"fs.move","detail":"may fail","id":"for@13/moved","kind":"step","line":14,"name":"moved","parent":"for@13"}
    {"action":null,"detail":"part in [\"x\", \"y\"]","id":"for@13/for@15","kind":"for","line":15,"name":"for","parent":"for@13"}
    {"action":"fs.write","id":"for@13/for@15/log","kind":"step","line":16,"name":"log","parent":"for@13/for@15"}
    {"action":null,"id":"on_failure","kind":"on_failure","line":20,"name":"on failure","parent":null}
    {"action":"fs.write","id":"on_failure/why","kind":"step","line":20,"name":"why","parent":"on_failure"}
    {"action":null,"id":"finally","kind":"finally","line":23,"name":"finally","parent":null}
    {"action":"time.sleep","id":"finally/rest","kind":"step","line":23,"name":"rest","parent":"finally"}
    "#);
}

#[test]
fn a_proof_for_mermaid() {
    insta::assert_snapshot!(drawn(PROVE, mermaid), @r#"
    flowchart TD
      n_red["red<br>verify.red"]
      n_edit["edit<br>fs.patch"]
      n_green["green<br>verify.check"]
      n_proof["proof<br>verify.prove"]
      n_commit["commit<br>git.commit"]
      n_red -->|"no write before RED"| n_edit
      n_edit -->|"reads the files that it writes"| n_green
      n_red -->|"uses red"| n_proof
      n_green -->|"uses green"| n_proof
      n_proof -->|"uses proof"| n_commit
    "#);
}

#[test]
fn loops_for_mermaid() {
    insta::assert_snapshot!(drawn(LOOPS, mermaid), @r#"
    flowchart TD
      n_title["title<br>let"]
      n_note["note<br>fs.write"]
      subgraph n_repeat_18["repeat<br>up to rounds until green.passed"]
        n_repeat_18_edit["edit<br>fs.edit<br>may fail"]
        n_repeat_18_green["green<br>verify.check"]
        subgraph n_repeat_18_if_21["if<br>green.passed"]
          subgraph n_repeat_18_if_21_then["then"]
            n_repeat_18_if_21_then_say["say<br>fs.write<br>when strict"]
          end
          subgraph n_repeat_18_if_21_else["else"]
            n_repeat_18_if_21_else_wait["wait<br>time.sleep"]
          end
        end
      end
      n_again["again<br>process.run<br>retry 2 every 10s, timeout 5m"]
      n_bye["bye<br>time.sleep"]
      n_title -->|"uses title"| n_note
      n_note -->|"reads notes/a.md that it writes"| n_repeat_18
      n_repeat_18 -->|"reads src/a.rs that it writes"| n_again
      n_note -->|"after note"| n_bye
      n_again -->|"after again"| n_bye
      n_repeat_18_edit -->|"reads src/a.rs that it writes"| n_repeat_18_green
      n_repeat_18_green -->|"uses green"| n_repeat_18_if_21
    "#);
}

#[test]
fn calls_for_mermaid() {
    insta::assert_snapshot!(drawn(CALLS, mermaid), @r#"
    flowchart TD
      subgraph n_first["first<br>mission inner"]
        n_first_made["made<br>fs.write"]
      end
      subgraph n_then["then<br>mission inner<br>when first.path != #34;x#34;"]
        n_then_made["made<br>fs.write"]
      end
      n_first -->|"uses first"| n_then
    "#);
}

#[test]
fn a_proof_for_graphviz() {
    insta::assert_snapshot!(drawn(PROVE, dot), @r#"
    digraph "fix" {
      compound=true
      node [shape=box, style=rounded]
      "red" [label="red\nverify.red"]
      "edit" [label="edit\nfs.patch"]
      "green" [label="green\nverify.check"]
      "proof" [label="proof\nverify.prove"]
      "commit" [label="commit\ngit.commit"]
      "red" -> "edit" [label="no write before RED"]
      "edit" -> "green" [label="reads the files that it writes"]
      "red" -> "proof" [label="uses red"]
      "green" -> "proof" [label="uses green"]
      "proof" -> "commit" [label="uses proof"]
    }
    "#);
}

#[test]
fn loops_for_graphviz() {
    insta::assert_snapshot!(drawn(LOOPS, dot), @r#"
    digraph "tidy" {
      compound=true
      node [shape=box, style=rounded]
      "title" [label="title\nlet"]
      "note" [label="note\nfs.write"]
      subgraph "cluster repeat@18" {
        label="repeat\nup to rounds until green.passed"
        "repeat@18/edit" [label="edit\nfs.edit\nmay fail"]
        "repeat@18/green" [label="green\nverify.check"]
        subgraph "cluster repeat@18/if@21" {
          label="if\ngreen.passed"
          subgraph "cluster repeat@18/if@21/then" {
            label="then"
            "repeat@18/if@21/then/say" [label="say\nfs.write\nwhen strict"]
          }
          subgraph "cluster repeat@18/if@21/else" {
            label="else"
            "repeat@18/if@21/else/wait" [label="wait\ntime.sleep"]
          }
        }
      }
      "again" [label="again\nprocess.run\nretry 2 every 10s, timeout 5m"]
      "bye" [label="bye\ntime.sleep"]
      "title" -> "note" [label="uses title"]
      "note" -> "repeat@18/edit" [label="reads notes/a.md that it writes", lhead="cluster repeat@18"]
      "repeat@18/if@21/else/wait" -> "again" [label="reads src/a.rs that it writes", ltail="cluster repeat@18"]
      "note" -> "bye" [label="after note"]
      "again" -> "bye" [label="after again"]
      "repeat@18/edit" -> "repeat@18/green" [label="reads src/a.rs that it writes"]
      "repeat@18/green" -> "repeat@18/if@21/then/say" [label="uses green", lhead="cluster repeat@18/if@21"]
    }
    "#);
}

#[test]
fn calls_for_graphviz() {
    insta::assert_snapshot!(drawn(CALLS, dot), @r#"
    digraph "outer" {
      compound=true
      node [shape=box, style=rounded]
      subgraph "cluster first" {
        label="first\nmission inner"
        "first/made" [label="made\nfs.write"]
      }
      subgraph "cluster then" {
        label="then\nmission inner\nwhen first.path != \"x\""
        "then/made" [label="made\nfs.write"]
      }
      "first/made" -> "then/made" [label="uses first", ltail="cluster first", lhead="cluster then"]
    }
    "#);
}

#[test]
fn loops_for_programs() {
    let (plan, _, map) = planned(LOOPS);
    let drawn = json(&plan, &map);
    let row = |it: &serde_json::Value| it.to_string();
    let rows = |key: &str| {
        let rows: Vec<String> = drawn[key].as_array().unwrap().iter().map(row).collect();
        rows.join("\n")
    };
    assert_eq!(drawn["schema"], "tau.graph/1");
    assert_eq!(drawn["mission"], "tidy");
    insta::assert_snapshot!(rows("nodes"), @r#"
    {"action":null,"id":"title","kind":"let","line":16,"name":"title","parent":null}
    {"action":"fs.write","id":"note","kind":"step","line":17,"name":"note","parent":null}
    {"action":null,"detail":"up to rounds until green.passed","id":"repeat@18","kind":"repeat","line":18,"name":"repeat","parent":null}
    {"action":"fs.edit","detail":"may fail","id":"repeat@18/edit","kind":"step","line":19,"name":"edit","parent":"repeat@18"}
    {"action":"verify.check","id":"repeat@18/green","kind":"step","line":20,"name":"green","parent":"repeat@18"}
    {"action":null,"detail":"green.passed","id":"repeat@18/if@21","kind":"if","line":21,"name":"if","parent":"repeat@18"}
    {"action":null,"id":"repeat@18/if@21/then","kind":"then","line":21,"name":"then","parent":"repeat@18/if@21"}
    {"action":"fs.write","detail":"when strict","id":"repeat@18/if@21/then/say","kind":"step","line":22,"name":"say","parent":"repeat@18/if@21/then"}
    {"action":null,"id":"repeat@18/if@21/else","kind":"else","line":21,"name":"else","parent":"repeat@18/if@21"}
    {"action":"time.sleep","id":"repeat@18/if@21/else/wait","kind":"step","line":24,"name":"wait","parent":"repeat@18/if@21/else"}
    {"action":"process.run","detail":"retry 2 every 10s, timeout 5m","id":"again","kind":"step","line":27,"name":"again","parent":null}
    {"action":"time.sleep","id":"bye","kind":"step","line":28,"name":"bye","parent":null}
    "#);
    insta::assert_snapshot!(rows("edges"), @r#"
    {"from":"title","kind":"data","reason":"uses title","to":"note"}
    {"from":"note","kind":"effect","reason":"reads notes/a.md that it writes","to":"repeat@18"}
    {"from":"repeat@18","kind":"effect","reason":"reads src/a.rs that it writes","to":"again"}
    {"from":"note","kind":"after","reason":"after note","to":"bye"}
    {"from":"again","kind":"after","reason":"after again","to":"bye"}
    {"from":"repeat@18/edit","kind":"effect","reason":"reads src/a.rs that it writes","to":"repeat@18/green"}
    {"from":"repeat@18/green","kind":"data","reason":"uses green","to":"repeat@18/if@21"}
    "#);
}

#[test]
fn every_id_is_used_once_and_every_edge_and_parent_is_a_node() {
    // Without its file a loop has no line to be told by.
    let twice = "mission m {
      repeat up to 2 { step a = time.sleep(1s) }
      repeat up to 2 { step b = time.sleep(1s) }
    }";
    for (text, known) in [
        (PROVE, true),
        (LOOPS, true),
        (LISTS, true),
        (CALLS, true),
        (twice, false),
    ] {
        let (plan, _, map) = planned(text);
        let map = if known { map } else { SourceMap::default() };
        let drawn = json(&plan, &map);
        let nodes = drawn["nodes"].as_array().unwrap();
        let ids: HashSet<&str> = nodes.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), nodes.len());
        for node in nodes {
            let parent = &node["parent"];
            assert!(parent.is_null() || ids.contains(parent.as_str().unwrap()));
        }
        for edge in drawn["edges"].as_array().unwrap() {
            assert!(ids.contains(edge["from"].as_str().unwrap()));
            assert!(ids.contains(edge["to"].as_str().unwrap()));
        }
    }
}

/// A plan with one step that has this name and action, drawn.
fn hostile(name: &str, draw: fn(&Plan, &SourceMap) -> String) -> String {
    let (plan, _, map) = planned("mission m {\n  step a = time.sleep(1s)\n}\n");
    let mut plan = std::sync::Arc::into_inner(plan).unwrap();
    let node = &mut plan.body.nodes[0];
    node.name = name.to_owned();
    if let NodeKind::Step(step) = &mut node.kind {
        step.action = name.to_owned();
    }
    name.clone_into(&mut plan.mission);
    draw(&plan, &map)
}

#[test]
fn hostile_names_stay_names() {
    let name = "a\"]; end\n%%{init}%% <b>#quot;\u{1b}[31m\u{202e}\\";
    insta::assert_snapshot!(hostile(name, mermaid), @r#"
    flowchart TD
      n_a____end____init_____b__quot___31m__["a#34;#93;#59; end#92;n#37;#37;#123;init#125;#37;#37; #60;b#62;#35;quot#59;#92;u#123;1b#125;#91;31m#92;u#123;202e#125;#92;<br>a#34;#93;#59; end#92;n#37;#37;#123;init#125;#37;#37; #60;b#62;#35;quot#59;#92;u#123;1b#125;#91;31m#92;u#123;202e#125;#92;"]
    "#);
    insta::assert_snapshot!(hostile(name, dot), @r#"
    digraph "a\"]; end\\n%%{init}%% <b>#quot;\\u{1b}[31m\\u{202e}\\" {
      compound=true
      node [shape=box, style=rounded]
      "a\"]; end\\n%%{init}%% <b>#quot;\\u{1b}[31m\\u{202e}\\" [label="a\"]; end\\n%%{init}%% <b>#quot;\\u{1b}[31m\\u{202e}\\\na\"]; end\\n%%{init}%% <b>#quot;\\u{1b}[31m\\u{202e}\\"]
    }
    "#);
    insta::assert_snapshot!(hostile(name, terminal), @r#"
    a"]; end\n%%{init}%% <b>#quot;\u{1b}[31m\u{202e}\
      a"]; end\n%%{init}%% <b>#quot;\u{1b}[31m\u{202e}\  a"]; end\n%%{init}%% <b>#quot;\u{1b}[31m\u{202e}\
    "#);
}

/// What is left of a Graphviz text when its quoted parts are taken out.
fn unquoted(text: &str) -> String {
    let mut outside = String::new();
    let mut inside = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => inside = !inside,
            '\\' if inside => {
                letters.next();
            }
            letter if !inside => outside.push(letter),
            _ => {}
        }
    }
    assert!(!inside, "{text}");
    outside
}

proptest! {
    #[test]
    fn no_name_breaks_out(name in "\\PC{0,12}|[\"\\\\\\[\\]{}<>|;:#%&\n\r\t -]{0,12}") {
        let mermaid = hostile(&name, mermaid);
        prop_assert_eq!(mermaid.lines().count(), 2, "{}", &mermaid);
        let node = mermaid.lines().nth(1).unwrap();
        let label = node.split_once("[\"").unwrap().1.strip_suffix("\"]").unwrap();
        prop_assert!(!label.replace("<br>", "").contains(['"', '<', '[', ']', '%', '\\', ':']));
        let plainly = unquoted(&hostile("a", dot));
        prop_assert_eq!(unquoted(&hostile(&name, dot)), plainly);
        let terminal = hostile(&name, terminal);
        prop_assert_eq!(terminal.lines().count(), 2, "{}", &terminal);
        prop_assert!(!terminal.chars().any(|c| c != '\n' && c.is_control()));
    }
}

/// A mission that calls one that calls one, twice at each level: 2⁴⁰ steps.
#[test]
fn calls_beyond_the_bound_stay_closed() {
    let (mut plan, _, map) = planned("mission m {\n  step a = time.sleep(1s)\n}\n");
    for _ in 0..40 {
        let call = |name: &str| Node {
            kind: NodeKind::Call(Call {
                plan: plan.clone(),
                action_at: crate::source::Span::default(),
                args: Vec::new(),
                modifiers: Modifiers::default(),
            }),
            name: name.to_owned(),
            defines: Vec::new(),
            uses: Vec::new(),
            after: Vec::new(),
            touches: Vec::new(),
            gate: false,
            at: plan.at,
        };
        let nodes = vec![call("a"), call("b")];
        let graph = crate::plan::order(&nodes);
        plan = std::sync::Arc::new(Plan {
            size: crate::plan::Size::default(),
            mission: "m".to_owned(),
            form: crate::plan::Form::Mission,
            doc: String::new(),
            inputs: Vec::new(),
            grants: Vec::new(),
            verifiers: Vec::new(),
            body: Block { nodes, graph },
            on_failure: None,
            finally: None,
            outputs: Vec::new(),
            result: crate::types::Type::Record(Vec::new()),
            gate: false,
            at: plan.at,
        });
    }
    let lines = terminal(&plan, &map).lines().count();
    assert!((10_000..10_100).contains(&lines), "{lines}");
}
