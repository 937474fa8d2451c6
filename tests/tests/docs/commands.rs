//! Every `console` block of the README and the book is run, and writes what the page shows.
//!
//! The blocks of a page run one after the other in one place, which a note chooses:
//!
//! - `<!-- test: in a small repository -->` prepares a place; see `pages::place`
//! - `<!-- test: file fix.tau -->` writes the next block to that file of the place
//! - `<!-- test: skip because … -->` leaves the next block out
//!
//! A block marked `one` has only one command. A command that does not end with 0 must be followed
//! by `$ echo $?`. With `UPDATE=1` in the
//! environment, blocks that differ are written anew.

use crate::markdown::{Block, Part, parts};
use crate::pages::{Page, pages, place};
use crate::same;
use crate::session::Session;
use crate::transcript::{self, Entry};

/// What the next block is for.
#[derive(Default)]
enum Next {
    #[default]
    Run,
    Skip,
    Write(String),
}

#[test]
fn every_command_writes_what_the_page_shows() {
    let mut wrong = String::new();
    let workers: Vec<_> = pages()
        .into_iter()
        .map(|page| std::thread::spawn(move || check(&page)))
        .collect();
    for worker in workers {
        wrong.push_str(&worker.join().unwrap());
    }
    assert!(wrong.is_empty(), "{wrong}\nUPDATE=1 writes the pages anew");
}

/// What is wrong with a page.
fn check(page: &Page) -> String {
    let mut session = None;
    let mut next = Next::default();
    let mut wrong = String::new();
    let mut text = page.text.clone();
    for part in parts(&page.text) {
        let block = match part {
            Part::Block(block) => block,
            Part::Note { text, line } => {
                match text.split_once(' ') {
                    Some(("in", name)) => session = Some(Session::new(place(name))),
                    Some(("file", name)) => next = Next::Write(name.to_owned()),
                    Some(("skip", _)) => next = Next::Skip,
                    _ => panic!("{}:{line}: what does `{text}` mean?", page.name),
                }
                continue;
            }
        };
        match std::mem::take(&mut next) {
            Next::Skip => {}
            Next::Write(name) => {
                let session = session.as_ref().expect("a file needs a place");
                session.sandbox.write(&name, &block.text);
            }
            Next::Run if block.language() == "console" && !block.is_part() => {
                let session = session.get_or_insert_with(|| Session::new(place("an empty folder")));
                if let Some(actual) = run(session, page, &block, &mut wrong) {
                    let (old, new) = (fenced(&block, &block.text), fenced(&block, &actual));
                    text = text.replacen(&old, &new, 1);
                }
            }
            Next::Run => {}
        }
    }
    if std::env::var_os("UPDATE").is_some() && text != page.text {
        std::fs::write(&page.path, text).unwrap();
    }
    wrong
}

fn fenced(block: &Block, text: &str) -> String {
    format!("```{}\n{text}```\n", block.info)
}

/// Runs a block; what it should have been, if it is something else.
fn run(session: &mut Session, page: &Page, block: &Block, wrong: &mut String) -> Option<String> {
    let only_one = block.marks().any(|mark| mark == "one");
    let mut entries = transcript::entries(&block.text, only_one);
    let codes = entries
        .iter()
        .skip(1)
        .map(|entry| entry.command == "echo $?");
    let followed: Vec<bool> = codes.chain([false]).collect();
    let mut differs = false;
    for (entry, followed) in entries.iter_mut().zip(followed) {
        let at = format!("{}:{}: `{}`", page.name, block.line, entry.command);
        let done = session.run(&entry.command);
        let actual = same::shown(&done.out, session.sandbox.outside());
        if done.code != 0 && !followed {
            wrong.push_str(&format!("{at} ended with {}\n{actual}\n", done.code));
        }
        if !same::matches(&entry.output, &actual) {
            let Entry { output, .. } = entry;
            wrong.push_str(&format!("{at}\n--- shown\n{output}--- written\n{actual}\n"));
            entry.output = actual;
            differs = true;
        }
    }
    differs.then(|| transcript::block(&entries))
}
