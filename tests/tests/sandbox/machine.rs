//! Files of the machine that are granted: seen where they are, never changed, and no others.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tau_tests::{Done, Sandbox, is_installed, skip};

use super::makes;

/// A mission whose steps run `one.sh` and `two.sh`, with these lines in its authority.
fn mission(lines: &str) -> String {
    format!(
        "mission cached {{
  authority {{
    read \"**\"
{lines}
    run  \"sh one.sh\", \"sh two.sh\"
  }}

  step one = process.run(\"sh one.sh\") timeout 5m
  step two = process.run(\"sh two.sh\") timeout 5m after one

  output said = two.output
}}
"
    )
}

struct Cached(Sandbox);

impl Cached {
    fn new(lines: &str, one: &str, two: &str) -> Cached {
        let mission = mission(lines);
        let files = [("one.sh", one), ("two.sh", two), ("cached.tau", &mission)];
        let sandbox = Sandbox::repository(&files);
        let home = sandbox.outside().join("home");
        for folder in [".cache/tool/deep", ".ssh"] {
            fs::create_dir_all(home.join(folder)).unwrap();
        }
        fs::write(home.join(".cache/tool/deep/kept"), "cached\n").unwrap();
        fs::write(home.join(".ssh/key"), "a key\n").unwrap();
        std::os::unix::fs::symlink(home.join(".ssh"), home.join(".cache/other")).unwrap();
        Cached(sandbox)
    }

    fn home(&self) -> PathBuf {
        self.0.outside().join("home")
    }

    fn run(&self, tier: &str, more: &[&str]) -> Done {
        let arguments = ["apply", "cached.tau", "--yes", "--json", "--box", tier];
        self.0.tau(&[&arguments, more].concat())
    }
}

const GRANT: &str = "    read \"~/.cache/tool/**\"";
const LOOK: &str = "cat \"$HOME/.cache/tool/deep/kept\" 2>/dev/null || echo nothing\n";

#[track_caller]
fn said(done: &Done) -> String {
    let report: Value = done.json();
    let said = report["outputs"]["said"].as_str();
    said.unwrap_or_else(|| panic!("{report:#}")).to_owned()
}

#[test]
fn what_is_granted_is_seen_at_its_place_and_nothing_else() {
    // Without a box all is seen, so the cases below show something.
    let without = Cached::new("", "true\n", LOOK);
    assert_eq!(said(&without.run("none", &[])), "cached\n");
    for tier in ["full", "bwrap", "landlock"] {
        if !makes(
            tier,
            "what_is_granted_is_seen_at_its_place_and_nothing_else",
        ) {
            continue;
        }
        assert_eq!(said(&without.run(tier, &[])), "nothing\n", "{tier}");
        let with = Cached::new(GRANT, "true\n", LOOK);
        assert_eq!(said(&with.run(tier, &[])), "cached\n", "{tier}");
        let beside = format!(
            "cat {}/.ssh/key 2>/dev/null || echo nothing\n",
            with.home().display()
        );
        let beside = Cached::new(GRANT, "true\n", &beside);
        assert_eq!(said(&beside.run(tier, &[])), "nothing\n", "{tier}");
    }
}

#[test]
fn what_is_written_in_a_cache_is_gone_with_the_command() {
    if !makes(
        "full",
        "what_is_written_in_a_cache_is_gone_with_the_command",
    ) {
        return;
    }
    let one = "cd \"$HOME/.cache/tool\" && echo x > new && echo y > deep/kept && mkdir a && rm -r deep && mkdir deep && echo z > deep/kept && cat new deep/kept && [ ! -e deep/more ]\n";
    let cached = Cached::new(GRANT, one, &format!("ls \"$HOME/.cache/tool\"\n{LOOK}"));
    fs::write(cached.home().join(".cache/tool/deep/more"), "").unwrap();
    assert_eq!(said(&cached.run("full", &[])), "deep\ncached\n");
    let tool = cached.home().join(".cache/tool");
    assert_eq!(
        fs::read_to_string(tool.join("deep/kept")).unwrap(),
        "cached\n"
    );
    assert!(!tool.join("new").exists() && tool.join("deep/more").exists());
}

#[test]
fn without_layers_nothing_is_written() {
    let write = "echo x > \"$HOME/.cache/tool/new\" && echo REACHED\n";
    let two = format!("{write}echo y > \"$HOME/.cache/tool/deep/kept\" && echo REACHED\ntrue\n");
    let cached = Cached::new(GRANT, "true\n", &two);
    for tier in ["bwrap", "landlock"] {
        if !makes(tier, "without_layers_nothing_is_written") {
            continue;
        }
        let said = said(&cached.run(tier, &[]));
        assert!(!said.contains("REACHED"), "{tier}: {said}");
        assert!(!cached.home().join(".cache/tool/new").exists());
    }
}

#[test]
fn what_is_outside_of_the_home_folder_is_read_only() {
    for tier in ["full", "bwrap", "landlock"] {
        if !makes(tier, "what_is_outside_of_the_home_folder_is_read_only") {
            continue;
        }
        let sdk = tempfile::tempdir().unwrap();
        let sdk = sdk.path().join("sdk");
        fs::create_dir(&sdk).unwrap();
        fs::write(sdk.join("tool"), "a tool\n").unwrap();
        let sdk = sdk.display();
        let two = format!("cat {sdk}/tool\necho x 2>/dev/null > {sdk}/tool || echo kept\n");
        let cached = Cached::new(&format!("    read \"{sdk}/**\""), "true\n", &two);
        assert_eq!(said(&cached.run(tier, &[])), "a tool\nkept\n", "{tier}");
    }
}

#[test]
fn keys_and_tau_s_own_are_refused_wherever_a_link_leads() {
    if !makes(
        "full",
        "keys_and_tau_s_own_are_refused_wherever_a_link_leads",
    ) {
        return;
    }
    let refused = |lines: &str, of: &str| {
        let cached = Cached::new(lines, "true\n", "true\n");
        let lines = lines.replace("STATE", &cached.0.state().display().to_string());
        cached.0.write("cached.tau", mission(&lines));
        let report = cached.run("full", &[]).ends(3).json();
        let message = report["blocked"]["message"].as_str().unwrap();
        assert!(message.contains(of), "{message}");
        assert_eq!(report["blocked"]["mutations"], 0);
    };
    refused(
        "    read \"~/.cache/other/**\"",
        "/.ssh`, which is never shown",
    );
    refused("    read \"STATE/**\"", "/state`, which is never shown");
    refused(
        "    read \"~/.cache/tool\"",
        "is a folder: grant `~/.cache/tool/**`",
    );
    let split = format!("{GRANT}\n    deny read \"~/.cache/tool/deep/**\"");
    refused(&split, "is denied in part by `~/.cache/tool/deep/**`");
}

#[test]
fn the_key_of_a_github_app_is_refused_with_all_that_holds_it() {
    let test = "the_key_of_a_github_app_is_refused_with_all_that_holds_it";
    if !makes("full", test) {
        return;
    }
    let cached = Cached::new(GRANT, "true\n", LOOK);
    assert_eq!(said(&cached.run("full", &[])), "cached\n");
    let config = cached.home().join(".config/tau");
    fs::create_dir_all(&config).unwrap();
    let app = "{ id = 1, key = \"~/.cache/tool/deep/kept\", installation = 2 }";
    fs::write(
        config.join("secrets.toml"),
        format!("[GH]\ngithub_app = {app}\n"),
    )
    .unwrap();
    let report = cached.run("full", &[]).ends(3).json();
    let message = report["blocked"]["message"].as_str().unwrap();
    assert!(
        message.contains("/.cache/tool/deep/kept`, which is never shown"),
        "{message}"
    );
    assert_eq!(report["blocked"]["code"], "machine-files-refused");
}

#[test]
fn a_policy_that_does_not_grant_it_hides_it() {
    if !makes("full", "a_policy_that_does_not_grant_it_hides_it") {
        return;
    }
    let cached = Cached::new(GRANT, "true\n", LOOK);
    for (policy, expected) in [
        ("policy {\n  deny read \"~/.cache/**\"\n}\n", "nothing\n"),
        ("policy {\n  read \"**\"\n}\n", "nothing\n"),
        ("policy {\n  read \"**\", \"~/.cache/**\"\n}\n", "cached\n"),
        ("policy {\n  run \"sh *\"\n}\n", "cached\n"),
    ] {
        let file = cached.0.outside().join("policy.tau");
        fs::write(&file, policy).unwrap();
        let more = ["--policy", file.to_str().unwrap()];
        assert_eq!(said(&cached.run("full", &more)), expected, "{policy}");
    }
}

/// The smallest crate that this machine's cache of crates has, with what its index says of it.
const CRATE: &str = "cfg-if";

#[test]
fn cargo_builds_with_a_crate_of_a_granted_cache() {
    let test = "cargo_builds_with_a_crate_of_a_granted_cache";
    let real = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let real = real.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let Some(registry) = real
        .map(|it| it.join("registry"))
        .filter(|it| has_crate(it))
    else {
        return skip(test, "the crate `cfg-if` in cargo's cache");
    };
    for tier in ["full", "bwrap", "landlock"] {
        if !is_installed("cargo") || !makes(tier, test) {
            continue;
        }
        let build = "cargo build --offline --quiet && echo built\n";
        let lines = "    read \"~/.cargo/registry/**\"";
        let cached = Cached::new(lines, "true\n", build);
        let home = cached.home().join(".cargo");
        copy_crate(&registry, &home.join("registry"), tier != "full");
        let sandbox = &cached.0;
        sandbox.write("Cargo.toml", format!("[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\n{CRATE} = \"1\"\n"));
        sandbox.write(
            "src/lib.rs",
            "cfg_if::cfg_if! { if #[cfg(unix)] { pub fn f() {} } }\n",
        );
        sandbox.write(".gitignore", "Cargo.lock\n");
        let _ = sandbox.commit("a crate");
        let files = list(&home);
        let build = |lines: &str| -> Done {
            sandbox.write("cached.tau", mission(lines));
            let arguments = ["apply", "cached.tau", "--yes", "--json", "--box", tier];
            let mut command = sandbox.command(&arguments);
            command.env_remove("CARGO_HOME");
            command.output().unwrap().into()
        };
        assert_eq!(
            build("").json()["outcome"],
            "failed",
            "{tier}: without the grant"
        );
        let done = build(lines);
        assert_eq!(said(&done), "built\n", "{tier}: {done:?}");
        assert_eq!(list(&home), files, "{tier}");
    }
}

fn has_crate(registry: &std::path::Path) -> bool {
    list(registry)
        .iter()
        .any(|it| it.ends_with(&format!(".cache/cf/g-/{CRATE}")))
        && list(registry).iter().any(|it| {
            it.starts_with("cache/") && it.contains("/cfg-if-1.") && it.ends_with(".crate")
        })
}

/// Copies what the cache has of the crate; `unpacked` also its sources, which cargo makes otherwise.
fn copy_crate(from: &std::path::Path, to: &std::path::Path, unpacked: bool) {
    for path in list(from) {
        let is_index =
            path.ends_with(&format!(".cache/cf/g-/{CRATE}")) || path.ends_with("config.json");
        let is_source = unpacked && path.contains(&format!("/{CRATE}-1."));
        if is_index || is_source || (path.contains("/cfg-if-1.") && path.ends_with(".crate")) {
            let to = to.join(&path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from.join(&path), to).unwrap();
        }
    }
}

/// The files below a folder, by their paths from it.
fn list(root: &std::path::Path) -> Vec<String> {
    fn walk(root: &std::path::Path, below: &str, found: &mut Vec<String>) {
        let Ok(entries) = fs::read_dir(root.join(below)) else {
            return;
        };
        for entry in entries.flatten() {
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                // Sources of all crates are many.
                true if name.starts_with("src/")
                    && name.matches('/').count() == 2
                    && !name.contains("cfg-if") => {}
                true => walk(root, &format!("{name}/"), found),
                false => found.push(name),
            }
        }
    }
    let mut found = Vec::new();
    walk(root, "", &mut found);
    found.sort();
    found
}

#[test]
fn what_is_granted_and_not_there_is_told() {
    let cached = Cached::new("    read \"~/.cache/gone/**\"", "true\n", "true\n");
    let done = cached.0.tau(&["plan", "cached.tau"]).ends(0);
    let told = "`~/.cache/gone/**` is granted and not there";
    assert!(done.err.contains(told), "{}", done.err);
    let with = Cached::new(GRANT, "true\n", "true\n");
    assert_eq!(with.0.tau(&["plan", "cached.tau"]).ends(0).err, "");
}
