//! Files to upload. An operation takes one file, an optional file, several, or an optional list.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::Path;

use bytes::Bytes;

/// The media type of files without one.
const DEFAULT_CONTENT_TYPE: &str = "application/octet-stream";

/// A file to upload: its name, its bytes and their media type. It is cheap to clone.
///
/// ```
/// use salla_runtime::File;
///
/// let photo = File::new("photo.png", vec![0x89, b'P', b'N', b'G']).content_type("image/png");
/// assert_eq!((photo.name(), photo.bytes().len()), ("photo.png", 4));
///
/// let same = File::from(("photo.png", vec![0x89, b'P', b'N', b'G'])).content_type("image/png");
/// assert_eq!(photo, same);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct File {
    name: String,
    content_type: Cow<'static, str>,
    bytes: Bytes,
}

impl File {
    /// Creates a file named `name`. Its media type is `application/octet-stream` until
    /// [`content_type`](Self::content_type) sets another.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.into(), content_type: Cow::Borrowed(DEFAULT_CONTENT_TYPE), bytes: bytes.into() }
    }

    /// Reads the whole file at `path` and names it by the last component of the path. It blocks until the file is read.
    ///
    /// # Errors
    ///
    /// When the file cannot be read: see [`std::fs::read`].
    pub fn from_path(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path)?;
        Ok(Self { name: file_name(path), ..Self::from(bytes) })
    }

    /// Sets the media type, such as `image/png`. An invalid one is reported when the file is sent.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Cow::Owned(content_type.into());
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Reports whether the caller set the media type.
    pub(crate) fn has_content_type(&self) -> bool {
        self.content_type != DEFAULT_CONTENT_TYPE
    }

    pub(crate) fn content_type_text(&self) -> &str {
        &self.content_type
    }
}

/// Returns the last component of `path`. Replaces invalid Unicode, since a form can hold only Unicode.
fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Creates a file named `file`: a server would read a part without a name as text.
impl From<Bytes> for File {
    fn from(bytes: Bytes) -> Self {
        Self::new("file", bytes)
    }
}

/// Creates a file named `file`: a server would read a part without a name as text.
impl From<Vec<u8>> for File {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

/// Creates a file from its name and its bytes.
impl<N: Into<String>, B: Into<Bytes>> From<(N, B)> for File {
    fn from((name, bytes): (N, B)) -> Self {
        Self::new(name, bytes)
    }
}

/// Shows the number of bytes instead of the bytes, which may be personal data.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// The files of one parameter: a file, an optional file, a list, or an optional list.
pub trait Files: sealed::Sealed {
    /// Returns all files.
    fn files(&self) -> &[File];
}

impl Files for File {
    fn files(&self) -> &[File] {
        std::slice::from_ref(self)
    }
}

impl Files for Option<File> {
    fn files(&self) -> &[File] {
        self.as_slice()
    }
}

impl Files for Vec<File> {
    fn files(&self) -> &[File] {
        self
    }
}

impl Files for Option<Vec<File>> {
    fn files(&self) -> &[File] {
        self.as_deref().unwrap_or_default()
    }
}

mod sealed {
    use super::File;

    pub trait Sealed {}

    impl Sealed for File {}
    impl Sealed for Option<File> {}
    impl Sealed for Vec<File> {}
    impl Sealed for Option<Vec<File>> {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_completely_and_named_by_its_path() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let file = File::from_path(&path).unwrap();
        assert_eq!((file.name(), file.bytes()), ("Cargo.toml", &Bytes::from(std::fs::read(&path).unwrap())));
        assert_eq!(File::from_path(path.with_extension("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn debug_shows_the_size_of_a_file_and_not_its_bytes() {
        let file = File::new("a.png", "secret").content_type("image/png");
        assert_eq!(format!("{file:?}"), r#"File { name: "a.png", content_type: "image/png", bytes: 6 }"#);
        assert!(format!("{:?}", File::from(vec![1])).contains("application/octet-stream"));
    }

    #[test]
    fn files_are_equal_if_name_type_and_bytes_are() {
        let file = File::new("a", "b");
        assert_eq!(file, File::from(("a", "b")));
        for other in [File::new("b", "b"), File::new("a", "a"), file.clone().content_type("text/plain")] {
            assert_ne!(file, other);
        }
        assert_eq!(file, file.clone().content_type(DEFAULT_CONTENT_TYPE), "it is the default type");
    }
}
