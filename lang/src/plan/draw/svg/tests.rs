use std::sync::Arc;

use proptest::prelude::*;
use roxmltree::Document;

use super::layout::{Layout, Size, place};
use super::svg;
use crate::plan::NodeKind;
use crate::plan::draw::json;
use crate::plan::testing::{CALLS, LISTS, LOOPS, PROVE, planned};

fn drawn(text: &str) -> String {
    let (plan, _, map) = planned(text);
    svg(&plan, &map)
}

#[test]
fn a_proof() {
    let text = drawn(PROVE);
    let (head, rest) = text.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</marker>\n").unwrap();
    insta::assert_snapshot!(format!("{head}{rest}"), @r#"
    <svg xmlns="http://www.w3.org/2000/svg" role="img" width="197" height="464" viewBox="0 0 197 464">
    <title>fix</title>
    <rect class="paper" width="197" height="464"/>
    <g class="step"><title>red in line 19</title>
      <rect x="69" y="20" width="100" height="56" rx="6"/>
      <text class="name" x="79" y="43">red</text>
      <text class="more" x="79" y="61">verify.red</text>
    </g>
    <g class="step"><title>edit in line 20</title>
      <rect x="36" y="112" width="84" height="56" rx="6"/>
      <text class="name" x="46" y="135">edit</text>
      <text class="more" x="46" y="153">fs.patch</text>
    </g>
    <g class="step"><title>green in line 21</title>
      <rect x="20" y="204" width="116" height="56" rx="6"/>
      <text class="name" x="30" y="227">green</text>
      <text class="more" x="30" y="245">verify.check</text>
    </g>
    <g class="step"><title>proof in line 22</title>
      <rect x="61" y="296" width="116" height="56" rx="6"/>
      <text class="name" x="71" y="319">proof</text>
      <text class="more" x="71" y="337">verify.prove</text>
    </g>
    <g class="step"><title>commit in line 23</title>
      <rect x="69" y="388" width="100" height="56" rx="6"/>
      <text class="name" x="79" y="411">commit</text>
      <text class="more" x="79" y="429">git.commit</text>
    </g>
    <g class="gate"><title>edit waits for red: no write before RED</title><path class="wide" d="M119 76C119 94 78 94 78 112"/><path class="line" marker-end="url(#tip)" d="M119 76C119 94 78 94 78 112"/></g>
    <g class="effect"><title>green waits for edit: reads the files that it writes</title><path class="wide" d="M78 168C78 186 78 186 78 204"/><path class="line" marker-end="url(#tip)" d="M78 168C78 186 78 186 78 204"/></g>
    <g class="data"><title>proof waits for red: uses red</title><path class="wide" d="M119 76C119 94 160 94 160 112V168C160 186 160 186 160 204V260C160 278 119 278 119 296"/><path class="line" marker-end="url(#tip)" d="M119 76C119 94 160 94 160 112V168C160 186 160 186 160 204V260C160 278 119 278 119 296"/></g>
    <g class="data"><title>proof waits for green: uses green</title><path class="wide" d="M78 260C78 278 119 278 119 296"/><path class="line" marker-end="url(#tip)" d="M78 260C78 278 119 278 119 296"/></g>
    <g class="data"><title>commit waits for proof: uses proof</title><path class="wide" d="M119 352C119 370 119 370 119 388"/><path class="line" marker-end="url(#tip)" d="M119 352C119 370 119 370 119 388"/></g>
    </svg>
    "#);
}

#[test]
fn all_that_the_other_drawings_show() {
    for text in [PROVE, LOOPS, LISTS, CALLS] {
        let (plan, _, map) = planned(text);
        let (picture, data) = (svg(&plan, &map), json(&plan, &map));
        let document = Document::parse(&picture).unwrap();
        let titles: Vec<&str> = document
            .descendants()
            .filter(|it| it.has_tag_name("title"))
            .filter_map(|it| it.text())
            .collect();
        let all = |name: &str| data[name].as_array().unwrap().clone();
        assert_eq!(titles.len(), 1 + all("nodes").len() + all("edges").len());
        for node in all("nodes") {
            let title = format!("{} in line {}", node["id"].as_str().unwrap(), node["line"]);
            assert!(titles.contains(&title.as_str()), "{title}: {titles:#?}");
        }
        for edge in all("edges") {
            let reason = format!(": {}", edge["reason"].as_str().unwrap());
            assert!(titles.iter().any(|it| it.ends_with(&reason)), "{reason}");
        }
    }
}

#[test]
fn it_needs_nothing_else() {
    let text = drawn(LOOPS).replace("http://www.w3.org/2000/svg", "");
    for foreign in ["http", "href", "<script", "@import", "src=", "onload", "<!"] {
        assert!(!text.contains(foreign), "{foreign}");
    }
    assert!(text.contains("prefers-color-scheme: dark"));
}

/// A plan of one step that has this name and action, drawn.
fn named(name: &str) -> String {
    let (plan, _, map) = planned("mission m {\n  step a = time.sleep(1s)\n}\n");
    let mut plan = Arc::into_inner(plan).unwrap();
    let node = &mut plan.body.nodes[0];
    name.clone_into(&mut node.name);
    if let NodeKind::Step(step) = &mut node.kind {
        name.clone_into(&mut step.action);
    }
    name.clone_into(&mut plan.mission);
    svg(&plan, &map)
}

proptest! {
    #[test]
    fn no_name_breaks_out(name in "\\PC{0,12}|[<>&\"'/!\\[\\]\u{0}-\u{1f}\u{7f}-\u{9f}\u{fffe}\u{ffff}-]{0,12}|(]]>|--|<!\\[CDATA\\[|&#0;|\\?>){0,3}") {
        // What has no action has a line less.
        let name = name + "a";
        let text = named(&name);
        let document = Document::parse(&text)
            .map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        let tags = |document: &Document<'_>| -> Vec<String> {
            document.descendants().filter(|it| it.is_element()).map(|it| it.tag_name().name().to_owned()).collect()
        };
        let plainly = named("a");
        prop_assert_eq!(tags(&document), tags(&Document::parse(&plainly).unwrap()));
        prop_assert!(!text.chars().any(|c| c != '\n' && c.is_control()));
    }
}

/// Sizes, and edges to later boxes, sorted by those.
fn graphs() -> impl Strategy<Value = (Vec<Size>, Vec<(usize, usize)>, usize)> {
    let sizes = prop::collection::vec((1i64..300, 1i64..200), 1..30);
    let edges = prop::collection::vec((0usize..30, 0usize..30), 0..60);
    (sizes, edges, 0usize..3).prop_map(|(sizes, edges, handlers)| {
        let sizes: Vec<Size> = sizes
            .into_iter()
            .map(|(width, height)| Size { width, height })
            .collect();
        let handlers = handlers.min(sizes.len());
        let others = sizes.len() - handlers;
        let mut edges: Vec<(usize, usize)> = edges
            .into_iter()
            .map(|(a, b)| (a.min(b), a.max(b)))
            .filter(|(from, to)| from < to && *to < others)
            .collect();
        edges.sort_by_key(|(from, to)| (*to, *from));
        edges.dedup();
        (sizes, edges, handlers)
    })
}

proptest! {
    #[test]
    fn boxes_stand_apart_and_edges_lead_down((sizes, edges, handlers) in graphs()) {
        let Layout { boxes, lines, size } = place(&sizes, &edges, handlers);
        for (at, (one, here)) in boxes.iter().zip(&sizes).enumerate() {
            prop_assert!(one.x >= 0 && one.x + here.width <= size.width);
            prop_assert!(one.y >= 0 && one.y + here.height <= size.height);
            for (other, there) in boxes.iter().zip(&sizes).skip(at + 1) {
                let beside = one.x + here.width <= other.x || other.x + there.width <= one.x;
                let above = one.y + here.height <= other.y || other.y + there.height <= one.y;
                prop_assert!(beside || above, "{:?} {:?}", one, other);
            }
        }
        prop_assert_eq!(lines.len(), edges.len());
        for (line, (from, to)) in lines.iter().zip(&edges) {
            let ends = (line.first().unwrap(), line.last().unwrap());
            prop_assert_eq!(ends.0.y, boxes[*from].y + sizes[*from].height);
            prop_assert_eq!(ends.1.y, boxes[*to].y);
            prop_assert!(line.windows(2).all(|pair| pair[0].y <= pair[1].y));
            // Within a layer it goes straight down, past all boxes.
            for pair in line.chunks_exact(2) {
                prop_assert_eq!(pair[0].x, pair[1].x);
                for (at, size) in boxes.iter().zip(&sizes) {
                    let aside = pair[0].x <= at.x || at.x + size.width <= pair[0].x;
                    let past = pair[1].y <= at.y || at.y + size.height <= pair[0].y;
                    prop_assert!(aside || past, "{:?} {:?}", pair, at);
                }
            }
        }
        // Handlers stand below all that they end.
        let first = sizes.len() - handlers;
        for handler in first..sizes.len() {
            for before in 0..handler {
                prop_assert!(boxes[before].y + sizes[before].height <= boxes[handler].y);
            }
        }
    }
}
