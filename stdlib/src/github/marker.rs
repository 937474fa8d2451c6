//! The mark by which a run finds what it has written.

/// A mark: of the run, its step, and what that rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    whole: String,
    own: String,
}

impl Marker {
    /// From what the run calls it: `RUN/STEP/KEY`.
    pub(super) fn new(marker: &str) -> Marker {
        let step = marker.rsplit_once('/').map_or(marker, |(step, _)| step);
        // A later round of a step is about the same: `report#2`.
        let parts = step.split('/');
        let own: Vec<&str> = parts
            .map(|part| part.split('#').next().unwrap_or(part))
            .collect();
        let own = format!("{}/", own.join("/"));
        let key = marker.rsplit('/').next().unwrap_or_default();
        Marker {
            whole: format!("{own}{key}"),
            own,
        }
    }

    /// The run.
    pub(super) fn run(&self) -> &str {
        self.own.split('/').next().unwrap_or_default()
    }

    /// A text with the mark below it.
    pub(super) fn below(&self, text: &str) -> String {
        format!("{}\n\n<!-- tau: {} -->\n", text.trim_end(), self.whole)
    }

    /// Whether a text was written by this step, in whichever round.
    pub(super) fn is_own(&self, text: &str) -> bool {
        text.contains(&format!("<!-- tau: {}", self.own))
    }

    /// Whether a text was written by this run, whichever of its steps.
    pub(super) fn is_of_run(&self, text: &str) -> bool {
        let run = self.run();
        !run.is_empty() && text.contains(&format!("<!-- tau: {run}/"))
    }

    /// Whether it is exactly what this attempt wants to have written.
    pub(super) fn is_in(&self, text: &str) -> bool {
        text.contains(&format!("<!-- tau: {} -->", self.whole))
    }
}

#[cfg(test)]
mod tests {
    use super::Marker;

    #[test]
    fn a_step_knows_what_it_wrote_in_an_earlier_round() {
        let first = Marker::new("01k/say#1/abc");
        let second = Marker::new("01k/say#2/def");
        let text = first.below("Hi\n");
        assert_eq!(text, "Hi\n\n<!-- tau: 01k/say/abc -->\n");
        assert!(first.is_in(&text) && first.is_own(&text));
        assert!(!second.is_in(&text) && second.is_own(&text));
        for other in ["01l/say/abc", "01k/says/abc", "01k/a/say/abc"] {
            assert!(!Marker::new(other).is_own(&text), "{other}");
        }
        assert!(Marker::new("01k/a/merge/x").is_of_run(&text));
        for other in ["01l/say/abc", "01/say/abc"] {
            assert!(!Marker::new(other).is_of_run(&text), "{other}");
        }
    }
}
