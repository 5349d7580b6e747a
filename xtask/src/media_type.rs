//! The media types that the client speaks.

/// Whether a media type is JSON: `application/json`, or a type with the suffix `+json` (RFC 6839), with or without
/// parameters such as `charset`.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_recognised_with_parameters_and_suffixes() {
        for name in ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"] {
            assert!(is_json(name), "{name}");
        }
        for name in ["text/json", "application/xml", "*/*", "multipart/form-data", ""] {
            assert!(!is_json(name), "{name}");
        }
    }
}
