//! A run uses nothing that was not inferred from the text: granted that and no more, it ends the
//! same.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tau_lang::plan::needs::Status;

use crate::bench::Bench;
use crate::hands::Shared;
use crate::mission::{self, AUTHORITY};
use crate::order::ends_as_written;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_used_was_inferred(seed: u64, size in 1usize..14) {
        let bench = Bench::new();
        let mut written = mission::write(seed, size);
        let needs = bench.needs(&written.text);
        let lines: BTreeSet<String> = needs
            .iter()
            .map(|need| match need.status {
                Status::Granted(_) => format!("    {} \"{}\"\n", need.effect, need.scope),
                // Which file it is, is known only when it runs.
                Status::Later => format!("    {} \"**\"\n", need.effect),
                Status::Missing { .. } => panic!("{need:?}\n{}", written.text),
            })
            .collect();
        let lines: String = lines.into_iter().collect();
        let exact = format!("  authority {{\n{lines}  }}\n");
        written.text = written.text.replace(AUTHORITY, &exact);
        let report = bench.apply(&written.text, &Shared::new(seed));
        ends_as_written(&report, &written)?;
    }
}

/// The law can fail: where less is granted than used, the run is blocked.
#[test]
fn what_was_not_granted_blocks() {
    let bench = Bench::new();
    let text = format!(
        "mission m {{\n{AUTHORITY}  step a = t.get(\"a/x\")\n  \
                        step path = t.get(\"top\")\n  \
                        step b = t.put(path, text: \"x\")\n}}\n"
    );
    let fewer = "  authority {\n    read \"**\"\n    write \"a/**\"\n  }\n";
    let report = bench.apply(&text.replace(AUTHORITY, fewer), &Shared::new(0));
    assert_eq!(report.outcome, "blocked", "{report:?}");
}
