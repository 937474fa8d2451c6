//! Telling others how a run goes on: OpenTelemetry, when the usual variables ask for it.
//!
//! Nothing of it can hold up a run or change it: a span that has ended goes into a queue of bounded
//! length, or is dropped, and one thread sends what is there. At the end of the program it is given
//! a moment to send the rest.

mod export;
mod http;
mod otlp;
mod settings;
mod spans;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::Registry;

use self::export::Export;
use self::settings::Settings;

/// An observer of this program.
pub(crate) struct Observer(Option<Export>);

/// Begins to observe, if the environment asks for it. What is wrong with that is a sentence, and
/// the program goes on without.
pub(crate) fn start() -> (Observer, Option<String>) {
    let settings = match Settings::from_environment(|name| std::env::var(name).ok()) {
        Ok(Some(settings)) => settings,
        Ok(None) => return (Observer(None), None),
        Err(why) => return (Observer(None), Some(why)),
    };
    let (export, queue) = Export::start(settings);
    let registry = Registry::default().with(spans::Spans::new(queue));
    match tracing::subscriber::set_global_default(registry) {
        Ok(()) => (Observer(Some(export)), None),
        Err(error) => (
            Observer(None),
            Some(format!("nothing can be observed: {error}")),
        ),
    }
}

impl Observer {
    /// Gives what is still to be sent a moment. Why some of it was not sent, as a sentence.
    pub(crate) fn finish(self) -> Option<String> {
        self.0.and_then(Export::finish)
    }
}
