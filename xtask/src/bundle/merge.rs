//! Makes one document of several, each in the standard form.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::components::{Conflict, Naming};
use super::labels::labels;
use super::meaning::Classes;
use super::{operations, top};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::parts::{Parts, address};
use crate::document::{Document, Pointer, Source};
use crate::openapi::walk::is_extension;

/// One of several documents.
#[derive(Debug)]
pub struct Input {
    /// The path of its file.
    pub path: PathBuf,
    /// The document in the standard form.
    pub document: Document,
    /// The findings about it.
    pub findings: Vec<Diagnostic>,
}

/// Makes one document of several, in the order of the inputs, and returns the findings about all. `name` is what
/// diagnostics call the document as a whole.
#[must_use]
pub fn merge(inputs: Vec<Input>, name: &str) -> (Document, Vec<Diagnostic>) {
    let labels = labels(&inputs.iter().map(|input| (&*input.path, &input.document.root)).collect::<Vec<_>>());
    let (mut roots, mut places) = (Vec::new(), Places::default());
    let mut known = Vec::new();
    for input in inputs {
        places.add_document(input.document.source);
        roots.push(input.document.root);
        known.push(input.findings);
    }
    let classes = Classes::of(&roots);
    let naming = Naming::of(&roots, &classes, &labels);
    for (document, root) in roots.iter_mut().enumerate() {
        naming.rewrite(document, root);
    }
    let top = top::merge(&roots, &classes);
    let paths = operations::merge(&roots, &top.defaults, &classes, of_document);
    places.extend(top.places);
    places.extend(paths.places);
    let mut root = top.fields;
    root.insert("paths".to_owned(), paths.items.into());
    let components = components(&naming, &roots, &mut places);
    if !components.is_empty() {
        root.insert("components".to_owned(), components.into());
    }
    root.extend(top.extensions);
    let mut findings = places.moved(known);
    findings.extend(naming.conflicts.iter().map(different));
    findings.extend(paths.findings);
    let mut source = Source::new(name, "");
    source.set_documents(places.parts);
    (Document { source, root: root.into() }, findings)
}

/// Returns a pointer that names a place in one of the documents.
fn of_document(document: usize, written: &Pointer) -> Pointer {
    address(&(Some(document), written.clone()))
}

/// Collects the components.
fn components(naming: &Naming, roots: &[Value], places: &mut Places) -> Map<String, Value> {
    let mut sections: Map<String, Value> = Map::new();
    for kept in &naming.kept {
        let (section, name) = &kept.component;
        let written = Pointer::root().keys(["components", section, name]);
        let Some(value) = roots.get(kept.document).and_then(|root| written.lookup(root)) else { continue };
        places.add(Pointer::root().keys(["components", section, &kept.name]), kept.document, written);
        let entries = sections.entry(section.clone()).or_insert_with(|| Map::new().into());
        if let Some(entries) = entries.as_object_mut() {
            entries.insert(kept.name.clone(), value.clone());
        }
    }
    for (document, root) in roots.iter().enumerate() {
        for (key, value) in root["components"].as_object().into_iter().flatten() {
            if is_extension(key) && !sections.has(key) {
                let at = Pointer::root().keys(["components", key]);
                places.add(at.clone(), document, at);
                sections.insert(key.clone(), value.clone());
            }
        }
    }
    sections
}

/// Returns the finding about a name that several documents give to different components.
fn different(conflict: &Conflict) -> Diagnostic {
    const MOST: usize = 8;
    let (section, name) = &conflict.component;
    let at = |document: usize| Place::Key(of_document(document, &Pointer::root().keys(["components", section, name])));
    let names: Vec<_> = conflict.names.iter().map(|(_, name)| format!("`{name}`")).collect();
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    let listed = names.get(..MOST).unwrap_or(&names).join(", ");
    let first = conflict.names.first().map_or(0, |(document, _)| *document);
    let mut finding = Diagnostic::warning(
        Code::ConflictingComponents,
        at(first),
        format!(
            "`{name}` in `components/{section}` differs in {} documents, and has a name for each meaning: {listed}{more}",
            conflict.names.len()
        ),
        "give different things different names, or make them the same; only descriptions, titles, examples and `x-` keys \
         may differ",
    );
    for (document, name) in conflict.names.iter().skip(1).take(MOST - 1) {
        finding = finding.with_related(at(*document), format!("this one is `{name}`"));
    }
    finding
}

/// The places of the merged document, and the documents that it is made of.
#[derive(Debug, Default)]
struct Places {
    parts: Parts<Source>,
    /// For each document the places in the merged one, by the places in the document.
    forward: Vec<HashMap<Pointer, Pointer>>,
}

impl Places {
    fn add_document(&mut self, source: Source) {
        self.parts.add_file(Arc::new(source));
        let mut forward = HashMap::new();
        if self.forward.is_empty() {
            // A value without a place of its own is the first document's, as is the document as a whole.
            self.parts.add(Pointer::root(), 0, Pointer::root());
            forward.extend(["/openapi", "/info"].map(|at| (Pointer::from_text(at), Pointer::from_text(at))));
        }
        self.forward.push(forward);
    }

    fn add(&mut self, now: Pointer, document: usize, written: Pointer) {
        if let Some(forward) = self.forward.get_mut(document) {
            forward.entry(written.clone()).or_insert_with(|| now.clone());
        }
        self.parts.add(now, document, written);
    }

    fn extend(&mut self, places: Vec<(Pointer, usize, Pointer)>) {
        for (now, document, written) in places {
            self.add(now, document, written);
        }
    }

    /// Returns the findings of all documents with their places in the merged one.
    fn moved(&self, findings: Vec<Vec<Diagnostic>>) -> Vec<Diagnostic> {
        let findings = findings.into_iter().enumerate();
        findings.flat_map(|(document, of)| of.into_iter().map(move |one| self.moved_one(document, one))).collect()
    }

    fn moved_one(&self, document: usize, mut finding: Diagnostic) -> Diagnostic {
        let moved = |place: Place| match place {
            Place::Value(at) => Place::Value(self.now(document, &at)),
            Place::Key(at) => Place::Key(self.now(document, &at)),
            Place::File | Place::At(_) => Place::Key(of_document(document, &Pointer::root())),
        };
        finding.place = moved(finding.place);
        finding.related = finding.related.into_iter().map(|(place, what)| (moved(place), what)).collect();
        finding
    }

    /// Returns the place of a value of a document in the merged one.
    fn now(&self, document: usize, written: &Pointer) -> Pointer {
        let forward = self.forward.get(document);
        let found = written.nearest(|above| forward?.get(above));
        found.map_or_else(|| of_document(document, written), |(now, below)| now.join(&below))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Merges documents that are named `0.yaml`, `1.yaml` and so on.
    fn merged(roots: &[Value]) -> (Document, Vec<Diagnostic>) {
        let inputs = roots.iter().enumerate().map(|(index, root)| {
            let name = format!("{index}.yaml");
            let document = Document { source: Source::new(&*name, root.to_string()), root: root.clone() };
            Input { path: name.into(), document, findings: Vec::new() }
        });
        merge(inputs.collect(), "all")
    }

    fn names(root: &Value, section: &str) -> Vec<String> {
        root["components"][section].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }

    fn with_schemas(schemas: &Value) -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas}})
    }

    #[test]
    fn a_name_with_several_meanings_has_a_name_for_each() {
        let list = json!({"items": {"$ref": "#/components/schemas/A"}});
        let of = |kind: &str| with_schemas(&json!({"A": {"type": kind}, "List": list, "Same": {"title": kind}}));
        let (document, findings) = merged(&[of("string"), of("integer")]);
        assert_eq!(
            names(&document.root, "schemas"),
            ["Part0_A", "Part1_A", "Part0_List", "Part1_List", "Same"],
            "a list of them differs as well"
        );
        assert_eq!(
            document.root["components"]["schemas"]["Part1_List"]["items"]["$ref"],
            "#/components/schemas/Part1_A"
        );
        let [finding] = &findings[..] else { panic!("the lists are a consequence: {findings:?}") };
        assert_eq!(finding.code, Code::ConflictingComponents);
        let places =
            [&finding.place, &finding.related[0].0].map(|place| &*document.source.file(place.pointer().unwrap()).name);
        assert_eq!(places, ["0.yaml", "1.yaml"]);
    }

    #[test]
    fn the_meaning_of_most_documents_keeps_the_name() {
        let of = |kind: &str| with_schemas(&json!({"A": {"type": kind}}));
        let (document, _) = merged(&[of("integer"), of("string"), of("string")]);
        assert_eq!(names(&document.root, "schemas"), ["Part0_A", "A"]);
        assert_eq!(document.root["components"]["schemas"]["A"]["type"], "string");
    }

    #[test]
    fn the_tag_of_a_renamed_schema_stays() {
        let of = |kind: &str| {
            with_schemas(&json!({
                "A": {"type": "object", "properties": {"p": {"type": "string"}, "v": {"type": kind}}},
                "Base": {"discriminator": {"propertyName": "p"}},
                "Child": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"v": {"type": kind}}}]},
                "One": {"oneOf": [{"$ref": "#/components/schemas/A"}], "discriminator": {"propertyName": "p"}},
            }))
        };
        let (document, _) = merged(&[of("string"), of("integer")]);
        let schemas = &document.root["components"]["schemas"];
        let mapping = |name: &str| schemas[name]["discriminator"]["mapping"].clone();
        assert_eq!(mapping("Part0_One"), json!({"A": "#/components/schemas/Part0_A"}));
        assert_eq!(mapping("Base"), json!({"Child": "#/components/schemas/Part0_Child"}), "{schemas:#}");
    }

    #[test]
    fn an_operation_that_documents_describe_differently_is_an_error() {
        let of = |id: &str, summary: &str, path: &str| {
            let operation = json!({"operationId": id, "summary": summary, "responses": {"200": {"description": "d"}}});
            json!({"openapi": "3.0.3", "info": {}, "paths": {path: {"get": operation}}})
        };
        let (document, findings) = merged(&[of("a", "one", "/a"), of("a", "other", "/a"), of("b", "", "/b")]);
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(document.root["paths"]["/a"]["get"]["summary"], "one");
        let (document, findings) = merged(&[of("a", "", "/a"), of("b", "", "/a")]);
        let [finding] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!((finding.code, finding.is_error()), (Code::DuplicateOperation, true));
        let places =
            [&finding.place, &finding.related[0].0].map(|place| &*document.source.file(place.pointer().unwrap()).name);
        assert_eq!(places, ["1.yaml", "0.yaml"]);
    }

    #[test]
    fn the_parameters_of_shared_paths_belong_to_the_operations_of_their_document() {
        let parameter = |name: &str| json!({"name": name, "in": "query"});
        let of = |method: &str, shared: &Value, own: &Value| json!({"paths": {"/a": {"parameters": [shared], method: {"parameters": [own]}}}});
        let own = json!({"name": "x", "in": "query", "required": true});
        let roots = [of("get", &parameter("x"), &own), of("put", &parameter("y"), &parameter("z"))];
        let (document, _) = merged(&roots);
        assert_eq!(
            document.root["paths"]["/a"],
            json!({"get": {"parameters": [own]}, "put": {"parameters": [parameter("z"), parameter("y")]}})
        );
        let moved = Pointer::from_text("/paths/~1a/put/parameters/1/name");
        assert_eq!(document.source.written(&moved).as_str(), "/paths/~1a/parameters/0/name");
        let same = [of("get", &parameter("x"), &own), of("put", &parameter("x"), &parameter("z"))];
        assert_eq!(merged(&same).0.root["paths"]["/a"]["parameters"], json!([parameter("x")]));
    }

    #[test]
    fn references_into_extensions_that_differ_lead_to_their_own() {
        let of = |path: &str, kind: &str| {
            let parameters = json!([{"name": "a", "in": "query", "schema": {"$ref": "#/x-parts/A"}}]);
            json!({
                "paths": {path: {"get": {"parameters": parameters}}}, "components": {"schemas": {"B": {"type": kind}}},
                "x-parts": {"A": {"items": {"$ref": "#/components/schemas/B"}}},
            })
        };
        let (document, _) = merged(&[of("/a", "string"), of("/b", "integer")]);
        let root = &document.root;
        let target = |path: &str| root["paths"][path]["get"]["parameters"][0]["schema"]["$ref"].clone();
        assert_eq!((target("/a"), target("/b")), (json!("#/x-parts/A"), json!("#/x-parts-Part1/A")));
        assert_eq!(root["x-parts-Part1"]["A"]["items"]["$ref"], "#/components/schemas/Part1_B");
        assert_eq!(root["x-parts"]["A"]["items"]["$ref"], "#/components/schemas/Part0_B");
    }

    #[test]
    fn servers_and_security_that_differ_are_those_of_the_operations() {
        let scheme = json!({"type": "http", "scheme": "bearer"});
        let of = |path: &str, url: &str, security: &Value| {
            json!({
                "servers": [{"url": url, "description": path}], "security": security,
                "paths": {path: {"get": {}}}, "components": {"securitySchemes": {"token": scheme}},
            })
        };
        let (token, none) = (json!([{"token": []}]), json!([]));
        let roots = [of("/a", "https://b", &none), of("/b", "https://a", &token), of("/c", "https://a", &token)];
        let (document, _) = merged(&roots);
        let root = &document.root;
        assert_eq!((&root["servers"][0]["url"], &root["security"]), (&json!("https://a"), &token));
        assert_eq!(root["paths"]["/a"]["get"], json!({"servers": roots[0]["servers"], "security": []}));
        assert_eq!(root["paths"]["/b"]["get"], json!({}));
        let servers = Pointer::from_text("/paths/~1a/get/servers");
        assert_eq!(document.source.written(&servers).as_str(), "/servers");
    }
}
