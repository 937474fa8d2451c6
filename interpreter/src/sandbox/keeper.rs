//! The keeper of a run's boxes, as tau sees it: a process that is asked for commands.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use rustix::fs::{MemfdFlags, memfd_create};
use rustix::net::{
    AddressFamily, RecvFlags, Shutdown, SocketFlags, SocketType, recv, shutdown, socketpair,
};
use tokio::sync::oneshot;

use super::NoBox;
use super::inside::KEEPER;
use super::spec::{Ended, Ground, Spec};
use super::streams::Streams;
use super::talk::{self, Asked, MESSAGE, Told};

/// The process that makes boxes. It ends with the last handle to it, and with this process.
#[derive(Debug)]
pub(super) struct Keeper {
    socket: Arc<OwnedFd>,
    waiting: Waiting,
    next: AtomicU64,
}

/// Who waits for which command.
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Ended>>>>;

/// A command in its box. When this is dropped, the command is killed with all it has started.
#[derive(Debug)]
pub(super) struct Running {
    id: u64,
    socket: Arc<OwnedFd>,
    ended: Option<oneshot::Receiver<Ended>>,
}

impl Keeper {
    /// Starts it, and waits until commands can be started.
    ///
    /// # Errors
    /// Why this machine makes no boxes.
    pub(super) fn start(ground: &Ground) -> Result<Keeper, NoBox> {
        let wrong =
            |error: io::Error| NoBox::Failed(format!("the keeper cannot be started: {error}"));
        let (own, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .map_err(|error| wrong(error.into()))?;
        let child = Command::new("/proc/self/exe")
            .arg(KEEPER)
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(wrong)?;
        let keeper = Keeper {
            socket: Arc::new(own),
            waiting: Arc::default(),
            next: AtomicU64::new(0),
        };
        let listening = keeper.listen(child).map_err(wrong)?;
        send(keeper.socket.as_fd(), &Asked::Begin(ground.clone()), &[]).map_err(wrong)?;
        match listening.recv() {
            Ok(Told::Ready) => Ok(keeper),
            Ok(Told::NotReady(why)) => Err(NoBox::Unknown(why)),
            _ => Err(NoBox::Failed("the keeper has ended".to_owned())),
        }
    }

    /// Starts the thread that hears what the keeper says; the first word of it comes back.
    fn listen(&self, mut child: Child) -> io::Result<mpsc::Receiver<Told>> {
        let (first, begins) = mpsc::channel();
        let (socket, waiting) = (self.socket.clone(), self.waiting.clone());
        let listen = move || {
            while let Some(told) = hear(socket.as_fd()) {
                match told {
                    Told::Ended(id, how) => {
                        if let Some(waits) = lock(&waiting).remove(&id) {
                            // Who no longer waits needs no answer.
                            let _ = waits.send(how);
                        }
                    }
                    told => drop(first.send(told)),
                }
            }
            // Whoever still waits is told that nobody answers.
            lock(&waiting).clear();
            let _ = child.wait();
        };
        let named = std::thread::Builder::new().name("boxes".to_owned());
        named.spawn(listen)?;
        Ok(begins)
    }

    /// Starts a command with these streams, and whose listener, if it is to have one, goes to `line`.
    ///
    /// # Errors
    /// The keeper is gone.
    pub(super) fn start_command(
        &self,
        spec: &Spec,
        streams: Streams<'_>,
        line: Option<BorrowedFd<'_>>,
    ) -> io::Result<Running> {
        let file = memfd_create("box", MemfdFlags::CLOEXEC)?;
        let mut file = File::from(file);
        file.write_all(&serde_json::to_vec(spec)?)?;
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (waits, ended) = oneshot::channel();
        lock(&self.waiting).insert(id, waits);
        let running = Running {
            id,
            socket: self.socket.clone(),
            ended: Some(ended),
        };
        let mut fds = vec![file.as_fd()];
        fds.extend(streams.all());
        fds.extend(line);
        send(self.socket.as_fd(), &Asked::Start(id), &fds)?;
        Ok(running)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // It reads the end of its input, and this side's thread that of its own.
        let _ = shutdown(&self.socket, Shutdown::Both);
    }
}

impl Running {
    /// Waits for its end. May be waited for again when this was cut.
    pub(super) async fn wait(&mut self) -> Ended {
        let Some(ended) = &mut self.ended else {
            return Ended::Killed;
        };
        let how = ended.await;
        self.ended = None;
        how.unwrap_or_else(|_| Ended::NoBox("the keeper has ended".to_owned()))
    }

    /// Kills it with all it has started; its end is still to be waited for.
    pub(super) fn kill(&self) {
        if self.ended.is_some() {
            // A keeper that is gone has taken all with it.
            let _ = send(self.socket.as_fd(), &Asked::Kill(self.id), &[]);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn send(socket: BorrowedFd<'_>, asked: &Asked, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    talk::send(socket, &serde_json::to_vec(asked)?, fds)
}

fn hear(socket: BorrowedFd<'_>) -> Option<Told> {
    let mut bytes = vec![0; MESSAGE];
    loop {
        match recv(socket, &mut bytes, RecvFlags::empty()) {
            Err(rustix::io::Errno::INTR) => {}
            Ok((0, _)) | Err(_) => return None,
            Ok((length, _)) => return serde_json::from_slice(&bytes[..length]).ok(),
        }
    }
}
