//! A file to be uploaded, and the ways in which an operation takes files: one, perhaps one, or several.

use std::fmt;
use std::io;
use std::path::Path;

use bytes::Bytes;

const UNKNOWN: &str = "application/octet-stream";

/// A file to be uploaded: its name, its bytes, and what type they are of. Cheap to clone.
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
    content_type: Option<String>,
    bytes: Bytes,
}

impl File {
    /// A file called `name`. Its type is `application/octet-stream` unless [`content_type`](Self::content_type) says
    /// otherwise.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { name: name.into(), content_type: None, bytes: bytes.into() }
    }

    /// Reads the file at `path`, all of it, and names it by the last part of the path. It blocks until it is read.
    ///
    /// # Errors
    ///
    /// When it cannot be read: see [`std::fs::read`].
    pub fn from_path(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path)?;
        Ok(Self { name: file_name(path), ..Self::from(bytes) })
    }

    /// The same file, of this type, such as `image/png`. One that is no type is reported when the file is sent.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    pub(crate) fn content_type_text(&self) -> &str {
        self.content_type.as_deref().unwrap_or(UNKNOWN)
    }
}

/// The last part of `path`. What of it is not Unicode is replaced: a form has no other way to say it.
fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A file called `file`: without a name, a server would take it for text.
impl From<Bytes> for File {
    fn from(bytes: Bytes) -> Self {
        Self::new("file", bytes)
    }
}

/// A file called `file`: without a name, a server would take it for text.
impl From<Vec<u8>> for File {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

/// A name and bytes.
impl<N: Into<String>, B: Into<Bytes>> From<(N, B)> for File {
    fn from((name, bytes): (N, B)) -> Self {
        Self::new(name, bytes)
    }
}

/// Not the bytes: they are many, and nobody's business.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("name", &self.name)
            .field("content_type", &self.content_type_text())
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// What an operation takes as files: one, perhaps one, several, or perhaps several.
pub trait Files: sealed::Sealed {
    /// All of them.
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
