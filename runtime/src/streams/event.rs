//! The events of a stream of server-sent events.

use std::time::Duration;

use serde::Serialize;

/// An event that a server sent, with its data decoded. A stream of events is an [`ItemStream`](crate::ItemStream) of them.
///
/// ```
/// use salla_runtime::Event;
///
/// fn show(event: &Event<String>) -> String {
///     match event.event.as_deref() {
///         Some("warning") => format!("! {}", event.data),
///         _ => event.data.clone(),
///     }
/// }
/// # assert_eq!(show(&Event::new("a".to_owned())), "a");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Event<T> {
    /// The type, if the server sent one. An event without a type is a `message`.
    pub event: Option<String>,
    /// The last id that the server sent: with this event, or with one before it.
    pub id: Option<String>,
    /// The time that the server asks a client to wait before it connects again. The stream itself does not connect again.
    pub retry: Option<Duration>,
    /// The data.
    pub data: T,
}

impl<T> Event<T> {
    /// Creates an event without a type and an id, for tests of code that processes events.
    pub fn new(data: T) -> Self {
        Self { event: None, id: None, retry: None, data }
    }

    /// Converts the data with `f`. The other fields stay the same.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Event<U> {
        Event { event: self.event, id: self.id, retry: self.retry, data: f(self.data) }
    }

    /// Returns the event as a server sends it, with this text as its data.
    #[cfg(feature = "mock")]
    pub(crate) fn written(&self, data: &str) -> String {
        let one_line = |text: &str| text.replace(['\r', '\n'], " ");
        let retry = self.retry.map(|retry| retry.as_millis().to_string());
        let fields = [("event", &self.event), ("id", &self.id), ("retry", &retry)];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name, one_line(value.as_ref()?))));
        let data = data.replace("\r\n", "\n").replace('\r', "\n");
        let lines = data.split('\n').map(|line| ("data", line.to_owned()));
        let lines: Vec<String> = fields.chain(lines).map(|(name, value)| format!("{name}: {value}\n")).collect();
        lines.concat() + "\n"
    }
}

#[cfg(all(test, feature = "mock"))]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_the_data_is_a_field() {
        let mut event = Event::new(());
        event.event = Some("a\nb".to_owned());
        assert_eq!(event.written("1\r2\r\n3\n4"), "event: a b\ndata: 1\ndata: 2\ndata: 3\ndata: 4\n\n");
    }
}
