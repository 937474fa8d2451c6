//! What package managers and build tools start by themselves.

use crate::attack::{Attack, sh};

pub(crate) const SCRIPTS: &[Attack] = &[
    sh("a script of a package that npm installs", r#"
mkdir -p "$T/p/dep" && cd "$T/p"
echo '{"name":"dep","version":"1.0.0","scripts":{"preinstall":"echo x > \"$V/made\""}}' > dep/package.json
echo '{"name":"p","version":"1.0.0","dependencies":{"dep":"file:./dep"}}' > package.json
npm install --offline --no-audit --no-fund --install-links=false --foreground-scripts --cache "$T/npm"
"#).needs(&["npm"]).changes(),
    sh("a module of node, loaded first", r#"
cd "$T" && echo 'require("fs").writeFileSync(process.env.V + "/made", "x")' > evil.js
NODE_OPTIONS="--require ./evil.js" node -e 0
"#).needs(&["node"]).changes(),
    sh("the setup of a package of Python", r#"
cd "$T" && echo 'import os; open(os.environ["V"] + "/made", "w").write("x")' > setup.py
python3 setup.py --version
"#).needs(&["python3"]).changes(),
    sh("a start file of Python", r#"
mkdir -p "$T/p" && echo 'import os; open(os.environ["V"] + "/made", "w").write("x")' > "$T/p/sitecustomize.py"
PYTHONPATH="$T/p" python3 -c 0
"#).needs(&["python3"]).changes(),
    sh("a start file of Python for all projects", r#"
d=$(python3 -c 'import site; print(site.getusersitepackages())') && case $d in "$H"/*) ;; *) exit 1 ;; esac
mkdir -p "$d" && echo 'import os' > "$d/evil.pth"
"#).needs(&["python3"]).changes_at("home/.local"),
    sh("a configuration of pytest", r#"
cd "$T" && echo 'import os; open(os.environ["V"] + "/made", "w").write("x")' > conftest.py
echo 'def test(): pass' > test_x.py
pytest -q -p no:cacheprovider test_x.py
"#).needs(&["pytest"]).changes().depends("pytest for this user"),
    sh("a Makefile", r#"
cd "$T" && printf 'all:\n\techo x > "$(V)/made"\n' > Makefile && make -s
"#).needs(&["make"]).changes(),
    sh("a Makefile, while it is read", r#"
cd "$T" && printf 'X := $(shell echo x > "$(V)/made")\nall: ;\n' > Makefile && make -s -n
"#).needs(&["make"]).changes(),
    sh("the shell of a Makefile", r#"
cd "$T" && printf '#!/bin/sh\necho x > "$V/made"\n' > evil && chmod +x evil
printf 'SHELL = ./evil\nall:\n\ttrue x\n' > Makefile && make -s
"#).needs(&["make"]).changes(),
    sh("a Makefile of Perl", r#"
cd "$T" && echo 'open F, ">", "$ENV{V}/made"; print F "x"' > Makefile.PL && perl Makefile.PL
"#).needs(&["perl"]).changes(),
    sh("a wrapper of rustc in a configuration of cargo", r#"
mkdir -p "$T/c/src" "$T/c/.cargo" && cd "$T/c"
printf '[package]\nname = "c"\nversion = "0.1.0"\n' > Cargo.toml && : > src/lib.rs
printf '#!/bin/sh\necho x > "$V/made"\nexit 1\n' > evil && chmod +x evil
printf '[build]\nrustc-wrapper = "%s"\n' "$T/c/evil" > .cargo/config.toml
CARGO_TARGET_DIR="$T/target" cargo check --offline -q; exit 0
"#).needs(&["cargo"]).changes().depends("a toolchain for this user"),
    sh("a build script of cargo", r#"
mkdir -p "$T/c/src" && cd "$T/c"
printf '[package]\nname = "c"\nversion = "0.1.0"\n' > Cargo.toml && : > src/lib.rs
echo 'fn main() { let _ = std::fs::write(std::env::var("V").unwrap() + "/made", "x"); }' > build.rs
CARGO_TARGET_DIR="$T/target" cargo check --offline -q; exit 0
"#).needs(&["cargo"]).changes().depends("a toolchain for this user"),
    sh("a configuration of cargo for all projects", r#"
mkdir -p "$H/.cargo" && printf '[build]\nrustc-wrapper = "x"\n' > "$H/.cargo/config.toml"
"#).changes_at("home/.cargo"),
    sh("a configuration of npm for all projects", r#"echo 'ignore-scripts=false' >> "$H/.npmrc""#)
        .changes_at("home/.npmrc"),
    sh("a configuration of pip for all projects", r#"
mkdir -p "$H/.config/pip" && echo x > "$H/.config/pip/pip.conf"
"#).changes_at("home/.config/pip"),
    sh("a plugin of an editor", r#"mkdir -p "$H/.vscode/extensions/x" && echo x > "$H/.vscode/extensions/x/package.json""#)
        .changes_at("home/.vscode"),
    sh("a program in a folder of PATH", r#"echo x > "$O/tools/git""#).changes_at("tools/git"),
    sh("a cache that other projects read", r#"mkdir -p "$H/.cache/x" && echo x > "$H/.cache/x/y""#)
        .changes_at("home/.cache"),
];
