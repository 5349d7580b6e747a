//! Validates base URLs: `https`, or plain `http` to this machine only, since a token must not cross the network in
//! clear text.

use url::{Host, Url};

/// Parses a base URL.
///
/// # Errors
///
/// Returns the reason why the URL is invalid, without the URL. The reason completes a sentence that begins with the
/// name of the setting: `base_url is empty`.
pub(crate) fn parse(text: &str) -> Result<Url, &'static str> {
    if text.is_empty() {
        return Err("is empty");
    }
    let url = Url::parse(text).map_err(|_| "is not an absolute URL such as `https://api.salla.dev/admin/v2`")?;
    check(&url)?;
    Ok(url)
}

/// Checks a URL that requests can be sent to.
///
/// # Errors
///
/// Returns the reason why it is invalid, as [`parse`] does.
pub(crate) fn check(url: &Url) -> Result<(), &'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("needs the scheme `https`");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not contain a query or fragment");
    }
    if url.scheme() == "http" && !is_loopback(url) {
        return Err("needs `https`; plain `http` is allowed only for this machine (`localhost`, `127.0.0.1`, `[::1]`)");
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_https_or_on_this_machine() {
        for url in [
            "https://api.salla.dev/admin/v2",
            "https://api.salla.dev/admin/v2/",
            "HTTPS://api.salla.dev:8443",
            "http://localhost:80",
            "http://127.0.0.1/x",
            "http://127.9.9.9",
            "http://[::1]:8080/admin/v2",
        ] {
            assert!(parse(url).is_ok(), "{url}");
        }
    }
}
