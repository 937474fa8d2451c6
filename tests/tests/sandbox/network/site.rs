//! What stands for the internet: hosts on this machine, which missions grant by their addresses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// How many bytes `/big` has.
pub(super) const BIG: usize = 24 << 20;

/// A host that answers `CONNECT`ed clients and others alike. It is there until the tests end.
///
/// | path | answer |
/// | --- | --- |
/// | `/to/ADDRESS` | leads to that address |
/// | `/big` | [`BIG`] letters |
/// | `/all` | once 50 such requests are there together |
/// | `/endless` | letters, until the client is gone |
/// | `/hold` | nothing, until the client is gone |
/// | `/gone` | once a client of `/hold` or `/endless` is gone |
/// | others | `REACHED` |
pub(super) struct Site {
    /// `127.0.0.1:8080`
    pub(super) at: String,
    requests: Receiver<String>,
}

/// What the connections of a site share.
#[derive(Default)]
struct Shared {
    together: Mutex<usize>,
    changed: Condvar,
    gone: Mutex<bool>,
}

impl Site {
    pub(super) fn new() -> Site {
        Site::at("127.0.0.1:0")
    }

    /// At this address.
    pub(super) fn at(address: &str) -> Site {
        let listener = TcpListener::bind(address).unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let (told, requests) = channel();
        let shared: Arc<Shared> = Arc::default();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (told, shared) = (told.clone(), shared.clone());
                thread::spawn(move || serve(&stream.unwrap(), &told, &shared));
            }
        });
        Site { at, requests }
    }

    /// Its port.
    pub(super) fn port(&self) -> &str {
        self.at.rsplit(':').next().unwrap()
    }

    /// The paths that it was asked for so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

fn serve(stream: &TcpStream, told: &Sender<String>, shared: &Shared) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if first.is_empty() {
            first.clone_from(&line);
        }
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or("").to_owned();
    // The test may be over.
    let _ = told.send(path.clone());
    let mut stream = stream;
    let mut say = |text: &str| stream.write_all(text.as_bytes()).is_ok();
    let ok = |body: &str| {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
    };
    match path.as_str() {
        "/big" => drop(say(&ok(&"x".repeat(BIG)))),
        "/endless" => {
            say("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while say(&"x".repeat(64 << 10)) {}
            shared.has_gone();
        }
        "/hold" => {
            while matches!(reader.read(&mut [0; 64]), Ok(1..)) {}
            shared.has_gone();
        }
        "/gone" => {
            let gone = shared.gone.lock().unwrap();
            let wait = shared.changed.wait_timeout_while(gone, LONG, |gone| !*gone);
            if !wait.unwrap().1.timed_out() {
                say(&ok("GONE"));
            }
        }
        "/all" => {
            let mut together = shared.together.lock().unwrap();
            *together += 1;
            shared.changed.notify_all();
            let wait = shared
                .changed
                .wait_timeout_while(together, LONG, |it| *it < 50);
            if !wait.unwrap().1.timed_out() {
                say(&ok("TOGETHER"));
            }
        }
        path => match path.strip_prefix("/to/") {
            Some(to) => drop(say(&format!(
                "HTTP/1.1 302 Found\r\nLocation: http://{to}/led\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n"
            ))),
            None => drop(say(&ok("REACHED"))),
        },
    }
}

/// Longer than anything takes that goes well.
const LONG: Duration = Duration::from_secs(20);

impl Shared {
    fn has_gone(&self) {
        *self.gone.lock().unwrap() = true;
        self.changed.notify_all();
    }
}

/// Answers every datagram with `REACHED`; its port.
pub(super) fn datagrams() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut bytes = [0; 64];
        while let Ok((_, from)) = socket.recv_from(&mut bytes) {
            let _ = socket.send_to(b"REACHED", from);
        }
    });
    port
}

/// Answers on a local socket without a file, of this name.
pub(super) fn abstract_socket(name: &str) {
    let address = SocketAddr::from_abstract_name(name).unwrap();
    let listener = UnixListener::bind_addr(&address).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"REACHED");
        }
    });
}
