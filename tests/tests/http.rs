//! Pages and requests, with a real host on this machine that the missions grant by its address.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails with the error's own words"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use serde_json::Value;
use tau_tests::{Done, Sandbox, step};

/// A host that answers each request with what a function makes of it. It is there until the tests
/// end.
struct Site {
    port: u16,
    requests: Receiver<String>,
}

impl Site {
    /// `answer` gets the head and the body of a request; without an answer the connection ends.
    fn new(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                let answer = answer(&request);
                // The test may be over.
                let _ = told.send(request);
                let _ = stream.write_all(answer.unwrap_or_default().as_bytes());
            }
        });
        Site { port, requests }
    }

    /// It answers all with the same text.
    fn saying(text: &'static str) -> Site {
        Site::new(move |_| Some(ok(text)))
    }

    /// What it was asked so far, each as its first line and its body.
    fn asked(&self) -> Vec<String> {
        let line = |request: String| {
            let (head, body) = request.split_once("\r\n\r\n").unwrap();
            let line = head.lines().next().unwrap();
            format!("{} {body}", line.trim_end_matches(" HTTP/1.1"))
                .trim_end()
                .to_owned()
        };
        self.requests.try_iter().map(line).collect()
    }
}

fn read(stream: &TcpStream) -> String {
    let mut stream = BufReader::new(stream);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        if stream.read_line(&mut text).unwrap_or(0) == 0 {
            return text;
        }
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

fn ok(text: &str) -> String {
    let length = text.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{text}")
}

fn leads_to(url: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n")
}

/// A mission with these grants and statements; `PORT` in them is the site's port.
fn mission(port: u16, grants: &str, statements: &str) -> String {
    let text = format!(
        "use std.{{http, process}}\n\nmission web {{\n  authority {{\n    {grants}\n  }}\n\n{statements}\n}}\n"
    );
    text.replace("PORT", &port.to_string())
}

fn sandbox() -> Sandbox {
    Sandbox::repository(&[("a.txt", "a\n")])
}

/// Runs a mission that may reach the site, and nothing else.
fn apply(site: &Site, statements: &str) -> (Sandbox, Done) {
    let sandbox = sandbox();
    let done = sandbox.apply(&mission(site.port, "net \"127.0.0.1:PORT\"", statements));
    (sandbox, done)
}

fn failure(result: &Value, name: &str) -> String {
    let code = &step(result, name)["failure"]["code"];
    code.as_str().unwrap_or_default().to_owned()
}

/// All of the page that the last run has got.
fn log(sandbox: &Sandbox) -> String {
    let out = sandbox.tau(&["logs", "@", "page"]).ends(0).out;
    let (head, page) = out.split_once('\n').unwrap();
    assert_eq!(head, "── page");
    page.to_owned()
}

#[test]
fn a_page_is_got_with_its_status_fields_and_text() {
    let site = Site::saying("hello");
    let statements =
        "  step page = http.get(\"http://127.0.0.1:PORT/a?b#c\", headers: { \"X-Mine\": \"1\" })";
    let (sandbox, done) = apply(&site, statements);
    let result = done.ends(0).json();
    let page = &step(&result, "page")["result"];
    assert_eq!(page["status"], 200);
    assert_eq!(page["text"], "hello");
    assert_eq!(page["whole"], true);
    assert_eq!(page["size"], 5);
    assert_eq!(page["headers"]["content-type"], "text/plain");
    assert_eq!(page["url"], format!("http://127.0.0.1:{}/a?b", site.port));
    let request = site.requests.try_iter().next().unwrap();
    assert!(request.starts_with("GET /a?b HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("x-mine: 1\r\n"), "{request}");
    assert_eq!(log(&sandbox), "hello\n");
}

#[test]
fn no_variable_of_the_environment_changes_where_it_goes() {
    let (site, other) = (Site::saying("hello"), Site::saying("evil"));
    let sandbox = sandbox();
    let statements =
        "  step page = http.get(\"http://127.0.0.1:PORT/\")\n  output text = page.text";
    let text = mission(site.port, "net \"127.0.0.1:PORT\"", statements);
    sandbox.write("web.tau", text);
    let mut command = sandbox.command(&["apply", "web.tau", "--yes", "--json"]);
    let proxy = format!("http://127.0.0.1:{}", other.port);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env(name, &proxy);
    }
    let done = Done::from(command.output().unwrap()).ends(0);
    assert_eq!(done.json()["outputs"]["text"], "hello");
    assert!(other.asked().is_empty());
}

#[test]
fn a_host_that_is_not_granted_is_not_reached() {
    let site = Site::saying("hello");
    for (grants, line) in [
        // Known before the run.
        ("net \"example.org\"", "net \"127.0.0.1:PORT\""),
        ("net \"127.0.0.1\"", "net \"127.0.0.1:PORT\""),
        // A pattern names no address itself.
        ("net \"*:*\"", "net \"127.0.0.1:PORT\""),
        ("net \"127.0.0.*:PORT\"", "net \"127.0.0.1:PORT\""),
    ] {
        let sandbox = sandbox();
        let statements = "  step page = http.get(\"http://127.0.0.1:PORT/\")";
        let result = sandbox
            .apply(&mission(site.port, grants, statements))
            .ends(3)
            .json();
        let missing = &result["blocked"]["missing"][0];
        assert_eq!(missing["effect"], "net", "{grants}: {result:#}");
        assert_eq!(missing["scope"], format!("127.0.0.1:{}", site.port));
        assert_eq!(
            missing["grant"],
            line.replace("PORT", &site.port.to_string())
        );
        assert_eq!(result["blocked"]["mutations"], 0);
    }
    assert!(site.asked().is_empty());
}

#[test]
fn a_name_of_this_machine_is_no_way_around_its_address() {
    let site = Site::saying("hello");
    let sandbox = sandbox();
    let statements = "  step page = http.get(\"http://localhost:PORT/\")";
    let result = sandbox
        .apply(&mission(site.port, "net \"localhost:PORT\"", statements))
        .ends(3)
        .json();
    let grant = result["blocked"]["missing"][0]["grant"].as_str().unwrap();
    let here = [
        format!("127.0.0.1:{}", site.port),
        format!("[::1]:{}", site.port),
    ];
    assert!(
        here.iter().any(|it| grant == format!("net \"{it}\"")),
        "{grant}"
    );
    // It stands in the record of the step.
    let run = result["run"].as_str().unwrap();
    let journal = sandbox.state().join("runs").join(run).join("journal.jsonl");
    let journal = fs::read_to_string(journal).unwrap();
    let host = format!("{{\"host\":\"localhost\",\"port\":{},", site.port);
    assert!(
        journal.contains(&format!("\"refused\":[{host}")),
        "{journal}"
    );
    assert!(site.asked().is_empty());
}

#[test]
fn wherever_a_page_leads_must_be_granted_too() {
    let other = Site::saying("the end");
    let end = format!("http://127.0.0.1:{}/end", other.port);
    let site = Site::new(move |request| {
        let path = request.split(' ').nth(1).unwrap();
        Some(match path {
            "/" => leads_to("/next"),
            "/next" => leads_to(&end),
            _ => leads_to("/again"),
        })
    });
    let get = "  step page = http.get(\"http://127.0.0.1:PORT/\", headers: { \"X-Key\": \"1\" })";
    let (_, done) = apply(&site, get);
    let result = done.ends(3).json();
    let grant = format!("net \"127.0.0.1:{}\"", other.port);
    assert_eq!(result["blocked"]["missing"][0]["grant"], grant);
    assert_eq!(site.asked(), ["GET /", "GET /next"]);
    assert!(other.asked().is_empty());

    let sandbox = sandbox();
    let both = format!("net \"127.0.0.1:PORT\", \"127.0.0.1:{}\"", other.port);
    let result = sandbox
        .apply(&mission(site.port, &both, get))
        .ends(0)
        .json();
    let page = &step(&result, "page")["result"];
    assert_eq!(page["text"], "the end");
    assert_eq!(page["url"], format!("http://127.0.0.1:{}/end", other.port));
    let first: Vec<String> = site.requests.try_iter().collect();
    assert!(
        first.iter().all(|it| it.contains("x-key: 1\r\n")),
        "{first:?}"
    );
    let last = other.requests.try_iter().next().unwrap();
    assert!(!last.contains("x-key"), "{last}");

    let statements = "  step page = http.get(\"http://127.0.0.1:PORT/x\", redirects: 2)";
    let (_, done) = apply(&site, statements);
    assert_eq!(failure(&done.ends(1).json(), "page"), "http-redirect");
    assert_eq!(site.asked().len(), 3);
}

#[test]
fn what_goes_wrong_has_its_own_name() {
    let site = Site::new(|request| {
        let path = request.split(' ').nth(1).unwrap();
        match path {
            "/gone" => Some("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnever".to_owned()),
            "/cut" => Some("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhe".to_owned()),
            "/closed" => None,
            "/ftp" => Some(leads_to("ftp://127.0.0.1/")),
            _ => Some(ok("0123456789")),
        }
    });
    for (call, code) in [
        ("get(\"http://127.0.0.1:PORT/gone\")", "http-status"),
        ("get(\"http://127.0.0.1:PORT/cut\")", "http-broken"),
        ("get(\"http://127.0.0.1:PORT/closed\")", "http-broken"),
        ("get(\"http://127.0.0.1:PORT/ftp\")", "http-redirect"),
        (
            "get(\"http://127.0.0.1:PORT/\", most: 9B)",
            "http-too-large",
        ),
        (
            "get(\"http://127.0.0.1:PORT/\", headers: { Host: \"b\" })",
            "http-header",
        ),
        (
            "get(\"http://127.0.0.1:PORT/\", headers: { \"a b\": \"c\" })",
            "http-header",
        ),
        (
            "get(\"http://127.0.0.1:PORT/\", headers: { a: \"b\\nc: d\" })",
            "http-header",
        ),
        (
            "post(\"http://127.0.0.1:PORT/\", headers: { \"Content-Type\": \"a\" })",
            "http-header",
        ),
    ] {
        let (_, done) = apply(&site, &format!("  step page = http.{call}"));
        let result = done.ends(1).json();
        assert_eq!(failure(&result, "page"), code, "{call}: {result:#}");
    }
    let gone = "  step page = http.get(\"http://127.0.0.1:PORT/gone\", any_status: true)";
    let (_, done) = apply(&site, gone);
    let result = done.ends(0).json();
    assert_eq!(step(&result, "page")["result"]["status"], 404);
}

#[test]
fn a_host_that_never_answers_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sandbox = sandbox();
    let statements = "  step page = http.get(\"http://127.0.0.1:PORT/\", timeout: 300ms)";
    let done = sandbox.apply(&mission(port, "net \"127.0.0.1:PORT\"", statements));
    assert_eq!(failure(&done.ends(1).json(), "page"), "http-timeout");
}

#[test]
fn a_large_page_is_kept_whole_and_shown_in_part() {
    let text = "é123456789\n".repeat(200_000);
    let (size, page) = (text.len(), ok(&text));
    let site = Site::new(move |_| Some(page.clone()));
    let (sandbox, done) = apply(&site, "  step page = http.get(\"http://127.0.0.1:PORT/\")");
    let result = done.ends(0).json();
    let page = &step(&result, "page")["result"];
    assert_eq!(page["size"], size);
    assert_eq!(page["whole"], false);
    let shown = page["text"].as_str().unwrap();
    assert!(shown.len() <= 1 << 20, "{}", shown.len());
    assert!(text.starts_with(shown), "it is another page");
    assert!(log(&sandbox) == text, "it is another page");
}

#[test]
fn a_request_is_sent_once_with_its_body() {
    let site = Site::saying("done");
    let statements = "  step a = http.post(\"http://127.0.0.1:PORT/a\", body: \"{}\")\n  \
        step b = http.request(\"PUT\", \"http://127.0.0.1:PORT/b\", body: \"x\") after a\n  \
        step c = http.request(\"HEAD\", \"http://127.0.0.1:PORT/c\") after b";
    let (_, done) = apply(&site, statements);
    let result = done.ends(0).json();
    assert_eq!(site.asked(), ["POST /a {}", "PUT /b x", "HEAD /c"]);
    assert_eq!(step(&result, "c")["result"]["text"], "");
}

#[test]
fn a_request_without_an_answer_is_uncertain_until_a_person_says() {
    let site = Site::new(|_| None);
    let post = "  step post = http.post(\"http://127.0.0.1:PORT/\", body: \"1\")";
    let (sandbox, done) = apply(&site, post);
    let result = done.ends(5).json();
    assert_eq!(result["outcome"], "uncertain");
    assert_eq!(site.asked(), ["POST / 1"]);
    // Going on does not send it again.
    let _ = sandbox.tau(&["resume", "@", "--json"]).ends(5);
    assert!(site.asked().is_empty());
    let answer =
        r#"{"status":200,"url":"u","headers":{},"text":"","whole":true,"body_ref":"","size":0}"#;
    let _ = sandbox
        .tau(&["resolve", "@", "post", "happened", "--result", answer])
        .ends(0);
    let result = sandbox.tau(&["resume", "@", "--json"]).ends(0).json();
    assert_eq!(step(&result, "post")["result"]["url"], "u");
    assert!(site.asked().is_empty());

    let (sandbox, done) = apply(&site, post);
    let _ = done.ends(5);
    let _ = sandbox
        .tau(&["resolve", "@", "post", "not-happened"])
        .ends(0);
    let _ = sandbox.tau(&["resume", "@", "--json"]).ends(5);
    assert_eq!(site.asked(), ["POST / 1", "POST / 1"]);
}

#[test]
fn a_request_that_may_be_repeated_is() {
    let site = Site::new(|_| None);
    let post = "  step post = http.post(\"http://127.0.0.1:PORT/\", body: \"1\") retry 2 every 1ms";
    let (_, done) = apply(&site, post);
    assert_eq!(failure(&done.ends(1).json(), "post"), "http-broken");
    assert_eq!(site.asked().len(), 3);
}

#[test]
fn a_request_that_was_never_sent_has_not_happened() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let sandbox = sandbox();
    let statements = "  step post = http.post(\"http://127.0.0.1:PORT/\")";
    let done = sandbox.apply(&mission(port, "net \"127.0.0.1:PORT\"", statements));
    assert_eq!(failure(&done.ends(1).json(), "post"), "host-unreachable");
}

#[test]
fn whoever_is_killed_behind_a_request_does_not_send_it_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sandbox = sandbox();
    let statements = "  step page = http.get(\"http://127.0.0.1:PORT/page\")\n  \
        step post = http.post(\"http://127.0.0.1:PORT/post\", body: page.text)";
    let text = mission(port, "net \"127.0.0.1:PORT\"", statements);
    sandbox.write("web.tau", text);
    let mut command = sandbox.command(&["apply", "web.tau", "--yes"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    assert!(read(&stream).starts_with("GET /page "));
    stream.write_all(ok("hello").as_bytes()).unwrap();
    drop(stream);
    let (stream, _) = listener.accept().unwrap();
    let request = read(&stream);
    assert!(request.starts_with("POST /post "), "{request}");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(stream);
    // Nobody listens any more: what is asked for again fails.
    drop(listener);
    let result = sandbox.tau(&["resume", "@", "--json"]).ends(5).json();
    assert_eq!(step(&result, "page")["result"]["text"], "hello");
    assert_eq!(step(&result, "post")["state"], "uncertain");
}

#[test]
fn a_page_decides_nothing() {
    let sandbox = sandbox();
    let statements = "  step page = http.get(\"https://example.org/\")\n  \
        step run  = process.run(\"echo {{ page.text }}\")\n  \
        step next = http.get(page.url)";
    let text = mission(0, "net \"example.org\"\n    run \"echo *\"", statements);
    sandbox.write("web.tau", text);
    let done = sandbox
        .tau(&["lint", "web.tau", "--format", "json"])
        .ends(1);
    for code in ["taint-command", "taint-host"] {
        assert!(done.out.contains(code), "no {code} in {}", done.out);
    }
}

/// The journal tells which hosts were reached, and so the least that is needed.
#[test]
fn what_was_reached_is_what_is_needed() {
    let site = Site::saying("hello");
    let sandbox = sandbox();
    let grants = "net \"127.0.0.1:*\", \"*.example.org\"";
    let text = mission(
        site.port,
        grants,
        "  step page = http.get(\"http://127.0.0.1:PORT/\")",
    );
    sandbox.apply(&text).ends(0);
    let arguments = ["grants", "infer", "@", "--json"];
    let told = sandbox.tau(&arguments).ends(0).json();
    let least = format!("net \"127.0.0.1:{}\"", site.port);
    assert_eq!(told["lines"][0]["proposed"], least.as_str());
    sandbox.apply(&text.replace(grants, &least)).ends(0);
}

/// The value of the secret in these tests.
const VALUE: &str = "hunter2/hunter3+hunter4";

/// Runs a mission that may have the secret `KEY`, which is for `host`.
fn with_key(site: &Site, host: &str, grants: &str, statements: &str) -> (Sandbox, Done) {
    let sandbox = sandbox();
    let folder = sandbox.outside().join("home/.config/tau");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("secrets.toml");
    let host = host.replace("PORT", &site.port.to_string());
    fs::write(&file, format!("[KEY]\nenv = \"MINE\"\nhost = \"{host}\"\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let grants = format!("net \"127.0.0.1:PORT\", \"*.example\"{grants}\n    secret KEY");
    sandbox.write("web.tau", mission(site.port, &grants, statements));
    let mut command = sandbox.command(&["apply", "web.tau", "--yes", "--json"]);
    let done = Done::from(command.env("MINE", VALUE).output().unwrap());
    (sandbox, done)
}

/// The fields of the requests so far that hold the secret.
fn held(site: &Site) -> Vec<String> {
    let requests = site.requests.try_iter().collect::<String>();
    let lines = requests.lines().filter(|line| line.contains(VALUE));
    lines.map(str::to_owned).collect()
}

#[test]
fn a_secret_goes_to_its_host_and_is_in_no_record() {
    let site = Site::new(|request| Some(ok(request)));
    let statements = "  step a = http.get(\"http://127.0.0.1:PORT/\", token: \"KEY\")\n  \
        step b = http.post(\"http://127.0.0.1:PORT/\", token: \"KEY\", token_field: \"X-Key\") after a";
    let (sandbox, done) = with_key(&site, "127.0.0.1:PORT", "", statements);
    let done = done.ends(0);
    let bearer = format!("authorization: Bearer {VALUE}");
    assert_eq!(held(&site), [bearer, format!("x-key: {VALUE}")]);
    assert!(!done.out.contains(VALUE), "{}", done.out);
    // The host has sent back what it got.
    let result = done.json();
    let text = step(&result, "a")["result"]["text"].as_str().unwrap();
    assert!(text.contains("authorization: Bearer ***\r\n"), "{text}");
    let logs = sandbox.tau(&["logs", "@"]).ends(0);
    assert!(logs.out.contains("x-key: ***"), "{}", logs.out);
    assert!(!logs.out.contains(VALUE), "{}", logs.out);
}

#[test]
fn a_secret_goes_to_no_other_host() {
    let other = Site::saying("the end");
    let end = format!("http://127.0.0.1:{}/", other.port);
    let site = Site::new(move |_| Some(leads_to(&end)));
    let get = "  step page = http.get(\"http://127.0.0.1:PORT/\", token: \"KEY\")";
    let (_, done) = with_key(&site, "api.example", "", get);
    let result = done.ends(3).json();
    assert_eq!(failure(&result, "page"), "secret-other-host", "{result:#}");
    assert!(site.asked().is_empty());

    let both = format!(", \"127.0.0.1:{}\"", other.port);
    let (_, done) = with_key(&site, "127.0.0.1", &both, get);
    let _ = done.ends(0);
    assert_eq!(held(&site).len(), 1);
    assert!(held(&other).is_empty());

    let open = "  step page = http.get(\"http://api.example/\", token: \"KEY\")";
    let (_, done) = with_key(&site, "api.example", "", open);
    assert_eq!(
        failure(&done.ends(1).json(), "page"),
        "secret-not-encrypted"
    );
}
