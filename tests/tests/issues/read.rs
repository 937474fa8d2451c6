//! `issue.read`, from everywhere.

use serde_json::{Value, json};
use tau_tests::{Done, Sandbox, step};

use crate::host::Host;

/// A mission that reads the issue that it is given.
fn mission(host: &Host, token: &str) -> String {
    format!(
        "mission look {{\n  input ticket : issue\n\n  authority {{\n    net \"127.0.0.1:{}\"\n{}  }}\n\n  \
         step read = issue.read(ticket, api: \"{}\"{})\n\n  output title = read.title\n}}\n",
        host.port,
        if token.is_empty() {
            ""
        } else {
            "    secret GH\n"
        },
        host.api(),
        if token.is_empty() {
            ""
        } else {
            ", token: \"GH\""
        },
    )
}

fn apply(host: &Host, issue: &str) -> (Sandbox, Done) {
    let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
    sandbox.write("look.tau", mission(host, ""));
    let set = format!("ticket={issue}");
    let done = sandbox.tau(&["apply", "look.tau", "--set", &set, "--yes", "--json"]);
    (sandbox, done)
}

fn ticket(result: &Value) -> &Value {
    &step(result, "read")["result"]
}

#[test]
fn an_issue_of_a_host_is_read_with_its_comments() {
    let host = Host::with("Cut drops a field", "`cut` does.", &["Also on Windows."]);
    let (_, done) = apply(&host, "acme/app#7");
    let result = done.ends(0).json();
    let ticket = ticket(&result);
    assert_eq!(ticket["kind"], "github");
    assert_eq!(ticket["ref"], "acme/app#7");
    assert_eq!(ticket["title"], "Cut drops a field");
    assert_eq!(ticket["labels"], json!(["bug"]));
    assert_eq!(ticket["comments"][0]["text"], "Also on Windows.");
    assert_eq!(ticket["complete"], true);
    let asked = host.asked();
    assert_eq!(asked.len(), 2);
    assert!(
        asked[0].starts_with("GET /repos/acme/app/issues/7 HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(
        asked[0].contains("accept: application/vnd.github+json\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked.iter().all(|it| !it.contains("authorization")));
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let host = Host::with("Cut", "`cut` drops a field.", &["Also here."]);
    let (sandbox, done) = apply(&host, "acme/app#7");
    let first = done.ends(0).json();
    assert!(host.asked().iter().all(|it| !it.contains("if-none-match")));
    let again = || {
        let set = [
            "apply",
            "look.tau",
            "--set",
            "ticket=acme/app#7",
            "--yes",
            "--json",
        ];
        sandbox.tau(&set).ends(0).json()
    };
    let second = again();
    let asked = host.asked();
    assert_eq!(asked.len(), 2);
    assert!(
        asked.iter().all(|it| it.contains("if-none-match")),
        "{asked:?}"
    );
    assert_eq!(ticket(&second), ticket(&first));
    // What has changed is read anew.
    host.issue.lock().unwrap()["title"] = json!("Paste");
    assert_eq!(ticket(&again())["title"], "Paste");
    // What is kept can be lost or damaged; then the host is asked for all of it.
    let pages = sandbox.state().join("pages");
    for page in std::fs::read_dir(&pages).unwrap() {
        std::fs::write(page.unwrap().path(), "damaged").unwrap();
    }
    host.asked();
    assert_eq!(ticket(&again())["title"], "Paste");
    assert!(host.asked().iter().all(|it| !it.contains("if-none-match")));
    // Who has a token is shown what that may see, and nothing that was kept for others.
    sandbox.write("look.tau", mission(&host, "GH"));
    let with = |token: &str| {
        let bound = format!("[GH]\nenv = \"GH\"\nhost = \"127.0.0.1:{}\"\n", host.port);
        sandbox.write("../home/.config/tau/secrets.toml", bound);
        let mut command = sandbox.command(&[
            "apply",
            "look.tau",
            "--set",
            "ticket=acme/app#7",
            "--yes",
            "--json",
        ]);
        command.env("GH", token);
        Done::from(command.output().unwrap()).ends(0);
        host.asked().iter().any(|it| it.contains("if-none-match"))
    };
    assert!(!with("ghp_0123456789abcdefghij"));
    assert!(with("ghp_0123456789abcdefghij"));
    assert!(!with("ghp_another0123456789abc"));
}

#[test]
fn a_token_goes_to_the_host_that_it_is_for_and_nowhere_else() {
    let host = Host::with("Cut", "`cut` drops a field.", &[]);
    let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
    sandbox.write("look.tau", mission(&host, "GH"));
    let secrets = sandbox.outside().join("home/.config/tau");
    std::fs::create_dir_all(&secrets).unwrap();
    let apply = |host: &str| {
        let text = format!("[GH]\nenv = \"GH\"\nhost = \"{host}\"\n");
        std::fs::write(secrets.join("secrets.toml"), text).unwrap();
        let mut command = sandbox.command(&["apply", "look.tau", "--yes", "--json"]);
        command.args(["--set", "ticket=acme/app#7"]);
        command.env("GH", "ghp_0123456789abcdefghij");
        Done::from(command.output().unwrap())
    };
    let done = apply(&format!("127.0.0.1:{}", host.port)).ends(0);
    let asked = host.asked();
    assert!(
        asked[0].contains("authorization: Bearer ghp_0123456789abcdefghij\r\n"),
        "{}",
        asked[0]
    );
    assert!(!done.out.contains("ghp_0123"), "{}", done.out);
    let done = apply("api.github.com");
    let result = done.json();
    assert_ne!(result["outcome"], "succeeded", "{result:#}");
    assert!(host.asked().is_empty());
}

#[test]
fn a_text_is_an_issue_and_asks_nobody() {
    let host = Host::saying(|_| None);
    let (_, done) = apply(&host, "Cut drops a field\n\nIt should not.");
    let result = done.ends(0).json();
    assert_eq!(ticket(&result)["title"], "Cut drops a field");
    assert_eq!(ticket(&result)["text"], "It should not.");
    assert!(host.asked().is_empty());
}

#[test]
fn a_file_and_standard_input_are_texts() {
    let host = Host::saying(|_| None);
    let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
    sandbox.write("look.tau", mission(&host, ""));
    let text = "---\ntitle: \"Cut: a field\"\nauthor: ann\nlabels: [bug]\n---\n\nIt is dropped.\n";
    sandbox.write("issue.md", text);
    let apply = ["apply", "look.tau", "--yes", "--json", "--set"];
    let of_file = sandbox.tau(&[&apply[..], &["ticket=@issue.md"]].concat());
    let of_input = sandbox.pipe(&[&apply[..], &["ticket=@-"]].concat(), text);
    for done in [of_file, of_input] {
        let result = done.ends(0).json();
        let ticket = ticket(&result);
        assert_eq!(ticket["title"], "Cut: a field");
        assert_eq!(
            (&ticket["author"], &ticket["labels"]),
            (&json!("ann"), &json!(["bug"]))
        );
        assert_eq!(
            (&ticket["text"], &ticket["association"]),
            (&json!("It is dropped."), &json!("unknown"))
        );
    }
}

#[test]
fn what_is_no_issue_is_told() {
    let host = Host::with("Cut", "", &[]);
    for (issue, code) in [
        ("acme/app#8", "github-not-found"),
        ("https://github.com/acme/app", "issue-reference"),
        ("---\ntitle: x\n", "issue-front-matter"),
    ] {
        let (_, done) = apply(&host, issue);
        let result = done.json();
        let told = result.to_string();
        // An address that is none is known before anything begins.
        assert!(
            told.contains(code) || told.contains("no address of an issue"),
            "{issue}: {told}"
        );
        assert_ne!(result["outcome"], "succeeded");
    }
}

/// `acme/app#7` of one host is not that of another.
#[test]
fn an_issue_whose_page_is_at_another_host_is_not_asked_for_here() {
    let host = Host::with("Cut", "", &[]);
    for page in ["https://git.acme.example", "https://github.com"] {
        let (_, done) = apply(&host, &format!("{page}/acme/app/issues/7"));
        let result = done.ends(1).json();
        let failure = &step(&result, "read")["failure"];
        assert_eq!(failure["code"], "issue-other-host", "{failure:#}");
    }
    assert!(host.asked().is_empty());
}

#[test]
fn tau_fix_asks_the_host_of_the_address_that_it_is_given() {
    // Nobody is there: who was asked is told.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let sandbox = Sandbox::repository(&[("a.txt", "a\n")]);
    let issue = format!("https://{host}/acme/app/issues/7");
    let asked = |more: &[&str]| {
        let fix = [
            "fix",
            &issue,
            "--set",
            "check=sh check.sh",
            "--yes",
            "--json",
        ];
        let done = sandbox.tau(&[&fix, more].concat());
        step(&done.json(), "admit")["failure"].clone()
    };
    let failure = asked(&[]);
    assert_eq!(failure["code"], "host-unreachable", "{failure:#}");
    let message = failure["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("`{host}` ")), "{message}");
    let failure = asked(&["--set", "api=https://api.github.com"]);
    assert_eq!(failure["code"], "issue-other-host", "{failure:#}");
}

#[test]
fn a_host_that_was_asked_too_often_is_waited_for_without_a_process() {
    let host = Host::saying(|_| Some((429, "Retry-After: 600\r\n".to_owned(), "{}".to_owned())));
    let (_, done) = apply(&host, "acme/app#7");
    let result = done.ends(6).json();
    assert_eq!(result["outcome"], "waiting");
    assert_eq!(host.asked().len(), 1);
    let host = Host::saying(|_| Some((429, "Retry-After: 86400\r\n".to_owned(), "{}".to_owned())));
    let (_, done) = apply(&host, "acme/app#7");
    let result = done.ends(1).json();
    assert_eq!(
        step(&result, "read")["failure"]["code"],
        "github-rate-limit"
    );
}
