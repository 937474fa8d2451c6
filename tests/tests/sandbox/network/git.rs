//! Git, as it fetches from a server of its own over HTTP.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tau_tests::Sandbox;

use super::{output, run};

const MISSION: &str = "mission boxed {
  authority {
    run \"git clone *\", \"cat *\"
    net \"AT\"
  }

  step clone = process.run(\"git clone --quiet http://AT/lib.git third_party/lib\")
  step look  = process.run(\"cat third_party/lib/a.txt\") after clone
}
";

#[test]
fn git_clones_from_a_host_that_is_granted() {
    let test = "git_clones_from_a_host_that_is_granted";
    let Some(backend) = backend() else {
        tau_tests::skip(test, "`git http-backend`, which is not installed");
        return;
    };
    if !super::super::makes("full", test) {
        return;
    }
    let sandbox = Sandbox::repository(&[(".gitignore", "/third_party\n")]);
    let theirs = Sandbox::repository(&[("a.txt", "of theirs\n")]);
    let folder = sandbox.outside().join("served");
    fs::create_dir(&folder).unwrap();
    let bare = folder.join("lib.git");
    theirs.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let at = serve(backend, folder);
    sandbox.write("boxed.tau", MISSION.replace("AT", &at));
    let report = run(&sandbox, "full").ends(0).json();
    assert_eq!(output(&report["steps"][1]), "of theirs\n");
    // Another host of the same name it is not.
    sandbox.write(
        "boxed.tau",
        MISSION.replace("AT", &at).replace("net", "deny net"),
    );
    let report = run(&sandbox, "full").ends(1).json();
    assert_eq!(report["steps"][0]["failure"]["code"], "process-exit");
}

fn backend() -> Option<PathBuf> {
    let folder = Command::new("git").arg("--exec-path").output().ok()?;
    let folder = String::from_utf8(folder.stdout).ok()?;
    let backend = Path::new(folder.trim()).join("git-http-backend");
    backend.is_file().then_some(backend)
}

/// A server for the repositories of a folder; where it is.
fn serve(backend: PathBuf, folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(&stream.unwrap(), &backend, &folder);
        }
    });
    at
}

/// One request, as `git http-backend` answers it.
fn answer(mut stream: &TcpStream, backend: &Path, folder: &Path) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap_or(0) > 0 {}
    let mut words = head.split(' ');
    let (method, address) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let field = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    };
    let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    let mut command = Command::new(backend);
    command
        .env("GIT_PROJECT_ROOT", folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .env("REQUEST_METHOD", method)
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("CONTENT_TYPE", field("content-type"))
        .env("HTTP_CONTENT_ENCODING", field("content-encoding"))
        .env("GIT_PROTOCOL", field("git-protocol"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&body).unwrap();
    let said = child.wait_with_output().unwrap().stdout;
    // The client may be gone.
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n");
    let _ = stream.write_all(&said);
}
