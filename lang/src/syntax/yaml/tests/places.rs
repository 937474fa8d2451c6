use super::{file, mission};
use crate::source::SourceId;
use crate::syntax::tree::{Expr, Piece, ValueKind};
use crate::syntax::yaml::parse;

/// Every expression of the outputs.
fn expressions(text: &str) -> Vec<Expr> {
    let mut found = Vec::new();
    for output in mission(text).outputs {
        match output.value.kind {
            ValueKind::Expr(expr) => found.push(expr),
            ValueKind::Text(template) => {
                found.extend(template.pieces.into_iter().filter_map(|piece| match piece {
                    Piece::Expr(expr) => Some(expr),
                    Piece::Literal(_) => None,
                }));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn every_style_leads_back_to_the_file() {
    let text = r#"tau: 1
mission: m
outputs:
  plain: é x {{ a.b }} y
    folded {{ c.d }}

    on {{ e }}
  single: 'it''s {{ f }}
    and ''{{ g }}'' too'
  double: "tab\t {{ h }} \x41\u00e9\U0001F600 {{ i }} \
    joined {{ j }}
    folded\L {{ k }}"
  literal: |2
      indented {{ l }}

    é {{ m }}
  folded: >-
    one {{ n }}
    two

      more {{ o }}
    end {{ p }}
  flow: {{ q }}
"#;
    let text = text.replace("flow: {{ q }}", "alone: '{{ q }}'");
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let found = expressions(&text);
        let names: Vec<&str> = found
            .iter()
            .map(|expr| expr.source.value.as_str())
            .collect();
        let expected = [
            "a.b", "c.d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q",
        ];
        assert_eq!(names, expected);
        for expr in found {
            let source = expr.source;
            let span = source.span(0, source.value.len());
            let slice = &text[span.start as usize..span.end as usize];
            assert_eq!(slice, source.value);
        }
    }
}

#[test]
fn an_unclosed_expression_is_underlined_behind_escapes() {
    let text = "tau: 1\nmission: m\noutputs:\n  a: \"\\t\\x41 it {{ b\"\n";
    let (_, diagnostics) = parse(text, SourceId(0));
    let span = diagnostics[0].span;
    assert_eq!(&text[span.start as usize..span.end as usize], "{{");
}

#[test]
fn surrogate_pairs_are_one_letter() {
    let found = expressions("tau: 1\nmission: m\noutputs:\n  a: \"\\uD83C\\uDFB5 {{ b }}\"\n");
    assert_eq!(found[0].source.at.0.start, 49);
}

#[test]
fn nodes_know_where_they_stand() {
    let text = super::FIX;
    let tree = file(text);
    let mission = mission(text);
    let slice = |span: crate::source::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(tree.items.len(), 2);
    assert_eq!(slice(mission.name.at.0), "fix");
    assert_eq!(
        slice(mission.inputs[1].at.0),
        "check:  { type: command, default: cargo test }"
    );
    assert_eq!(
        slice(mission.body.statements[1].at.0),
        "red: verify.red\n    with: { verifier: tests }"
    );
    let authority = mission.authority.expect("an authority");
    assert_eq!(slice(authority.grants[5].at.0), "commit: [\"tau/*\"]");
    assert_eq!(slice(mission.outputs[0].value.at.0), "\"{{ pr.url }}\"");
}
