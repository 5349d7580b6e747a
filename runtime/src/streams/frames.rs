//! Splits the bytes of a body into frames, however they are divided into chunks: the lines of JSON, or the events of a
//! stream of server-sent events.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};

use super::event::Event;
use crate::text::BYTE_ORDER_MARK;

/// How the items of a body follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each line is an item. It may begin with a record separator, as in `application/json-seq` (RFC 7464).
    Lines,
    /// Server-sent events.
    Events,
}

/// The bytes of an item. Lines are events without other fields than their data.
pub(crate) type Frame = Event<Bytes>;

/// A frame is longer than the limit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong {
    pub(crate) limit: usize,
}

/// The bytes that are not part of a frame yet.
#[derive(Debug)]
pub(crate) struct Frames {
    framing: Framing,
    /// The largest size of a line, and of the data of an event.
    limit: usize,
    buffer: BytesMut,
    /// The number of bytes of the buffer that have no end of a line.
    searched: usize,
    /// Whether nothing was read yet, so that a byte order mark may come.
    is_start: bool,
    /// Whether the last line ended with a carriage return: a line feed after it belongs to that end.
    is_after_return: bool,
    /// The event whose fields are being read.
    event: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: Option<BytesMut>,
}

impl Frames {
    pub(crate) fn new(framing: Framing, limit: usize) -> Self {
        Self {
            framing,
            limit,
            buffer: BytesMut::new(),
            searched: 0,
            is_start: true,
            is_after_return: false,
            event: None,
            id: None,
            retry: None,
            data: None,
        }
    }

    /// Adds the next bytes of the body.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.buffer.extend_from_slice(chunk);
    }

    /// Returns the bytes that are not part of a frame.
    pub(crate) fn take_rest(&mut self) -> Bytes {
        self.searched = 0;
        let mut rest = self.data.take().unwrap_or_default();
        rest.unsplit(self.buffer.split());
        rest.freeze()
    }

    /// Returns the next frame, if it is complete.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, TooLong> {
        loop {
            let line = self.next_line();
            let pending = line.as_ref().map_or(self.buffer.len(), BytesMut::len);
            if pending > self.limit.saturating_sub(self.data.as_ref().map_or(0, BytesMut::len)) {
                if let Some(mut line) = line {
                    // The error holds what was not read.
                    line.unsplit(self.buffer.split());
                    self.buffer = line;
                }
                return Err(TooLong { limit: self.limit });
            }
            let Some(line) = line else { return Ok(None) };
            if let Some(frame) = self.frame_of(line) {
                return Ok(Some(frame));
            }
        }
    }

    /// Returns the frame at the end of the body: a line without an end, or an event without an empty line after it.
    pub(crate) fn last(&mut self) -> Option<Frame> {
        if self.is_start {
            self.skip_byte_order_mark();
        }
        let line = self.buffer.split();
        self.searched = 0;
        let frame = if line.is_empty() { None } else { self.frame_of(line) };
        frame.or_else(|| self.dispatch())
    }

    /// Returns the next line without its end.
    fn next_line(&mut self) -> Option<BytesMut> {
        if self.is_start && self.buffer.len() < BYTE_ORDER_MARK.len() && BYTE_ORDER_MARK.starts_with(&self.buffer) {
            return None;
        }
        if self.is_start {
            self.skip_byte_order_mark();
        }
        if self.is_after_return && !self.buffer.is_empty() {
            self.is_after_return = false;
            if self.buffer.starts_with(b"\n") {
                self.buffer.advance(1);
            }
        }
        let unread = self.buffer.get(self.searched..).unwrap_or_default();
        let end = match self.framing {
            Framing::Lines => memchr::memchr(b'\n', unread),
            Framing::Events => memchr::memchr2(b'\n', b'\r', unread),
        };
        let Some(end) = end.map(|end| self.searched + end) else {
            self.searched = self.buffer.len();
            return None;
        };
        let line = self.buffer.split_to(end);
        self.is_after_return = self.framing == Framing::Events && self.buffer.starts_with(b"\r");
        self.buffer.advance(1);
        self.searched = 0;
        Some(line)
    }

    fn skip_byte_order_mark(&mut self) {
        self.is_start = false;
        if self.buffer.starts_with(BYTE_ORDER_MARK) {
            self.buffer.advance(BYTE_ORDER_MARK.len());
        }
    }

    /// Returns the frame that a line completes.
    fn frame_of(&mut self, line: BytesMut) -> Option<Frame> {
        match self.framing {
            Framing::Lines => {
                let line = line.freeze();
                let text = line.trim_ascii();
                let text = text.strip_prefix(b"\x1e").unwrap_or(text);
                (!text.is_empty()).then(|| Event::new(line.slice_ref(text)))
            }
            Framing::Events if line.is_empty() => self.dispatch(),
            Framing::Events => {
                self.read_field(&line);
                None
            }
        }
    }

    /// Reads a field of an event. A line that begins with a colon is a comment.
    fn read_field(&mut self, line: &[u8]) {
        let (name, value) = match memchr::memchr(b':', line).and_then(|end| line.split_at_checked(end)) {
            Some((name, value)) => (name, value.get(1..).unwrap_or_default()),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            b"data" => self.add_data(value),
            b"event" => self.event = Some(text()).filter(|name| !name.is_empty()),
            b"id" if !value.contains(&0) => self.id = Some(text()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry = text().parse().ok().map(Duration::from_millis);
            }
            _ => {}
        }
    }

    fn add_data(&mut self, value: &[u8]) {
        match &mut self.data {
            Some(data) => {
                data.extend_from_slice(b"\n");
                data.extend_from_slice(value);
            }
            None => self.data = Some(value.into()),
        }
    }

    /// Returns the event that was read, unless it has no data. Its id stays that of the events after it.
    fn dispatch(&mut self) -> Option<Frame> {
        let (event, retry, data) = (self.event.take(), self.retry.take(), self.data.take());
        Some(Event { event, id: self.id.clone(), retry, data: data?.freeze() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the frames of a body that arrives in chunks of this size, each as its fields.
    fn frames(framing: Framing, body: &[u8], size: usize) -> Vec<(String, String, String)> {
        let mut frames = Frames::new(framing, 100);
        let mut found = Vec::new();
        for chunk in body.chunks(size) {
            frames.push(chunk);
            while let Some(frame) = frames.next().unwrap() {
                found.push(frame);
            }
        }
        found.extend(frames.last());
        let text = |text: Option<String>| text.unwrap_or_default();
        let shown = |frame: Frame| (text(frame.event), text(frame.id), String::from_utf8(frame.data.into()).unwrap());
        found.into_iter().map(shown).collect()
    }

    fn lines(body: &str, size: usize) -> Vec<String> {
        frames(Framing::Lines, body.as_bytes(), size).into_iter().map(|(_, _, data)| data).collect()
    }

    #[test]
    fn lines_are_the_same_however_the_body_is_divided() {
        for (body, expected) in [
            ("1\n2\n", &["1", "2"][..]),
            ("1\r\n2", &["1", "2"]),
            ("\u{feff}{\"a\":\r1}\n\n \r\n\"شكرا\"", &["{\"a\":\r1}", "\"شكرا\""]),
            ("\u{1e}1\n\u{1e}2\n", &["1", "2"]),
            ("\u{feff}", &[]),
            ("\n\n", &[]),
            ("", &[]),
        ] {
            for size in 1..=body.len().max(1) {
                assert_eq!(lines(body, size), expected, "{body:?} in chunks of {size}");
            }
        }
    }

    #[test]
    fn events_are_the_same_however_the_body_is_divided() {
        let body = "\u{feff}: a comment\nid: 1\nevent: tick\ndata: {\ndata:  \"a\"\n\n\
                    data\r\n\r\nevent: lost\n\nunknown: x\rdata:é\rid\r\rretry: 5\nid: \u{0}\ndata: x:y\ndata";
        let expected = [("tick", "1", "{\n \"a\""), ("", "1", ""), ("", "", "é"), ("", "", "x:y\n")];
        for size in 1..=body.len() {
            let found = frames(Framing::Events, body.as_bytes(), size);
            let found: Vec<_> = found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
            assert_eq!(found, expected, "chunks of {size}");
        }
    }

    #[test]
    fn an_event_has_the_time_to_wait_before_a_new_connection() {
        let mut frames = Frames::new(Framing::Events, 100);
        frames.push(b"retry: 1500\ndata: a\n\nretry: x\ndata: b\n\nretry: +5\ndata: c\n\n");
        assert_eq!(frames.next().unwrap().unwrap().retry, Some(Duration::from_millis(1500)));
        assert_eq!(frames.next().unwrap().unwrap().retry, None);
        assert_eq!(frames.next().unwrap().unwrap().retry, None);
    }

    #[test]
    fn a_carriage_return_and_a_newline_end_one_line() {
        let body = b"data: a\r\ndata: b\r\n\r\n";
        for size in 1..=body.len() {
            let found = frames(Framing::Events, body, size);
            assert_eq!(found, [(String::new(), String::new(), "a\nb".to_owned())], "chunks of {size}");
        }
    }

    #[test]
    fn a_first_line_that_is_shorter_than_a_byte_order_mark_is_complete_at_its_end() {
        let mut frames = Frames::new(Framing::Lines, 100);
        frames.push(b"1\n");
        assert_eq!(frames.next().unwrap().unwrap().data, "1");
    }

    #[test]
    fn an_event_is_complete_at_its_last_carriage_return() {
        let mut frames = Frames::new(Framing::Events, 100);
        frames.push(b"data: a\r\n\r");
        assert_eq!(frames.next().unwrap().unwrap().data, "a");
        frames.push(b"\ndata: b\r\r");
        assert_eq!(frames.next().unwrap().unwrap().data, "b");
    }

    #[test]
    fn a_frame_longer_than_the_limit_is_an_error_before_its_end() {
        for (framing, body) in [
            (Framing::Lines, "12345"),
            (Framing::Lines, "12345\n"),
            (Framing::Events, "data: 12"),
            (Framing::Events, ":1234\n"),
            (Framing::Events, "data\ndata\ndata\ndata\ndata\ndata\n"),
        ] {
            let mut frames = Frames::new(framing, 4);
            frames.push(body.as_bytes());
            assert_eq!(frames.next(), Err(TooLong { limit: 4 }), "{body:?}");
        }
        let mut frames = Frames::new(Framing::Lines, 4);
        frames.push(b"12345\n");
        assert!(frames.next().is_err());
        assert_eq!(frames.take_rest(), "12345");
        let mut frames = Frames::new(Framing::Lines, 4);
        frames.push(b"1234\n1234\n1234");
        let all = [frames.next(), frames.next()].map(|frame| frame.unwrap().unwrap().data);
        assert_eq!((all, frames.next()), (["1234", "1234"].map(Bytes::from), Ok(None)));
        assert_eq!(frames.take_rest(), "1234");
    }
}
