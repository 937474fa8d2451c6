//! Git repositories over HTTP: `git http-backend` behind a server of this machine that lets in
//! whoever has a password.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// The server. It ends with the test.
pub struct GitHost {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    root: PathBuf,
    authorization: String,
    leads_to: Option<String>,
    asked: Vec<String>,
}

/// A request of HTTP.
pub struct Asked {
    /// The method and the path, as they came.
    pub method: String,
    /// With its query.
    pub path: String,
    fields: Vec<(String, String)>,
    /// What came behind the fields.
    pub body: Vec<u8>,
}

impl Asked {
    /// Reads one; `None` when nobody sent one.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn read(stream: &TcpStream) -> Option<Asked> {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut fields = Vec::new();
        loop {
            let mut field = String::new();
            stream.read_line(&mut field).ok()?;
            let Some((name, value)) = field.trim_end().split_once(": ") else {
                break;
            };
            fields.push((name.to_lowercase(), value.to_owned()));
        }
        let length = fields.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(0, |(_, value)| value.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        let mut words = line.split(' ').map(str::to_owned);
        Some(Asked {
            method: words.next().unwrap(),
            path: words.next().unwrap(),
            fields,
            body,
        })
    }

    /// A field, by its name in small letters; empty where there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value)
    }
}

impl GitHost {
    /// Serves the bare repositories of a folder to whoever says this as `Authorization`.
    ///
    /// # Panics
    /// There is no port.
    #[must_use]
    pub fn new(root: &Path, authorization: &str) -> GitHost {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            root: root.to_owned(),
            authorization: authorization.to_owned(),
            ..State::default()
        }));
        let own = state.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &own);
            }
        });
        GitHost { port, state }
    }

    /// The host with its port.
    #[must_use]
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// From now on every request is led to the same path below this address.
    ///
    /// # Panics
    /// The server has.
    pub fn leads_to(&self, address: &str) {
        self.state.lock().unwrap().leads_to = Some(address.to_owned());
    }

    /// The requests so far: what came first, and whether it was let in.
    ///
    /// # Panics
    /// The server has.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let Some(asked) = Asked::read(&stream) else {
        return;
    };
    let (method, path, says) = (&asked.method, &asked.path, asked.field("authorization"));
    let (root, is_in, leads_to) = {
        let mut state = state.lock().unwrap();
        let is_in = says == state.authorization;
        let how = match (is_in, says) {
            (true, _) => "let in",
            (false, "") => "a stranger",
            (false, _) => "not let in",
        };
        state.asked.push(format!("{method} {path}: {how}"));
        (state.root.clone(), is_in, state.leads_to.clone())
    };
    let answer = if let Some(to) = leads_to {
        format!("HTTP/1.1 302 Found\r\nLocation: {to}{path}\r\n").into_bytes()
    } else if is_in {
        git_backend(&root, &asked)
    } else {
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\n".to_vec()
    };
    let has_body = is_in && answer.windows(4).any(|four| four == b"\r\n\r\n");
    let _ = stream.write_all(&answer);
    if !has_body {
        let _ = stream.write_all(b"Content-Length: 0\r\nConnection: close\r\n\r\n");
    }
}

/// What git itself answers about the repositories of a folder, as an answer of HTTP.
///
/// # Panics
/// Git cannot be started, or says nothing.
#[must_use]
pub fn git_backend(root: &Path, asked: &Asked) -> Vec<u8> {
    let path = asked.path.as_str();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let field = |name: &str| asked.field(name);
    let mut command = Command::new("git");
    command
        .arg("http-backend")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_USER", "tester")
        .env("REQUEST_METHOD", &asked.method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", field("content-type"))
        .env("CONTENT_LENGTH", asked.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", field("content-encoding"))
        .env("HTTP_GIT_PROTOCOL", field("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&asked.body).unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    let end = said
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&said[..end]);
    let status = head.lines().find_map(|line| line.strip_prefix("Status: "));
    let mut answer = format!("HTTP/1.1 {}\r\n", status.unwrap_or("200 OK"));
    for line in head.lines().filter(|line| !line.starts_with("Status: ")) {
        answer.push_str(&format!("{line}\r\n"));
    }
    let body = &said[end + 4..];
    answer.push_str(&format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    ));
    let mut answer = answer.into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// Whether the files of a folder, at any depth, hold some text.
///
/// # Panics
/// A file cannot be read.
#[must_use]
pub fn holds(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        match path.symlink_metadata().unwrap() {
            it if it.is_dir() => holds(&path, text),
            it if it.is_file() => {
                let bytes = fs::read(&path).unwrap();
                bytes
                    .windows(text.len())
                    .any(|found| found == text.as_bytes())
            }
            _ => false,
        }
    })
}
