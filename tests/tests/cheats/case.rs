//! A project, a change to it, and what tau makes of that.

use std::path::PathBuf;

use serde_json::Value;
use tau_tests::Sandbox;

/// A broken project and how it is checked.
pub(crate) struct Project {
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// The command of the verifier; of several, each is a line.
    pub(crate) run: &'static str,
    /// What stands in the verifier besides the command.
    pub(crate) verifier: &'static str,
    /// The held-out check, which is granted as well.
    pub(crate) heldout: Option<&'static str>,
    /// A link beside the files, and what it leads to. One in `home` is granted to be read.
    pub(crate) link: Option<Link>,
}

/// A link's name, and how to find what it leads to.
pub(crate) type Link = (&'static str, fn() -> PathBuf);

/// A change, by the whole new text of each file; `None` removes it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [(&'static str, Option<&'static str>)],
    /// Lines of the verifier that this case adds.
    pub(crate) verifier: &'static str,
    /// A part of what [`told`] says.
    pub(crate) told: &'static str,
}

/// Applies each change to the project; says which of them went otherwise than expected.
pub(crate) fn otherwise(project: &Project, cases: &[Case]) -> Vec<String> {
    otherwise_with(project, cases, &[])
}

/// The same with further arguments of the command line.
pub(crate) fn otherwise_with(project: &Project, cases: &[Case], more: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases {
        let sandbox = Sandbox::new();
        if let Some((place, folder)) = project.link {
            let place = sandbox.outside().join(place);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink(folder(), place).unwrap();
        }
        sandbox.git(&["init", "--quiet"]);
        for (path, text) in project.files {
            sandbox.write(path, text);
        }
        sandbox.commit("first");
        for (path, text) in case.edits {
            match text {
                Some(text) => sandbox.write(path, text),
                None => std::fs::remove_file(sandbox.path().join(path)).unwrap(),
            }
        }
        sandbox.git(&["add", "--all"]);
        let patch = sandbox.git(&["diff", "--cached", "--binary"]);
        sandbox.git(&["reset", "--quiet", "--hard"]);
        sandbox.write("fix.diff", &patch);
        sandbox.write("fix.tau", mission(project, case));
        let arguments = [
            "apply",
            "fix.tau",
            "--set",
            "patch=@fix.diff",
            "--yes",
            "--json",
        ];
        let result = sandbox.tau(&[&arguments, more].concat()).json();
        let told = told(&result);
        if !told.contains(case.told) {
            wrong.push(format!("{}: {told}\n   and not {}", case.name, case.told));
        }
    }
    wrong
}

fn mission(project: &Project, case: &Case) -> String {
    let run: Vec<String> = project.run.lines().map(|it| format!("{it:?}")).collect();
    let run = run.join(", ");
    let heldout = match project.heldout {
        Some(command) => format!("heldout {command:?}\n    hides \"heldout/**\""),
        None => String::new(),
    };
    let granted = project.heldout.map(|command| format!(", {command:?}"));
    let granted = granted.unwrap_or_default();
    let cache = project
        .link
        .and_then(|(place, _)| place.strip_prefix("home/"));
    let cache = cache.map(|place| format!(", \"~/{place}/**\""));
    let cache = cache.unwrap_or_default();
    format!(
        r#"use std.{{fs, verify}}

mission fix {{
  input patch : file

  authority {{
    read  "**"{cache}
    write "**", "conftest.py", "pytest.ini", "tox.ini", "pyproject.toml", "Cargo.toml", ".cargo/config.toml", "go.mod", "claim/go.mod", "package.json", "jest.config.js", "vitest.config.mjs"
    run   {run}{granted}
  }}

  verifier tests {{
    run {run}
    {heldout}
    {}
    {}
  }}

  step red   = verify.red(tests)
  step edit  = fs.patch(patch)
  step green = verify.check(tests)
  step proof = verify.prove(tests, red: red, green: green)

  output level = proof.level
}}
"#,
        project.verifier, case.verifier
    )
}

/// `proved`, `tested` with its limits, the code of the failure with its sentence, or what blocked.
fn told(result: &Value) -> String {
    let steps = result["steps"].as_array().unwrap();
    let proof = steps.iter().find(|step| step["name"] == "proof");
    let proof = proof.map_or(&Value::Null, |step| &step["result"]);
    if let Some(level) = proof["level"].as_str() {
        return format!("{level}: {}", proof["limits"]);
    }
    let green = steps.iter().find(|step| step["name"] == "green");
    let verdict = green.map_or(&Value::Null, |step| &step["result"]["verdict"]);
    let failed = steps
        .iter()
        .find_map(|step| step["failure"]["code"].as_str());
    format!(
        "{} {} (green: {verdict}): {}",
        result["outcome"],
        failed.unwrap_or_default(),
        result["reason"]
    )
}
