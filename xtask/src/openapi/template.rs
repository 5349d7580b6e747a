//! The templates of paths and URLs, which have names in braces.

/// Returns the names in a path template, or `None` if its braces do not match.
#[must_use]
pub fn template_names(template: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find(['{', '}']) {
        let inside = rest[open..].strip_prefix('{')?;
        let close = inside.find('}')?;
        if inside[..close].is_empty() || inside[..close].contains('{') {
            return None;
        }
        names.push(&inside[..close]);
        rest = &inside[close + 1..];
    }
    Some(names)
}

/// Returns the template with empty braces, if its braces match.
#[must_use]
pub fn without_names(template: &str) -> Option<String> {
    let mut form = template.to_owned();
    for name in template_names(template)? {
        form = form.replace(&format!("{{{name}}}"), "{}");
    }
    Some(form)
}
