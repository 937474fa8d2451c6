//! The hands of the tests, each as small as a test can tell apart.

use std::future::ready;

use super::*;

impl Look for Fake {
    fn list(&self, glob: &str) -> Result<Vec<String>, Failure> {
        let mut paths: Vec<String> = self.files().into_keys().collect();
        paths.retain(|path| matches(glob, path));
        Ok(paths)
    }

    fn read(&self, path: &str) -> Result<Option<File>, Failure> {
        Ok(self.files().remove(path))
    }

    /// Only the heads of a diff.
    fn diff(&self) -> Result<String, Failure> {
        let world = self.world();
        let changed = world
            .files
            .iter()
            .filter(|(path, file)| world.base.get(*path) != Some(file));
        Ok(changed
            .map(|(path, _)| format!("diff --git a/{path} b/{path}\n"))
            .collect())
    }

    fn log(&self, limit: usize) -> Result<Vec<Value>, Failure> {
        let commits = (0..3).map(|at| {
            json!({
                "sha": format!("{at}"),
                "date": "2024-01-01T00:00:00Z",
                "author": "A",
                "subject": format!("commit {at}"),
            })
        });
        Ok(commits.take(limit).collect())
    }

    fn candidate(&self, ground: &Ground) -> Result<String, Failure> {
        Ok(id(&self.candidate_files(&ground.protected)))
    }

    fn changed(&self, ground: &Ground) -> Result<Vec<Changed>, Failure> {
        let now = self.candidate_files(&ground.protected);
        let base = self.world().base.clone();
        let all: BTreeSet<&String> = now.keys().chain(base.keys()).collect();
        let differ = all.into_iter().filter(|it| now.get(*it) != base.get(*it));
        let bytes = |files: &Files, path: &str| files.get(path).map(|file| file.bytes.clone());
        Ok(differ
            .map(|path| Changed {
                path: path.clone(),
                before: bytes(&base, path),
                after: bytes(&now, path),
            })
            .collect())
    }

    fn wait_until<'a>(&'a self, date: Timestamp) -> Later<'a, ()> {
        Box::pin(ready(match date <= Timestamp::UNIX_EPOCH {
            true => Ok(()),
            false => Err(Failure::until(Wait::until(date))),
        }))
    }

    fn fetch<'a>(&'a self, fetch: &'a Fetch) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(Sending {
            method: "GET".to_owned(),
            body: String::new(),
            to: fetch.clone(),
        });
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn models(&self) -> Result<Vec<String>, Failure> {
        Ok(vec!["ollama/m".to_owned()])
    }

    fn models_else(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn provider(&self, model: &str) -> Result<(Provider, String), Failure> {
        models::provider(model)
    }

    fn counts_money(&self, _: &str) -> bool {
        self.world().models.counts_money
    }

    fn call_model<'a>(&'a self, asking: Asking<'a>) -> Later<'a, Reply> {
        Box::pin(ready(self.world().models.call(asking)))
    }

    fn earlier(&self) -> Vec<Value> {
        self.world().models.earlier.clone()
    }

    /// There is always enough.
    fn reserve<'a>(&'a self, _: &'a str, _: Amount) -> Later<'a, Reservation> {
        Box::pin(ready(Ok(Reservation::new(drop))))
    }

    fn note_spending(&self, _: SpendingSaid) -> Later<'_, ()> {
        Box::pin(ready(Ok(())))
    }

    fn event(&self, name: &str, within: Option<Duration>) -> Result<Sent, Failure> {
        let mut world = self.world();
        if let Some(at) = world.sent.iter().position(|sent| sent.name == name) {
            return Ok(world.sent.remove(at));
        }
        let within = within.map(|within| SignedDuration::try_from(within).unwrap());
        Err(Failure::until(Wait {
            event: Some(name.to_owned()),
            until: within.map(|within| Timestamp::UNIX_EPOCH + within),
            lasts_ms: None,
        }))
    }

    fn holds(&self, effect: Effect) -> bool {
        self.world().holds.contains(&effect)
    }

    fn finds(&self, program: &str) -> bool {
        self.world().programs.iter().any(|it| it == program)
    }

    fn is_installed(&self, path: &str) -> bool {
        self.world().installed.iter().any(|it| it == path)
    }

    fn answer(&self) -> Option<person::Answer> {
        self.world().answer.clone()
    }

    fn sleep<'a>(&'a self, time: Duration) -> Later<'a, ()> {
        self.world().slept.push(time);
        Box::pin(ready(Ok(())))
    }
}

impl Work for Fake {
    fn may_write(&self, path: &str) -> Result<(), String> {
        self.world().models.may_write(path)
    }

    fn change(&self, changes: Vec<Change>) -> Result<(), Failure> {
        let mut files = self.files();
        for Change { path, file } in changes {
            match file {
                Some(file) => files.insert(path, file),
                None => files.remove(&path),
            };
        }
        for path in files.keys() {
            for (at, _) in path.match_indices('/') {
                if files.contains_key(&path[..at]) {
                    return Err(Failure::new(
                        "path-folder",
                        format!("`{}` is a folder.", &path[..at]),
                    ));
                }
            }
        }
        self.world().files = files;
        Ok(())
    }

    fn checkout(
        &self,
        subject: Subject,
        _: &[String],
        _: &[String],
    ) -> Result<Box<dyn Checkout>, Failure> {
        let (tree, of_base) = match subject {
            Subject::Base(_) => (self.base(), true),
            Subject::Candidate(ground) | Subject::Without { ground, .. } => {
                (id(&self.candidate_files(&ground.protected)), false)
            }
        };
        let mut world = self.world();
        world.checkouts += 1;
        Ok(Box::new(FakeCheckout {
            fake: self.clone(),
            number: world.checkouts,
            tree,
            of_base,
            shelves: Mutex::default(),
        }))
    }

    fn run<'a>(&'a self, command: Command, writes: &'a [String]) -> Later<'a, Finished> {
        let mut world = self.world();
        world.started.push(Started {
            command,
            checkout: 0,
            writes: writes.to_vec(),
        });
        Box::pin(ready(world.in_worktree.pop_front().unwrap().map(finished)))
    }

    fn converse<'a>(
        &'a self,
        command: Command,
        writes: &'a [String],
        _: &'a mut dyn Talk,
    ) -> Later<'a, Finished> {
        Work::run(self, command, writes)
    }

    fn send<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn part<'a>(&'a self, part: Part<'a>) -> Later<'a, Value> {
        Box::pin(async move {
            let args = Value::Object(part.args.clone());
            let gave = self.call(part.action.name, args);
            Ok((part.tell)(&gave))
        })
    }

    fn commit(&self, tree: &str, message: &str, _: bool) -> Result<(String, String), Failure> {
        let commit = (tree.to_owned(), message.to_owned());
        self.world().committed.push(commit);
        Ok(("c0ffee".to_owned(), "tau/m-1".to_owned()))
    }
}

impl Survey for Fake {
    fn remote_branch<'a>(&'a self, _: &'a Remote, branch: &'a str) -> Later<'a, Option<String>> {
        Box::pin(ready(Ok(self.world().remote.get(branch).cloned())))
    }

    fn query<'a>(&'a self, sending: &'a Sending) -> Later<'a, Fetched> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        Box::pin(ready(web::next_page(&mut world)))
    }

    fn spent(&self) -> Amount {
        self.world().spent
    }
}

impl Act for Fake {
    fn request<'a>(&'a self, sending: &'a Sending) -> Requesting<'a> {
        let mut world = self.world();
        world.asked_web.push(sending.clone());
        let answer = web::next_page(&mut world);
        Box::pin(ready(answer.map_err(|failure| match failure.kind {
            FailureKind::Uncertain => NotDone::Unclear(failure),
            _ => NotDone::Refused(failure),
        })))
    }

    fn push<'a>(&'a self, push: &'a Push) -> Pushing<'a> {
        let mut world = self.world();
        let told = world.pushes.pop_front().unwrap_or(Ok(()));
        if told.is_ok() && world.remote.get(&push.branch) == push.expected.as_ref() {
            let moved = (push.branch.clone(), push.commit.clone());
            world.remote.extend([moved]);
        }
        Box::pin(ready(told))
    }
}
