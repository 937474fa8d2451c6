//! Why a text is not YAML, in words for someone who does not know the scanner's.

use granit_parser::{ErrorKind, ScanError};

/// One clause that follows "this YAML cannot be a mission: ".
pub(super) fn why(error: &ScanError) -> String {
    let known = match error.kind() {
        ErrorKind::DirectiveDisallowed => "a `%` directive has no meaning here; remove the line",
        ErrorKind::UnexpectedEofFlowSequence => "a `[` is never closed",
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            "a `{` is never closed"
        }
        ErrorKind::ExpectedFlowSequenceSeparator => "a `,` or `]` is missing here",
        ErrorKind::ExpectedFlowMappingSeparator => "a `,` or `}` is missing here",
        ErrorKind::ExpectedBlockMappingKey => {
            "a `key: value` is expected here; is the line indented like those above it?"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "a `- ` is expected here; is the line indented like those above it?"
        }
        ErrorKind::InvalidIndentation => "the line is not indented like those above it",
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation => "a tab stands where only spaces may",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a `:` may not stand here; is something above not closed, or is a text with `: ` in it not quoted?"
        }
        ErrorKind::SimpleKeyExpected => "a `:` is missing behind this key",
        ErrorKind::RecursionLimitExceeded => "it is nested too deeply; 64 levels are enough",
        ErrorKind::UnclosedQuotedScalar => "this quote is never closed",
        _ => return error.info(),
    };
    known.to_owned()
}
