//! The HTTP methods of operations.

/// An HTTP method of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// PUT.
    Put,
    /// POST.
    Post,
    /// DELETE.
    Delete,
    /// OPTIONS.
    Options,
    /// HEAD.
    Head,
    /// PATCH.
    Patch,
    /// TRACE.
    Trace,
}

impl Method {
    /// All methods, in the order in which operations of one path are emitted.
    pub const ALL: [Self; 8] =
        [Self::Get, Self::Put, Self::Post, Self::Delete, Self::Options, Self::Head, Self::Patch, Self::Trace];

    /// Returns the method in upper case, as HTTP has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.words().0
    }

    /// Returns the key of a Path Item object that has the operation.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Get => ("GET", "get"),
            Self::Put => ("PUT", "put"),
            Self::Post => ("POST", "post"),
            Self::Delete => ("DELETE", "delete"),
            Self::Options => ("OPTIONS", "options"),
            Self::Head => ("HEAD", "head"),
            Self::Patch => ("PATCH", "patch"),
            Self::Trace => ("TRACE", "trace"),
        }
    }
}
