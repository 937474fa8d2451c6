//! Variables of the user, and what can be read of other processes' ones.

use crate::attack::{Attack, py, sh};

pub(crate) const ENVIRONMENT: &[Attack] = &[
    sh(
        "a token in a variable",
        r#"[ "$GITHUB_TOKEN" = token-of-the-user ]"#,
    )
    .plain(),
    sh(
        "a key of a cloud in a variable",
        r#"[ "$AWS_SECRET_ACCESS_KEY" = key-of-the-user ]"#,
    )
    .plain(),
    sh("the agent with the keys", r#"[ -n "$SSH_AUTH_SOCK" ]"#).plain(),
    sh(
        "a database's address in a variable",
        r#"[ -n "$DATABASE_URL" ]"#,
    )
    .plain(),
    sh(
        "a proxy with a password",
        r#"[ -n "$HTTPS_PROXY$https_proxy" ]"#,
    )
    .plain(),
    sh(
        "a variable of several lines",
        r#"env | grep -q 'line of the user'"#,
    )
    .plain(),
    sh(
        "what git starts to reach a host",
        r#"[ -n "$GIT_SSH_COMMAND" ]"#,
    )
    .plain(),
    sh(
        "what Python loads first",
        r#"[ -n "$PYTHONSTARTUP$PYTHONPATH" ]"#,
    )
    .plain(),
    sh("what node loads first", r#"[ -n "$NODE_OPTIONS" ]"#).plain(),
    sh("what a shell runs first", r#"[ -n "$BASH_ENV$ENV" ]"#).plain(),
    sh(
        "where libraries are looked for",
        r#"[ -n "$LD_LIBRARY_PATH" ]"#,
    )
    .plain(),
    sh("what a compiler is told", r#"[ -n "$RUSTFLAGS$CFLAGS" ]"#).plain(),
    sh(
        "all that has a secret's name",
        "env | grep -iE '^[a-z_]*(token|secret|password|key)[a-z_]*='",
    )
    .plain(),
    sh("where tau keeps its state", r#"[ -n "$TAU_HOME" ]"#).plain(),
    sh(
        "tau's environment, wherever it is",
        "for p in /proc/[0-9]*; do grep -qa TAU_HOME= $p/environ 2> /dev/null && exit 0; done; exit 1",
    ),
    py(
        "what was in the environment before it was cleared",
        r#"
import re
found = [line.split() for line in open("/proc/self/maps") if "[stack]" in line][0][0].split("-")
memory = open("/proc/self/mem", "rb")
memory.seek(int(found[0], 16))
text = memory.read(int(found[1], 16) - int(found[0], 16))
name = b"GITHUB_" + b"TOKEN=" + b"token-of-the" + b"-user"
assert name in text
"#,
    )
    .plain(),
];
