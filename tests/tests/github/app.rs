//! A run that logs in as a GitHub App, at a host of one's own that verifies what the App signs and lets in its
//! newest token alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use tau_tests::{Asked, Done, Sandbox, holds, step};

use crate::effects::{GRANTS, STEPS};
use crate::host::Host;

/// Made for this test, and of no App.
const KEY: &str = include_str!("app.pem");

/// An App, and what a host has given it.
pub(crate) struct Installed {
    /// Whether it is installed in the repository.
    is_there: bool,
    /// How long a token lives, in seconds.
    lives: u64,
    /// The tokens that it got, the newest last, and what it has signed.
    tokens: Vec<String>,
    signed: Vec<String>,
    /// For what each of them was asked.
    wanted: Vec<Value>,
}

impl Installed {
    /// The only one that this host lets in.
    pub(crate) fn at(host: &Host, lives: u64) -> Arc<Mutex<Installed>> {
        let app = Installed {
            is_there: true,
            lives,
            tokens: Vec::new(),
            signed: Vec::new(),
            wanted: Vec::new(),
        };
        let app = Arc::new(Mutex::new(app));
        let own = app.clone();
        host.guards(Box::new(move |asked| own.lock().unwrap().answer(asked)));
        app
    }

    /// What the App itself is answered, and whoever comes without its newest token; `None` for anybody who
    /// is let in.
    fn answer(&mut self, asked: &Asked) -> Option<(u16, Value)> {
        let authorization = asked.field("authorization");
        let (method, path) = (asked.method.as_str(), asked.path.as_str());
        let is_for_app =
            path.ends_with("/repos/acme/app/installation") || path.contains("/app/installations");
        if !is_for_app {
            let token = self.tokens.last();
            let is_newest = token.is_some_and(|token| {
                let basic = encoded(format!("x-access-token:{token}").as_bytes());
                authorization == format!("Bearer {token}")
                    || authorization == format!("Basic {basic}")
            });
            return (!is_newest).then(|| (401, json!({ "message": "Bad credentials" })));
        }
        let signed = authorization.strip_prefix("Bearer ").unwrap();
        verify(signed);
        self.signed.push(signed.to_owned());
        match (method, path) {
            _ if !self.is_there => Some((404, json!({ "message": "Not Found" }))),
            ("GET", "/api/v3/repos/acme/app/installation") => {
                let permissions = json!({ "contents": "write", "issues": "write", "pull_requests": "write", "statuses": "write" });
                Some((200, json!({ "id": 678, "permissions": permissions })))
            }
            ("POST", "/api/v3/app/installations/678/access_tokens") => {
                let wanted = serde_json::from_slice(&asked.body).unwrap();
                self.wanted.push(wanted);
                let number = self.tokens.len();
                self.tokens
                    .push(format!("ghs_{number:04}_0123456789abcdef"));
                let ends = now() + Duration::from_secs(self.lives);
                let token = self.tokens.last().unwrap();
                Some((201, json!({ "token": token, "expires_at": date(ends) })))
            }
            _ => panic!("{method} {path}"),
        }
    }
}

/// Panics unless an App with this key and number has just signed it.
fn verify(signed: &str) {
    let der: String = KEY
        .lines()
        .filter(|line| !line.starts_with("---"))
        .collect();
    let pair = RsaKeyPair::from_der(&decoded(&der)).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let (text, signature) = signed.rsplit_once('.').unwrap();
    public.verify(text.as_bytes(), &decoded(signature)).unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice::<Value>(&decoded(part)).unwrap();
    assert_eq!(json(header)["alg"], "RS256");
    let claims = json(claims);
    assert_eq!(claims["iss"], 12345);
    let now = now().as_secs();
    let (made, ends) = (
        claims["iat"].as_u64().unwrap(),
        claims["exp"].as_u64().unwrap(),
    );
    assert!(made <= now && now < ends && ends <= now + 600, "{claims}");
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// A date as GitHub writes it.
fn date(since: Duration) -> String {
    let seconds = format!("@{}", since.as_secs());
    let told = std::process::Command::new("date")
        .args(["-u", "-d", &seconds, "+%FT%TZ"])
        .output();
    String::from_utf8(told.unwrap().stdout)
        .unwrap()
        .trim()
        .to_owned()
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn decoded(text: &str) -> Vec<u8> {
    let digits = text.bytes().filter(|byte| *byte != b'=');
    let mut bits = String::new();
    for digit in digits {
        let digit = match digit {
            b'-' => b'+',
            b'_' => b'/',
            digit => digit,
        };
        let value = DIGITS.iter().position(|it| *it == digit).unwrap();
        bits.push_str(&format!("{value:06b}"));
    }
    let bytes = bits.as_bytes().chunks_exact(8);
    let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
    bytes.map(byte).collect()
}

fn encoded(bytes: &[u8]) -> String {
    let mut bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    while !bits.len().is_multiple_of(6) {
        bits.push('0');
    }
    let digit = |bits: &[u8]| {
        let value = usize::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
        char::from(DIGITS[value])
    };
    let mut text: String = bits.as_bytes().chunks(6).map(digit).collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// The user has this App for the secret `GH`, and its key with these rights.
pub(crate) fn configure(sandbox: &Sandbox, api: &str, mode: u32) {
    configure_as(sandbox, api, mode, "repository = \"acme/app\"");
}

/// The same, with what else the entry says of the App.
pub(crate) fn configure_as(sandbox: &Sandbox, api: &str, mode: u32, app: &str) {
    let folder = sandbox.outside().join("home/.config/tau");
    fs::create_dir_all(&folder).unwrap();
    let file = |path: &std::path::Path, text: &str, mode: u32| {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    file(&sandbox.outside().join("home/app.pem"), KEY, mode);
    let app = format!(
        "[GH]\ngithub_app = {{ id = 12345, key = \"~/app.pem\", {app}, api = \"{api}\" }}\n"
    );
    file(&folder.join("secrets.toml"), &app, 0o600);
}

/// Where the host answers, as GitHub Enterprise does.
fn own(host: &Host) -> String {
    format!("{}/api/v3", host.api())
}

/// Steps that ask the host of one's own, as GitHub Enterprise is.
pub(crate) fn enterprise(steps: &str) -> String {
    steps.replace("API", "API/api/v3")
}

#[test]
fn a_run_pushes_and_opens_a_draft_with_tokens_that_end_under_way() {
    let host = Host::new();
    // One after the other: a token that another step asks for would end that of a push.
    let line = "token: \"GH\")\n  step pr";
    assert!(STEPS.contains(line));
    let steps = STEPS.replace(line, "token: \"GH\") after push\n  step pr");
    let sandbox = host.sandbox(GRANTS, &enterprise(&steps));
    configure(&sandbox, &own(&host), 0o600);
    // Each has ended when it comes, and a newer one takes its place.
    let app = Installed::at(&host, 0);
    let result = host.apply(&sandbox).ends(0).json();
    assert_eq!(step(&result, "ready")["result"]["draft"], false);
    let pulls = host.held("pulls");
    assert_eq!(pulls[0]["head"]["sha"], result["commit"]);
    let Installed {
        tokens,
        signed,
        wanted,
        ..
    } = &*app.lock().unwrap();
    assert!(tokens.len() > 3, "{tokens:?}");
    let expected = json!({
        "repositories": ["app"],
        "permissions": { "contents": "write", "issues": "write", "pull_requests": "write", "statuses": "write" },
    });
    assert!(wanted.iter().all(|it| *it == expected), "{wanted:?}");
    // Nothing of it is anywhere that tau writes, nor in the user's repository.
    let line = KEY.lines().nth(4).unwrap();
    for text in tokens
        .iter()
        .chain(signed)
        .map(String::as_str)
        .chain([line])
    {
        assert!(!result.to_string().contains(text));
        for folder in [sandbox.state(), sandbox.path()] {
            assert!(!holds(&folder, text), "{text} in {}", folder.display());
        }
    }
}

#[test]
fn a_token_that_lives_long_enough_is_the_only_one() {
    let host = Host::new();
    let sandbox = host.sandbox(GRANTS, &enterprise(STEPS));
    configure(&sandbox, &own(&host), 0o600);
    let app = Installed::at(&host, 3600);
    let _ = host.apply(&sandbox).ends(0);
    assert_eq!(app.lock().unwrap().tokens.len(), 1);
}

#[test]
fn an_app_that_is_not_installed_blocks_the_run_until_it_is() {
    let host = Host::new();
    let say = "  step say = github.comment(\"acme/app#7\", text: \"Done.\", api: \"API\", token: \"GH\")\n";
    let sandbox = host.sandbox("    github comment\n", &enterprise(say));
    configure(&sandbox, &own(&host), 0o600);
    let app = Installed::at(&host, 3600);
    app.lock().unwrap().is_there = false;
    let result = host.apply(&sandbox).ends(3).json();
    let blocked = &result["blocked"];
    assert_eq!(blocked["kind"], "credential", "{result:#}");
    let message = blocked["message"].as_str().unwrap();
    let words = "the GitHub App `12345` is not installed on `acme/app`";
    assert!(message.contains(words), "{message}");
    assert_eq!(result["steps"], json!([]));
    app.lock().unwrap().is_there = true;
    let _ = host.resume(&sandbox).ends(0);
    assert_eq!(host.comments().len(), 1);
}

#[test]
fn without_an_installation_the_commit_is_there_and_the_push_is_told() {
    let host = Host::new();
    let sandbox = host.sandbox(GRANTS, &enterprise(STEPS));
    configure(&sandbox, &own(&host), 0o600);
    let app = Installed::at(&host, 3600);
    app.lock().unwrap().is_there = false;
    let result = host.apply(&sandbox).ends(3).json();
    let branch = result["branch"].as_str().unwrap();
    let blocked = &result["blocked"];
    assert_eq!(blocked["kind"], "credential", "{result:#}");
    let message = blocked["message"].as_str().unwrap();
    for words in [
        "is not installed on `acme/app`",
        &format!("`git push origin {branch}`"),
    ] {
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(result["commit"], sandbox.git(&["rev-parse", branch]).trim());
    assert_eq!(host.changes(), 0);
    app.lock().unwrap().is_there = true;
    let result = host.resume(&sandbox).ends(0).json();
    assert_eq!(step(&result, "ready")["result"]["draft"], false);
}

#[test]
fn a_key_that_others_can_read_is_told_before_anything_is_asked() {
    let host = Host::new();
    let say = "  step say = github.comment(\"acme/app#7\", text: \"Done.\", api: \"API\", token: \"GH\")\n";
    let sandbox = host.sandbox("    github comment\n", &enterprise(say));
    let words = "app.pem` cannot be used: others can read it";
    for (mode, is_told) in [(0o644, true), (0o600, false)] {
        configure(&sandbox, &own(&host), mode);
        let plan = sandbox.tau(&["plan", "tell.tau"]);
        assert_eq!(both(&plan).contains(words), is_told, "{}", both(&plan));
        let doctor = sandbox.tau(&["doctor"]);
        assert_eq!(both(&doctor).contains(words), is_told, "{}", both(&doctor));
        assert!(both(&doctor).contains("GH is a token of the GitHub App 12345"));
    }
}

fn both(done: &Done) -> String {
    format!("{}{}", done.out, done.err)
}
