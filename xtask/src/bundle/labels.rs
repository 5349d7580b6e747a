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

/// Returns a label for each document, which no other document has: the id of its operation if it has only one, else the
/// name of its file, and then with its ending and as many of the folders above it as it takes. Folders above all
/// documents are never a part of a label, since they differ between machines.
#[must_use]
pub fn labels(documents: &[(&Path, &Value)]) -> Vec<String> {
    let shared = shared_folders(documents);
    let of_files = documents.iter().map(|(path, _)| file_labels(path, shared)).collect::<Vec<_>>();
    let mut labels: Vec<_> =
        documents.iter().map(|(path, root)| component_name(&only_id(root).unwrap_or_else(|| stem(path)))).collect();
    for step in 0.. {
        let doubled = doubled(&labels);
        let is_last = of_files.iter().all(|of_file| of_file.len() <= step);
        for index in &doubled {
            let of_file = of_files.get(*index).and_then(|of_file| of_file.get(step).or(of_file.last()));
            if let (Some(label), Some(name)) = (labels.get_mut(*index), of_file) {
                // The names of files may have no letters in common with those of components.
                *label = if is_last { format!("{name}_{index}") } else { name.clone() };
            }
        }
        if doubled.is_empty() || is_last {
            break;
        }
    }
    labels
}

/// Returns the number of folders that all documents have in common.
fn shared_folders(documents: &[(&Path, &Value)]) -> usize {
    let folders = |path: &Path| path.parent().map(|folder| folder.components().count()).unwrap_or_default();
    let Some((first, rest)) = documents.split_first() else { return 0 };
    let common =
        |path: &Path| first.0.components().zip(path.components()).take_while(|(one, other)| one == other).count();
    rest.iter().map(|(path, _)| common(path).min(folders(path))).min().unwrap_or_default().min(folders(first.0))
}

/// Returns the labels that the name of a file gives, from the shortest to the longest.
fn file_labels(path: &Path, shared: usize) -> Vec<String> {
    let folders: Vec<_> = path.parent().into_iter().flat_map(Path::components).skip(shared).collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let with_folders = (0..=folders.len()).map(|length| {
        let above = folders.iter().skip(folders.len() - length);
        let above = above.map(|folder| folder.as_os_str().to_string_lossy().into_owned());
        above.chain([name.replace('.', "_")]).collect::<Vec<_>>().join("_")
    });
    std::iter::once(stem(path)).chain(with_folders).map(|label| component_name(&label)).collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_document_has_a_label_of_its_own() {
        let operation = |id: &str| json!({"paths": {"/a": {"get": {"operationId": id}}}});
        let (list, none) = (operation("list"), json!({"paths": {}}));
        let labels = |documents: &[(&str, &Value)]| {
            labels(&documents.iter().map(|(path, root)| (Path::new(*path), *root)).collect::<Vec<_>>())
        };
        for root in ["/home/me", "/work"] {
            let paths =
                ["x.yaml", "a/api.yaml", "b/api.yaml", "y.yaml", "y.json", "نقاط.yaml", "أوامر.yaml", "list.yaml"];
            let paths = paths.map(|path| format!("{root}/{path}"));
            let documents: Vec<_> = paths.iter().map(|path| (&**path, &none)).collect();
            assert_eq!(
                labels(&documents),
                ["x", "a_api_yaml", "b_api_yaml", "y_yaml", "y_json", "Part____", "Part_____", "list"]
            );
        }
        assert_eq!(
            labels(&[("/a.yaml", &list), ("/b.yaml", &list), ("/c.yaml", &operation("get"))]),
            ["a", "b", "get"]
        );
        assert_eq!(labels(&[("/ق.y", &none), ("/س.y", &none)]), ["__y_0", "__y_1"]);
    }
}
