//! Names that tell documents apart, and names of components.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::openapi::method::Method;

/// Returns a text as the name of a component: ASCII letters, digits, `.`, `-` and `_`.
#[must_use]
pub fn component_name(text: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let name: String = text.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    if name.chars().any(|c| c.is_ascii_alphabetic()) { name } else { format!("Part{name}") }
}

/// Returns a label for each document, which no other document has: the id of its operation if it has only one, or else
/// the name of its file, with as many of the folders above it as it takes.
#[must_use]
pub fn labels(documents: &[(&Path, &Value)]) -> Vec<String> {
    let labels: Vec<_> = documents.iter().map(|(path, root)| only_id(root).unwrap_or_else(|| stem(path))).collect();
    let mut labels = labels.iter().map(|label| component_name(label)).collect::<Vec<_>>();
    for length in 1.. {
        let doubled = doubled(&labels);
        if doubled.is_empty() {
            break;
        }
        let is_longest = documents.iter().all(|(path, _)| path.components().count() < length);
        for (place, index) in doubled.into_iter().enumerate() {
            let Some((path, _)) = documents.get(index) else { continue };
            let label = component_name(&with_folders(path, length));
            labels[index] = if is_longest { format!("{label}_{place}") } else { label };
        }
    }
    labels
}

/// Returns the indices of the labels that another one is equal to.
fn doubled(labels: &[String]) -> Vec<usize> {
    let mut uses: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, label) in labels.iter().enumerate() {
        uses.entry(label).or_default().push(index);
    }
    let mut doubled: Vec<_> = uses.into_values().filter(|uses| uses.len() > 1).flatten().collect();
    doubled.sort_unstable();
    doubled
}

/// Returns the id of the only operation of a document.
fn only_id(root: &Value) -> Option<String> {
    let items = root["paths"].as_object()?.values();
    let mut operations = items.flat_map(|item| Method::ALL.iter().filter_map(|method| item.get(method.key())));
    let only = operations.next()?;
    if operations.next().is_some() {
        return None;
    }
    only["operationId"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Returns the name of a file behind those of a number of folders above it.
fn with_folders(path: &Path, length: usize) -> String {
    let folders = path.parent().into_iter().flat_map(Path::components).collect::<Vec<_>>();
    let above = folders.iter().rev().take(length).rev().map(|folder| folder.as_os_str().to_string_lossy().into_owned());
    above.chain([stem(path)]).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_document_has_a_label_of_its_own() {
        let operation = |id: &str| json!({"paths": {"/a": {"get": {"operationId": id}}}});
        let (list, none) = (operation("list"), json!({"paths": {}}));
        let labels = labels(&[
            (Path::new("/specs/x.yaml"), &list),
            (Path::new("/specs/a/api.yaml"), &none),
            (Path::new("/specs/b/api.yaml"), &none),
            (Path::new("/specs/نقاط.yaml"), &none),
        ]);
        assert_eq!(labels, ["list", "a_api", "b_api", "Part____"]);
    }
}
