//! How much of a conversation a prompt holds.

use crate::model::calls::BYTES_A_TOKEN;
use crate::model::wire::Turn;

/// The most bytes of one result.
const RESULT: usize = 32 << 10;

/// The fewest bytes of one result.
const LEAST: usize = 1 << 10;

/// What stands for a result that is left out.
const GONE: &str = "(left out for want of room; call the tool again if it matters)";

/// The bytes of so many tokens.
pub(super) fn bytes(tokens: u64) -> usize {
    usize::try_from(tokens.saturating_mul(BYTES_A_TOKEN)).unwrap_or(usize::MAX)
}

/// The most bytes of each result of an answer with so many calls, so that all of them have room.
pub(super) fn of_one(room: usize, calls: usize) -> usize {
    (room / 2 / calls.max(1)).clamp(LEAST, RESULT)
}

/// Makes room: leaves out results of tools, the oldest first and never those of the last turn, and then
/// the oldest questions with what was said to them. Says what it left out, each kind once.
///
/// When there is no room, half of it is made: what stays the same at the beginning of a prompt is what a
/// provider has kept.
pub(super) fn make(turns: &mut Vec<Turn>, room: usize) -> Vec<String> {
    if size(turns) <= room {
        return Vec::new();
    }
    let mut left_out = Vec::new();
    let wanted = room / 2;
    let last = turns
        .iter()
        .rposition(|turn| matches!(turn, Turn::Results(_)));
    for at in 0..last.unwrap_or(0) {
        if size(turns) <= wanted {
            break;
        }
        if let Turn::Results(results) = &mut turns[at] {
            for result in results.iter_mut().filter(|it| it.text.len() > GONE.len()) {
                GONE.clone_into(&mut result.text);
                left_out.push("what older calls of tools gave".to_owned());
            }
        }
    }
    while size(turns) > room {
        // A question begins what can go as a whole; the last one stays.
        let mut begins = turns.iter().enumerate().skip(1);
        let next = begins.find(|(at, turn)| is_question(turn) && *at > 0);
        let Some((next, _)) = next else {
            break;
        };
        turns.drain(..next);
        left_out.push("the beginning of the conversation".to_owned());
    }
    left_out.dedup();
    left_out
}

/// Whether it is a question, and no word of tau's behind what tools gave.
fn is_question(turn: &Turn) -> bool {
    matches!(turn, Turn::User(text) if text.starts_with("<data "))
}

fn size(turns: &[Turn]) -> usize {
    turns.iter().map(Turn::size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::agent::words;
    use crate::model::wire::{Spoken, ToolCall, ToolResult};

    fn asked(text: &str) -> Turn {
        Turn::User(words::goal(text))
    }

    fn called(length: usize) -> [Turn; 2] {
        let call = ToolCall {
            id: "1".to_owned(),
            name: "fs_read".to_owned(),
            arguments: "{}".to_owned(),
        };
        let result = ToolResult {
            id: "1".to_owned(),
            text: "x".repeat(length),
            is_error: false,
        };
        let spoken = Spoken {
            calls: vec![call],
            ..Spoken::default()
        };
        [Turn::Model(spoken), Turn::Results(vec![result])]
    }

    fn lengths(turns: &[Turn]) -> Vec<usize> {
        let all = turns.iter().filter_map(|turn| match turn {
            Turn::Results(results) => Some(results[0].text.len()),
            _ => None,
        });
        all.collect()
    }

    #[test]
    fn old_results_go_first_and_the_last_one_stays() {
        let mut turns = vec![asked("a")];
        turns.extend(called(3000));
        turns.extend(called(3000));
        turns.extend(called(3000));
        assert_eq!(make(&mut turns, 20_000), [""; 0]);
        assert_eq!(make(&mut turns, 9_500), ["what older calls of tools gave"]);
        assert_eq!(lengths(&turns), [GONE.len(), GONE.len(), 3000]);
    }

    #[test]
    fn old_questions_go_as_a_whole() {
        let mut turns = vec![asked(&"a".repeat(3000))];
        turns.extend(called(100));
        turns.push(Turn::User(words::LAST.to_owned()));
        turns.push(Turn::Model(Spoken::text("b".to_owned())));
        turns.push(asked("c"));
        turns.extend(called(2000));
        let left_out = make(&mut turns, 3_000);
        assert_eq!(
            left_out.last().unwrap(),
            "the beginning of the conversation"
        );
        assert_eq!(turns[0], asked("c"));
        assert_eq!(lengths(&turns), [2000]);
        // What is left is the question itself.
        assert_eq!(make(&mut turns, 10).len(), 0);
        assert_eq!(turns.len(), 3);
    }
}
