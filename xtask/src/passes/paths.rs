//! Shortens the paths that generated code writes out in full: the prelude needs none.

use syn::visit_mut::{self, VisitMut};
use syn::{Item, Path};

use crate::RUNTIME;

/// Writes `Option` for `::std::option::Option` and so on, in types and expressions.
pub fn shorten(item: &mut Item) {
    Shorten.visit_item_mut(item);
}

/// The same for a piece of syntax that is no item.
pub struct Shorten;

const PRELUDE: &[(&str, &str)] = &[
    ("std::option::Option", "Option"),
    ("std::result::Result", "Result"),
    ("std::string::String", "String"),
    ("std::vec::Vec", "Vec"),
    ("std::convert::From", "From"),
    ("std::convert::TryFrom", "TryFrom"),
    ("std::convert::TryInto", "TryInto"),
    ("std::default::Default", "Default"),
];

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let full: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let full = full.join("::");
        for (long, short) in PRELUDE {
            let is_longer = full.strip_prefix(long).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
            if is_longer {
                let dropped = long.matches("::").count();
                path.leading_colon = None;
                path.segments = std::mem::take(&mut path.segments).into_iter().skip(dropped).collect();
                debug_assert_eq!(path.segments[0].ident, short);
                return;
            }
        }
        if full.starts_with(&RUNTIME.replace('-', "_")) {
            path.leading_colon = None;
        }
        if path.leading_colon.is_some() && full == "std::collections::BTreeMap" {
            path.leading_colon = None;
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(2).collect();
        }
    }
}

/// Paths in the strings of serde's attributes.
pub fn shorten_text(text: &str) -> String {
    let text = text.replace(' ', "");
    let text = text.strip_prefix("::").unwrap_or(&text);
    let short = PRELUDE.iter().find_map(|(long, short)| Some(format!("{short}{}", text.strip_prefix(long)?)));
    short.unwrap_or_else(|| match text.strip_prefix("std::collections::") {
        Some(map) => map.to_owned(),
        None => text.to_owned(),
    })
}
