//! `console` blocks: commands behind `$ `, each followed by what it writes.

/// A command and what the page says it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// One command of a shell; further lines of it begin with `> `.
    pub(crate) command: String,
    pub(crate) output: String,
}

/// The entries of a block, or its only one: what a command writes may look like another command.
pub(crate) fn entries(block: &str, only_one: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_command = false;
    for line in block.lines() {
        let may_begin = entries.is_empty() || !only_one;
        if let Some(command) = line.strip_prefix("$ ").filter(|_| may_begin) {
            entries.push(Entry {
                command: command.to_owned(),
                output: String::new(),
            });
            in_command = true;
            continue;
        }
        let Some(entry) = entries.last_mut() else {
            panic!("a console block begins with `$ `, not with `{line}`");
        };
        match line.strip_prefix("> ").filter(|_| in_command) {
            Some(more) => {
                entry.command.push('\n');
                entry.command.push_str(more);
            }
            None => {
                in_command = false;
                entry.output.push_str(line);
                entry.output.push('\n');
            }
        }
    }
    entries
}

/// The block that shows these entries.
pub(crate) fn block(entries: &[Entry]) -> String {
    let one = |entry: &Entry| {
        let command = entry.command.replace('\n', "\n> ");
        format!("$ {command}\n{}", entry.output)
    };
    entries.iter().map(one).collect()
}

#[test]
fn a_block_is_read_and_written() {
    let text = "$ a b\nout\n> not a command\n$ cat <<E\n> x\n> E\nx\n$ true\n";
    let read = entries(text, false);
    assert_eq!(read.len(), 3);
    assert_eq!(read[1].command, "cat <<E\nx\nE");
    assert_eq!(read[0].output, "out\n> not a command\n");
    assert_eq!(block(&read), text);
    assert_eq!(entries(text, true).len(), 1);
}
