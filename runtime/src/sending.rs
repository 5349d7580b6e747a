//! Whether a value is encoded for a request. A read-only property is encoded anywhere else, such as in an answer of a
//! mock, and left out of a request.

use std::cell::Cell;

thread_local! {
    static IS_SENDING: Cell<bool> = const { Cell::new(false) };
}

/// Ends the encoding for a request, also when it panics.
struct Sending {
    before: bool,
}

impl Drop for Sending {
    fn drop(&mut self) {
        IS_SENDING.set(self.before);
    }
}

/// Encodes a value for a request. `encode` waits for nothing, so it ends on the thread on which it begins.
pub(crate) fn sending<T>(encode: impl FnOnce() -> T) -> T {
    let _sending = Sending { before: IS_SENDING.replace(true) };
    encode()
}

/// Reports whether the value of a read-only field is left out: in a request.
#[doc(hidden)]
#[must_use]
pub fn is_sending<T>(_: &T) -> bool {
    IS_SENDING.get()
}

/// Reports whether the value of a read-only field is left out: in a request, or because there is none.
#[doc(hidden)]
#[must_use]
pub fn is_none_or_sending<T>(value: &Option<T>) -> bool {
    value.is_none() || IS_SENDING.get()
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[derive(Serialize)]
    struct User {
        #[serde(skip_serializing_if = "is_none_or_sending")]
        id: Option<i64>,
        #[serde(skip_serializing_if = "is_sending")]
        note: Option<i64>,
        name: &'static str,
    }

    #[test]
    fn a_read_only_field_is_left_out_of_a_request_only() {
        let encode = |user: &User| serde_json::to_string(user).unwrap();
        let user = User { id: Some(1), note: None, name: "a" };
        assert_eq!(encode(&user), r#"{"id":1,"note":null,"name":"a"}"#);
        assert_eq!(sending(|| encode(&user)), r#"{"name":"a"}"#);
        assert_eq!(encode(&User { id: None, ..user }), r#"{"note":null,"name":"a"}"#);
    }

    #[test]
    fn a_panic_ends_the_encoding_for_a_request() {
        let panicked = std::panic::catch_unwind(|| sending(|| panic!("an encoder fails")));
        assert!(panicked.is_err() && !is_sending(&()));
    }
}
