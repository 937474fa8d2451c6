//! Keys of other languages, and what to write here.

const FAILURE: &str = "write `on_failure:` in the mission, or `may_fail: true` in a step";
const FOR: &str = "write `for: NAME`, `in: LIST`, `up_to: N` and `steps:`";
const ORDER: &str = "steps run at the same time by themselves where nothing orders them";
const REPEAT: &str = "loops are bounded: write `repeat: N`, `until: CONDITION` and `steps:`";
const USE: &str = "write `use: [std.NAME, ./file.tau]`";

/// In alphabetical order.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("always", "write `finally:` in the mission"),
    (
        "args",
        "write `with:` behind a step's action, `inputs:` in a mission",
    ),
    ("async", ORDER),
    ("catch", FAILURE),
    ("concurrently", ORDER),
    (
        "cron",
        "write `on: [{ schedule: \"0 7 * * *\", run: MISSION }]`",
    ),
    ("description", "write `about:`"),
    ("ensure", "write `finally:` in the mission"),
    ("for_each", FOR),
    ("foreach", FOR),
    ("import", USE),
    ("imports", USE),
    ("include", USE),
    (
        "jobs",
        "write `missions:` or, for one, `mission: NAME` and its `steps:`",
    ),
    ("loop", REPEAT),
    ("matrix", FOR),
    ("on_error", FAILURE),
    ("parallel", ORDER),
    (
        "parameters",
        "write `inputs:` in a mission, `params:` in an action",
    ),
    ("permissions", "write `authority:`"),
    ("post", "write `finally:` in the mission"),
    ("rescue", FAILURE),
    ("secrets", "write `authority: { secret: [NAME] }`"),
    ("strategy", FOR),
    ("tasks", "write `steps:`"),
    ("triggers", "write `on: [{ label: tau, run: MISSION }]`"),
    ("try", FAILURE),
    ("uses", "write `NAME: ACTION`, as in `red: verify.red`"),
    ("while", REPEAT),
    ("workflows", "write `missions:`"),
];
