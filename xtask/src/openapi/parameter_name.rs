//! The names that requests can carry: of parameters, API keys and headers.

/// Returns whether a request can carry a parameter of this name in a place. The name of a cookie is a token, as that of a
/// header is (RFC 6265, section 4.1.1).
#[must_use]
pub fn is_sendable(place: &str, name: &str) -> bool {
    !name.is_empty() && (!matches!(place, "header" | "cookie") || is_token(name))
}

/// Returns whether a text can be the name of a header (RFC 9110, section 5.6.2).
#[must_use]
pub fn is_token(name: &str) -> bool {
    http::HeaderName::try_from(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_header_or_a_cookie_is_a_token() {
        for (name, is_name) in
            [("X-A", true), ("a_b!", true), ("a b", false), ("a;b", false), ("ä", false), ("", false)]
        {
            assert_eq!(is_token(name), is_name, "{name}");
            for place in ["header", "cookie"] {
                assert_eq!(is_sendable(place, name), is_name, "{place} {name}");
            }
            assert_eq!(is_sendable("query", name), !name.is_empty(), "{name}");
        }
    }
}
