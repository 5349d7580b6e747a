//! JSON pointers (RFC 6901), which name the places of a document.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use super::fields::Fields as _;

/// A JSON pointer (RFC 6901) into a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// Returns the pointer to the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Returns the pointer with this text, which must come from [`as_str`](Self::as_str).
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the pointer of a local `$ref`: the text behind its `#`, percent-decoded (RFC 6901, section 6).
    #[must_use]
    pub fn from_reference(reference: &str) -> Option<Self> {
        fragment(reference).map(|pointer| Self(pointer.into_owned()))
    }

    /// Returns the pointer to the property `key` of the value that this one points at.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        text.push('/');
        if key.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
            text.push_str(&key.replace('~', "~0").replace('/', "~1"));
        } else {
            text.push_str(key);
        }
        Self(text)
    }

    /// Returns the pointer to the element `index` of the value that this one points at.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// Returns the pointer that leads down these keys from this one.
    #[must_use]
    pub fn keys<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Self {
        keys.into_iter().fold(self.clone(), |pointer, key| pointer.key(key))
    }

    /// Returns the pointer that leads from this one by another one.
    #[must_use]
    pub fn join(&self, below: &Self) -> Self {
        Self(format!("{}{}", self.0, below.0))
    }

    /// Returns the local `$ref` with this pointer, percent-encoded where a URL asks for it (RFC 6901, section 6).
    #[must_use]
    pub fn to_reference(&self) -> String {
        let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@".contains(c);
        let mut text = String::from("#");
        for c in self.0.chars() {
            match u8::try_from(c) {
                Ok(byte) if !is_plain(c) => text.extend(['%', hex(byte >> 4), hex(byte & 15)]),
                _ => text.push(c),
            }
        }
        text
    }

    /// Returns the pointer to the object or the list with the value that this one points at.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|slash| Self(self.0[..slash].to_owned()))
    }

    /// Returns the first value that `find` has for this pointer or one above it, and the way down from there.
    #[must_use]
    pub fn nearest<T>(&self, mut find: impl FnMut(&Self) -> Option<T>) -> Option<(T, Self)> {
        std::iter::successors(Some(self.clone()), Self::parent).find_map(|above| {
            let below = self.0.strip_prefix(&above.0)?;
            Some((find(&above)?, Self(below.to_owned())))
        })
    }

    /// Returns the last key or index of the pointer, unescaped.
    #[must_use]
    pub fn last(&self) -> Option<String> {
        self.0.rfind('/').map(|slash| unescaped(&self.0[slash + 1..]).into_owned())
    }

    /// Returns the keys and indices of the pointer, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|segment| unescaped(segment).into_owned())
    }

    /// Returns the value that the pointer leads to.
    #[must_use]
    pub fn lookup<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        lookup(&self.0, root)
    }

    /// Returns the pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

/// Returns the value that a local `$ref` leads to.
#[must_use]
pub fn follow<'v>(reference: &str, root: &'v Value) -> Option<&'v Value> {
    lookup(&fragment(reference)?, root)
}

/// Returns the value that the text of a pointer leads to, as [`Value::pointer`] does. Only keys with an escape are copied.
fn lookup<'v>(pointer: &str, root: &'v Value) -> Option<&'v Value> {
    pointer.split('/').skip(1).try_fold(root, |value, segment| match value {
        Value::Object(fields) => fields.field(&unescaped(segment)),
        Value::Array(items) => items.get(index(segment)?),
        _ => None,
    })
}

/// Returns the index that a segment stands for; RFC 6901 allows no leading zero or sign.
fn index(segment: &str) -> Option<usize> {
    let is_canonical = segment == "0" || !segment.starts_with(['0', '+']);
    segment.parse().ok().filter(|_| is_canonical)
}

/// Returns a hexadecimal digit.
fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or_default().to_ascii_uppercase()
}

fn unescaped(segment: &str) -> Cow<'_, str> {
    if segment.bytes().any(|byte| byte == b'~') {
        Cow::Owned(segment.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(segment)
    }
}

/// Returns the pointer in a local `$ref`.
fn fragment(reference: &str) -> Option<Cow<'_, str>> {
    let fragment = reference.strip_prefix('#')?;
    let pointer = if fragment.contains('%') { Cow::Owned(percent_decoded(fragment)?) } else { Cow::Borrowed(fragment) };
    (pointer.is_empty() || pointer.starts_with('/')).then_some(pointer)
}

/// Returns a text with its percent-encoded bytes decoded; `None` if that is not UTF-8, or a code is incomplete.
#[must_use]
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_slash_and_tilde_survives_the_pointer() {
        let pointer = Pointer::root().key("a/b~c").index(2);
        assert_eq!(pointer.as_str(), "/a~1b~0c/2");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b~c", "2"]);
        assert_eq!(pointer.parent().unwrap().last().unwrap(), "a/b~c");
    }

    #[test]
    fn a_reference_is_percent_decoded() {
        let pointer = Pointer::from_reference("#/components/schemas/Not%20Found(404)").unwrap();
        assert_eq!(pointer.last().unwrap(), "Not Found(404)");
        assert_eq!(pointer.to_reference(), "#/components/schemas/Not%20Found(404)");
        let arabic = Pointer::root().key("نقاط 100%");
        assert_eq!(Pointer::from_reference(&arabic.to_reference()), Some(arabic));
        assert_eq!(Pointer::from_reference("other.yaml#/x"), None);
        assert_eq!(Pointer::from_reference("#/%zz"), None);
    }
}
