//! Tokens of Apps, against a host that reads and writes bytes by hand. The keys in `testing/` were made
//! for these tests, with openssl, and are of no App.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::{Arc, Mutex};

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::clock::Simulation;
use crate::evidence::base64;
use crate::net::Names;
use crate::net::testing::{Answers, addresses as addresses_of};
use crate::secrets::{Secrets, Sources};

const PKCS1: &str = include_str!("testing/app.pkcs1.pem");
const PKCS8: &str = include_str!("testing/app.pkcs8.pem");
const INSTALLED: &str = r#"{"id":678,"permissions":{"contents":"write","pull_requests":"write","checks":"write","emails":"read","metadata":"read"},"suspended_at":null}"#;
const NOW: &str = "2026-01-01T12:00:00Z";

/// A host that gives these answers in turn, and keeps what it was asked.
struct Loopback {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Loopback {
    async fn new(answers: Vec<(u16, String)>) -> Loopback {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let own = asked.clone();
        tokio::spawn(async move {
            for (status, body) in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !is_whole(&request) {
                    request.push(stream.read_u8().await.unwrap());
                }
                let request = String::from_utf8(request).unwrap();
                // It may send back what it was sent.
                let body = body.replace("BEARER", &bearer(&request));
                own.lock().unwrap().push(request);
                let length = body.len();
                let date = "Date: Thu, 01 Jan 2026 12:00:00 GMT";
                let head =
                    format!("HTTP/1.1 {status} X\r\n{date}\r\nContent-Length: {length}\r\n\r\n");
                stream.write_all((head + &body).as_bytes()).await.unwrap();
            }
        });
        Loopback { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Whether a request has come with its body.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
    body.len() == length.unwrap_or(0)
}

fn token(number: u8, ends: &str) -> (u16, String) {
    let body = format!(r#"{{"token":"ghs_{number}_0123456789","expires_at":"{ends}"}}"#);
    (201, body)
}

/// The secrets of somebody with an App, at a time that stands still.
struct Place {
    secrets: Arc<Secrets>,
    time: Simulation,
    _folder: tempfile::TempDir,
}

fn place(port: u16, key: &str, more: &str) -> Place {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let key = file("app.pem", key);
    let toml = format!(
        "[GH]\ngithub_app = {{ id = 12345, key = {:?}, api = \"http://127.0.0.1:{port}/api/v3\", {more} }}\n",
        key
    );
    let sources = Sources::read(&file("secrets.toml", &toml), None);
    let (clock, time) = Clock::simulated(NOW.parse().unwrap(), 1);
    Place {
        secrets: Arc::new(Secrets::new(Arc::new(sources), clock)),
        time,
        _folder: folder,
    }
}

impl Place {
    /// The value, with time passing as soon as it is waited for.
    async fn value(&self) -> Result<String, String> {
        let secrets = self.secrets.clone();
        let asking = tokio::spawn(async move { secrets.value("GH").await });
        while !asking.is_finished() {
            // What is longer than a pause between two tries bounds how long the host may take.
            match self
                .time
                .next()
                .filter(|next| *next < Duration::from_secs(5))
            {
                Some(pause) => self.time.pass(pause),
                None => tokio::task::yield_now().await,
            }
        }
        let value = asking.await.unwrap();
        value
            .map(|value| value.expose_secret().to_owned())
            .map_err(|why| why.to_string())
    }
}

/// What an App has signed and sent.
fn bearer(request: &str) -> String {
    let field = |line: &str| Some(line.strip_prefix("authorization: Bearer ")?.to_owned());
    request.lines().find_map(field).unwrap()
}

/// The parts of what was signed, as JSON, if the signature is that of the key.
fn verified(request: &str) -> (Json, Json) {
    let signed = bearer(request);
    let (text, signature) = signed.rsplit_once('.').unwrap();
    let public = Key::new(PKCS1).map(|key| key.public()).ok().unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(text.as_bytes(), &decoded(signature))
        .unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let json = |part: &str| serde_json::from_slice(&decoded(part)).unwrap();
    (json(header), json(claims))
}

fn decoded(text: &str) -> Vec<u8> {
    let text = text.replace('-', "+").replace('_', "/");
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    base64::decode(&format!("{text}{padding}")).unwrap()
}

#[tokio::test]
async fn an_app_signs_who_it_is_and_asks_for_no_more_than_it_needs() {
    for key in [PKCS1, PKCS8] {
        let answers = vec![
            (200, INSTALLED.to_owned()),
            token(1, "2026-01-01T13:00:00Z"),
        ];
        let host = Loopback::new(answers).await;
        let place = place(host.port, key, "repository = \"acme/app\"");
        assert_eq!(place.value().await.unwrap(), "ghs_1_0123456789");
        let asked = host.asked();
        assert!(asked[0].starts_with("GET /api/v3/repos/acme/app/installation HTTP/1.1\r\n"));
        let post = "POST /api/v3/app/installations/678/access_tokens HTTP/1.1\r\n";
        assert!(asked[1].starts_with(post), "{}", asked[1]);
        for request in &asked {
            let (header, claims) = verified(request);
            assert_eq!(header, json!({ "alg": "RS256", "typ": "JWT" }));
            let now = NOW.parse::<jiff::Timestamp>().unwrap().as_second();
            let expected = json!({ "iss": 12345, "iat": now - 60, "exp": now + 540 });
            assert_eq!(claims, expected);
        }
        let (_, body) = asked[1].split_once("\r\n\r\n").unwrap();
        let body: Json = serde_json::from_str(body).unwrap();
        let permissions = json!({
            "checks": "read", "contents": "write", "metadata": "read", "pull_requests": "write",
        });
        let expected = json!({ "repositories": ["app"], "permissions": permissions });
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn nothing_of_it_is_shown() {
    let answers = vec![
        (200, INSTALLED.to_owned()),
        token(1, "2026-01-01T13:00:00Z"),
    ];
    let host = Loopback::new(answers).await;
    let place = place(host.port, PKCS1, "repository = \"acme/app\"");
    let token = place.value().await.unwrap();
    let signed = bearer(&host.asked()[0]);
    let redactor = place.secrets.redactor();
    let line = PKCS1.lines().nth(3).unwrap();
    for text in [token.as_str(), signed.as_str(), line] {
        assert_eq!(redactor.text(&format!("a {text} b")), "a *** b");
        assert!(!format!("{:?}", place.secrets).contains(text));
    }
    // What stands in every key is no secret.
    let first = PKCS1.lines().next().unwrap();
    assert_eq!(redactor.text(first), first);
}

#[tokio::test]
async fn another_token_is_asked_for_before_the_first_ends() {
    let installed = || (200, INSTALLED.to_owned());
    let answers = vec![
        installed(),
        token(1, "2026-01-01T13:00:00Z"),
        installed(),
        token(2, "2026-01-01T13:00:00Z"),
        (401, "{}".to_owned()),
        (401, "{}".to_owned()),
    ];
    let host = Loopback::new(answers).await;
    let place = place(host.port, PKCS1, "repository = \"acme/app\"");
    let mut values = Vec::new();
    for minutes in [0, 53, 2, 53, 2, 4] {
        place.time.pass(Duration::from_secs(minutes * 60));
        values.push(place.value().await.map_err(|_| "none"));
    }
    let [first, second] = ["ghs_1_0123456789", "ghs_2_0123456789"].map(|it| Ok(it.to_owned()));
    // The host's clock stands still, so the second lives as long. Where there is no third one, the second
    // is used until it ends.
    let expected = [
        first.clone(),
        first,
        second.clone(),
        second.clone(),
        second,
        Err("none"),
    ];
    assert_eq!(values, expected);
    assert_eq!(host.asked().len(), 6);
}

#[tokio::test]
async fn several_that_ask_at_once_get_one_token() {
    let answers = vec![
        (200, INSTALLED.to_owned()),
        token(1, "2026-01-01T13:00:00Z"),
    ];
    let host = Loopback::new(answers).await;
    let place = place(host.port, PKCS1, "repository = \"acme/app\"");
    let (one, other) = tokio::join!(place.value(), place.value());
    assert_eq!(one.unwrap(), other.unwrap());
    assert_eq!(host.asked().len(), 2);
}

#[tokio::test]
async fn a_host_that_is_broken_for_a_moment_is_asked_again() {
    let broken = (502, String::new());
    let installed = (200, INSTALLED.to_owned());
    let token = token(1, "2026-01-01T13:00:00Z");
    let answers = vec![broken.clone(), installed, broken.clone(), broken, token];
    let host = Loopback::new(answers).await;
    let place = place(host.port, PKCS1, "installation = 678");
    assert_eq!(place.value().await.unwrap(), "ghs_1_0123456789");
    let asked = host.asked();
    assert!(asked[0].starts_with("GET /api/v3/app/installations/678 "));
    let (_, body) = asked[4].split_once("\r\n\r\n").unwrap();
    assert!(!body.contains("repositories"), "{body}");
}

/// Each answer of a host that is none, and what is told of it.
#[tokio::test]
async fn what_is_wrong_is_told_with_what_to_do() {
    let message = |text: &str| json!({ "message": text }).to_string();
    let installed = || (200, INSTALLED.to_owned());
    let suspended = INSTALLED.replace("null", "\"2026-01-01T00:00:00Z\"");
    let no_use = r#"{"id":678,"permissions":{"metadata":"read"}}"#.to_owned();
    let answers = [
        vec![(404, message("Not Found"))],
        vec![(401, message("A JSON web token could not be decoded"))],
        vec![(301, message("Moved Permanently"))],
        vec![(200, suspended)],
        vec![(200, no_use)],
        vec![(200, "<html>".to_owned())],
        vec![
            installed(),
            (403, message("This installation has been suspended")),
        ],
        vec![installed(), (404, message("Not Found"))],
        vec![
            installed(),
            (
                422,
                message("The permissions requested are not granted to this installation."),
            ),
        ],
        vec![installed(), (403, message("Forbidden"))],
    ];
    let mut told = Vec::new();
    for answers in answers {
        let host = Loopback::new(answers).await;
        let place = place(host.port, PKCS1, "repository = \"acme/app\"");
        let why = place.value().await.unwrap_err();
        told.push(why.replace(&host.port.to_string(), "PORT"));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    the GitHub App `12345` is not installed on `acme/app`, or there is no such repository: install it at the page of its settings
    the GitHub App `12345` is not known to `127.0.0.1:PORT` by what its key signs (status 401), and it says "A JSON web token could not be decoded": look whether `id` is that of the App, and `key` one of its keys
    the GitHub App `12345` was sent elsewhere by `127.0.0.1:PORT` (status 301), where it does not go: look at what `repository` and `api` say, as the repository may have another name now
    the GitHub App `12345` has the installation 678, which is suspended: let who owns it take that back, in its settings
    the GitHub App `12345` has none of the permissions that tau can use in installation 678: give it those of `checks: read`, `contents: write`, `issues: write`, `merge_queues: write`, `metadata: read`, `pull_requests: write`, `statuses: write` that the mission needs, and accept them there
    the GitHub App `12345` got what is no answer of GitHub: look at what `api` says, which ends in `/api/v3` at a host of one's own
    the GitHub App `12345` has the installation 678, which is suspended: let who owns it take that back, in its settings
    the GitHub App `12345` has no installation 678: is `installation` that of another App?
    the GitHub App `12345` gets no token for `acme/app` with `checks: read`, `contents: write`, `metadata: read`, `pull_requests: write`, and it says "The permissions requested are not granted to this installation": give the App these permissions and accept them in its installation 678, which must have the repository, or write fewer as `permissions`
    the GitHub App `12345` was answered by `127.0.0.1:PORT` with status 403, and it says "Forbidden"
    "#);
}

#[tokio::test]
async fn a_host_in_a_network_of_one_s_own_is_reached_where_its_address_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("app.pem");
    std::fs::write(&key, PKCS1).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let told = async |addresses: &str| {
        let file = folder.path().join("secrets.toml");
        let app = format!("id = 1, key = {key:?}, installation = 2, addresses = [{addresses}]");
        let api = "api = \"https://git.acme.example:1/api/v3\"";
        std::fs::write(&file, format!("[GH]\ngithub_app = {{ {app}, {api} }}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let sources = Sources::read(&file, None);
        let (clock, time) = Clock::simulated(NOW.parse().unwrap(), 1);
        let mut secrets = Secrets::new(Arc::new(sources), clock);
        // Nobody is there.
        let here = || Ok(addresses_of(&["127.0.0.1"]));
        secrets.network.names = Names::new(Answers::new([here(), here()]));
        let place = Place {
            secrets: Arc::new(secrets),
            time,
            _folder: tempfile::tempdir().unwrap(),
        };
        place.value().await.unwrap_err()
    };
    let refused = told("").await;
    assert!(
        refused.contains("is only reached where a grant names its address"),
        "{refused}"
    );
    assert!(
        refused.ends_with("name it as one of `addresses`"),
        "{refused}"
    );
    let absent = told("\"127.0.0.1\"").await;
    assert!(
        absent.contains("`git.acme.example:1`, which was not reached at 127.0.0.1"),
        "{absent}"
    );
}

#[tokio::test]
async fn what_a_host_sends_back_of_it_is_not_told() {
    let answer = json!({ "message": "I do not know BEARER, which somebody sent" });
    let host = Loopback::new(vec![(401, answer.to_string())]).await;
    let place = place(host.port, PKCS1, "repository = \"acme/app\"");
    let why = place.value().await.unwrap_err();
    let words = "\"I do not know ***, which somebody sent\"";
    assert!(why.contains(words), "{why}");
}

#[tokio::test]
async fn a_clock_that_differs_is_told() {
    let answer = |text: String| vec![(401, json!({ "message": text }).to_string())];
    let text = "'Expiration time' claim ('exp') is too far in the future";
    let host = Loopback::new(answer(text.to_owned())).await;
    let place = place(host.port, PKCS1, "repository = \"acme/app\"");
    place.time.pass(Duration::from_secs(400));
    let why = place.value().await.unwrap_err();
    insta::assert_snapshot!(why.replace(&host.port.to_string(), "PORT"), @r#"the GitHub App `12345` is not known to `127.0.0.1:PORT` by what its key signs (status 401), and it says "'Expiration time' claim ('exp') is too far in the future": the clock of this machine is 400 s ahead of that of the host, so set it"#);
}

#[tokio::test]
async fn a_key_that_cannot_be_used_says_why() {
    let cut = &PKCS1[..400];
    let locked =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let other = include_str!("../../net/client/tls/host.key");
    let short = include_str!("testing/short.pkcs1.pem");
    let mut told = Vec::new();
    for key in ["", "ghp_0123456789", cut, locked, other, short] {
        let place = place(1, key, "installation = 678");
        let looked = place.secrets.look("GH", false).unwrap_err().to_string();
        let why = place.value().await.unwrap_err();
        assert_eq!(why, looked);
        let (_, why) = why.split_once("` ").unwrap();
        told.push(why.to_owned());
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    cannot be used: it has no private key of RSA as PEM: the page of the App's settings hands one out, as a file that begins with `-----BEGIN RSA PRIVATE KEY-----`
    cannot be used: it has no private key of RSA as PEM: the page of the App's settings hands one out, as a file that begins with `-----BEGIN RSA PRIVATE KEY-----`
    cannot be used: it has no private key of RSA as PEM: the page of the App's settings hands one out, as a file that begins with `-----BEGIN RSA PRIVATE KEY-----`
    cannot be used: its key is locked with a password: `openssl rsa -in FILE -out OTHER` writes it without
    cannot be used: its key is none of RSA with 2048 to 4096 bits, which GitHub hands out: is it of another App, or cut off?
    cannot be used: its key is none of RSA with 2048 to 4096 bits, which GitHub hands out: is it of another App, or cut off?
    "#);
}

#[test]
fn an_app_is_written_so_and_not_otherwise() {
    let written = |more: &str| {
        let text = format!("id = \"Iv23.abc\"\nkey = \"~/app.pem\"\n{more}");
        let written: Result<Written, _> = toml::from_str(&text);
        let written = written.map_err(|error| error.message().to_owned())?;
        written.app(Some(std::path::Path::new("/home/ann")))
    };
    let app = written("repository = [\"acme/app\", \"Acme/lib\"]\n").unwrap();
    assert_eq!(app.key(), "/home/ann/app.pem");
    assert_eq!(app.id(), "Iv23.abc");
    assert_eq!(app.hosts(), ["api.github.com", "github.com"]);
    let own = |api: &str| {
        let app = written(&format!("installation = 1\napi = \"{api}\"\n"));
        app.unwrap().hosts()
    };
    assert_eq!(own("https://git.acme.example/api/v3"), ["git.acme.example"]);
    assert_eq!(
        own("https://api.acme.ghe.com/"),
        ["api.acme.ghe.com", "acme.ghe.com"]
    );
    assert_eq!(own("http://localhost:80"), ["localhost"]);
    let wrong = [
        "",
        "repository = \"acme\"\n",
        "repository = \"acme/../x\"\n",
        "repository = []\n",
        "repository = [\"acme/app\", \"other/app\"]\n",
        "installation = 1\napi = \"http://git.acme.example\"\n",
        "installation = 1\napi = \"git.acme.example\"\n",
        "installation = 1\npermissions = {}\n",
        "installation = 1\npermissions = { contents = \"all\" }\n",
        "installation = 1\npermissions = { \"pull-requests\" = \"read\" }\n",
        "installation = 1\nsecret = \"x\"\n",
    ];
    let wrong = wrong.map(|more| written(more).unwrap_err());
    insta::assert_snapshot!(wrong.join("\n"), @r#"
    its App has no `repository = "owner/name"`, and no `installation`
    `acme` is no repository: write `owner/name`
    `acme/../x` is no repository: write `owner/name`
    its list of repositories is empty
    its repositories have the owners `acme` and `other`, and a token is of one
    its `api` `http://git.acme.example/` is not encrypted, and what its App signs would be sent there
    its `api` is no address: it does not begin with `https://` or `http://`
    its `permissions` are empty
    the permission `contents` is `read`, `write` or `admin`, and not `all`
    `pull-requests` is no permission: write one as `pull_requests`
    unknown field `secret`, expected one of `id`, `key`, `repository`, `installation`, `permissions`, `api`, `addresses`
    "#);
}
