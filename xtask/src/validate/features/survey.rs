//! Collects the requests that a client sends and the responses that it receives: the operations, their parameters and
//! bodies, and the schemas that become types, each with its place.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::document::fields::Fields as _;
use crate::document::{Pointer, follow};
use crate::openapi::media_type::{self, Format, Framing, by_preference};
use crate::openapi::method::Method;
use crate::openapi::payloads::{Payload, payloads};
use crate::openapi::scope::At;
use crate::openapi::streams::{self, Items};

/// The fields of an object.
pub type Fields = Map<String, Value>;

/// An object and its place.
#[derive(Clone, Debug)]
pub struct Placed<'d> {
    /// The place; for a `$ref`, that of its target.
    pub at: Pointer,
    /// The fields.
    pub fields: &'d Fields,
}

/// An operation that a client can call.
#[derive(Debug)]
pub struct Operation<'d> {
    /// The place.
    pub at: Pointer,
    /// The fields.
    pub fields: &'d Fields,
    /// The servers of the operation or of its path, and the place of the list.
    pub servers: Option<(Pointer, &'d Value)>,
    /// Its parameters and those of its path.
    pub parameters: Vec<Placed<'d>>,
}

/// The `content` of a request or of an answer.
#[derive(Debug)]
pub struct Body<'d> {
    /// The place of `content`.
    pub at: Pointer,
    /// The media types.
    pub content: &'d Fields,
    /// The media type that the client uses, its object, and its format.
    pub chosen: (&'d str, &'d Value, Format),
    /// The status of an answer; `None` for a request.
    pub status: Option<&'d str>,
}

impl Body<'_> {
    /// Returns whether this is the body of a request.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.status.is_none()
    }

    /// Returns the place of the chosen media type.
    #[must_use]
    pub fn chosen_at(&self) -> Pointer {
        self.at.key(self.chosen.0)
    }

    /// Returns the media type that the client uses, in lower case and without parameters.
    #[must_use]
    pub fn essence(&self) -> String {
        crate::openapi::media_type::essence(self.chosen.0)
    }
}

/// The use of a schema by the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// As the type of a value that it sends.
    Sent,
    /// As a form that it sends: the properties become parameters.
    SentForm,
    /// As a part of `allOf` of what it sends.
    SentPart,
    /// As the type of a value that it receives.
    Received,
    /// As a part of `allOf` of what it receives.
    ReceivedPart,
}

impl Use {
    fn is_sent(self) -> bool {
        matches!(self, Self::Sent | Self::SentForm | Self::SentPart)
    }

    /// Returns the use of a part of `allOf`.
    fn part(self) -> Self {
        if self.is_sent() { Self::SentPart } else { Self::ReceivedPart }
    }

    /// Returns the use of an alternative.
    fn alternative(self) -> Self {
        match self {
            Self::SentForm => Self::SentForm,
            other => other.inner(),
        }
    }

    /// Returns the use of a schema inside of another, such as that of a property.
    fn inner(self) -> Self {
        if self.is_sent() { Self::Sent } else { Self::Received }
    }
}

/// A schema that becomes a type, or a part of one.
#[derive(Debug)]
pub struct Schema<'d> {
    /// The place.
    pub at: Pointer,
    /// The schema.
    pub value: &'d Value,
    /// The fields.
    pub fields: &'d Fields,
    /// The use.
    pub uses: Vec<Use>,
}

impl Schema<'_> {
    /// Returns whether a request holds a value of the schema.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.uses.iter().any(|used| used.is_sent())
    }

    /// Returns whether the schema has this use.
    #[must_use]
    pub fn is_used(&self, used: Use) -> bool {
        self.uses.contains(&used)
    }

    /// Returns whether the schema has the keyword.
    #[must_use]
    pub fn has(&self, keyword: &str) -> bool {
        self.fields.has(keyword)
    }
}

/// An object schema with all parts of its `allOf`.
#[derive(Debug)]
pub struct Flat<'d, P = ()> {
    /// The names of the properties that are required.
    pub required: BTreeSet<&'d str>,
    /// The properties, each with its place.
    pub properties: Vec<(&'d str, P, &'d Value)>,
}

/// The survey of a document.
#[derive(Debug)]
pub struct Survey<'d> {
    /// The document.
    pub root: &'d Value,
    /// Whether the document follows OpenAPI 3.1 or newer.
    pub is_newer: bool,
    /// The operations under `paths`.
    pub operations: Vec<Operation<'d>>,
    /// The parameters of the operations, each once.
    pub parameters: Vec<Placed<'d>>,
    /// The bodies of requests and answers, each once.
    pub bodies: Vec<Body<'d>>,
    /// The answers, each once.
    pub responses: Vec<Placed<'d>>,
    /// The schemas that the client makes types of, each once.
    pub schemas: Vec<Schema<'d>>,
    /// The keywords of these schemas.
    keywords: BTreeSet<&'d str>,
    seen: HashMap<*const Fields, usize>,
}

/// The most levels of `$ref` and `allOf` that are followed. More levels are a circle, which has a finding of its own.
const DEEPEST: usize = 64;

/// Returns the fields of a value that is an object.
pub fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// Returns the elements of a value that is a list.
pub fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Returns whether a field is `true`.
pub fn is_set(fields: &Fields, name: &str) -> bool {
    fields.field(name) == Some(&Value::Bool(true))
}

impl<'d> Survey<'d> {
    /// Surveys a document without unresolved references.
    #[must_use]
    pub fn of(root: &'d Value) -> Self {
        Self::of_operations(root, payloads(root), |_, _| true)
    }

    /// Surveys the operations that change a part of a value: those of the method `PATCH`, or with a merge patch.
    #[must_use]
    pub fn of_patches(root: &'d Value) -> Self {
        Self::of_operations(root, Vec::new(), Self::is_patch)
    }

    fn is_patch(&self, operation: &Operation<'d>) -> bool {
        let body = operation.fields.field("requestBody");
        let body = body.and_then(|body| self.resolve_object(&operation.at.key("requestBody"), body));
        let body = body.and_then(|body| self.body(&body, None));
        operation.at.last().is_some_and(|method| method == "patch")
            || body.is_some_and(|body| media_type::is_merge_patch(&body.essence()))
    }

    /// Surveys the operations that match, and the payloads.
    fn of_operations(
        root: &'d Value,
        payloads: Vec<Payload<'d>>,
        matches: impl Fn(&Self, &Operation<'d>) -> bool,
    ) -> Self {
        let mut survey = Self {
            root,
            is_newer: !root["openapi"].as_str().unwrap_or_default().starts_with("3.0"),
            operations: Vec::new(),
            parameters: Vec::new(),
            bodies: Vec::new(),
            responses: Vec::new(),
            schemas: Vec::new(),
            keywords: BTreeSet::new(),
            seen: HashMap::new(),
        };
        let operations = survey.all_operations();
        survey.operations = operations.into_iter().filter(|operation| matches(&survey, operation)).collect();
        survey.collect_parts();
        survey.collect_schemas(payloads);
        survey
    }

    /// Returns the value, or the target of its `$ref`, and its place.
    #[must_use]
    pub fn resolve(&self, at: &Pointer, value: &'d Value) -> Option<(Pointer, &'d Value)> {
        let (mut at, mut value) = (at.clone(), value);
        for _ in 0..DEEPEST {
            let Some(target) = value.field("$ref").and_then(Value::as_str) else { return Some((at, value)) };
            at = Pointer::from_reference(target)?;
            value = at.lookup(self.root)?;
        }
        None
    }

    fn resolve_object(&self, at: &Pointer, value: &'d Value) -> Option<Placed<'d>> {
        let (at, value) = self.resolve(at, value)?;
        Some(Placed { at, fields: value.as_object()? })
    }

    fn all_operations(&self) -> Vec<Operation<'d>> {
        let paths = Pointer::root().key("paths");
        let mut operations = Vec::new();
        for (path, item) in entries(self.root.field("paths")) {
            let own = paths.key(path);
            let Some(target) = self.resolve_object(&own, item) else { continue };
            // The fields of a path item override those of the target of its `$ref`.
            let layers: Vec<Placed<'d>> = item
                .as_object()
                .filter(|_| target.at != own)
                .map(|fields| Placed { at: own.clone(), fields })
                .into_iter()
                .chain([target])
                .collect();
            operations.extend(Method::ALL.iter().filter_map(|method| self.operation(&layers, method.key())));
        }
        operations
    }

    /// Returns the operation of a method. The first layer is the path item, the others are the targets of its `$ref`.
    fn operation(&self, layers: &[Placed<'d>], method: &str) -> Option<Operation<'d>> {
        let field = |name: &str| layers.iter().find_map(|layer| Some((layer.at.key(name), layer.fields.field(name)?)));
        let (at, operation) = field(method)?;
        let fields = operation.as_object()?;
        let own_servers = fields.field("servers").map(|servers| (at.key("servers"), servers));
        let own = self.parameters_of(&at.key("parameters"), fields.field("parameters"));
        let shared = field("parameters").map(|(at, list)| self.parameters_of(&at, Some(list))).unwrap_or_default();
        let is_replaced = |other: &Placed<'_>| {
            own.iter().any(|own| ["name", "in"].iter().all(|key| own.fields.field(key) == other.fields.field(key)))
        };
        let shared: Vec<_> = shared.into_iter().filter(|other| !is_replaced(other)).collect();
        let servers = own_servers.or_else(|| field("servers"));
        Some(Operation { at, fields, servers, parameters: shared.into_iter().chain(own).collect() })
    }

    /// Returns the parameters in a list, without the headers that OpenAPI ignores.
    fn parameters_of(&self, at: &Pointer, list: Option<&'d Value>) -> Vec<Placed<'d>> {
        // OpenAPI ignores parameters of these names (3.0.3, "Parameter Object", `name`).
        const IGNORED: &[&str] = &["accept", "content-type", "authorization"];
        let is_ignored = |parameter: &Placed<'_>| {
            let name = parameter.fields.field("name").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
            parameter.fields.field("in").is_some_and(|place| place == "header") && IGNORED.contains(&name.as_str())
        };
        elements(list)
            .enumerate()
            .filter_map(|(index, value)| self.resolve_object(&at.index(index), value))
            .filter(|parameter| !is_ignored(parameter))
            .collect()
    }

    /// Collects the parameters, the bodies and the answers of all operations, each once.
    fn collect_parts(&mut self) {
        let mut seen = BTreeSet::new();
        let (mut parameters, mut bodies, mut responses) = (Vec::new(), Vec::new(), Vec::new());
        for operation in &self.operations {
            for parameter in &operation.parameters {
                if seen.insert(parameter.at.clone()) {
                    parameters.push(parameter.clone());
                }
            }
            let at = operation.at.key("requestBody");
            let body = operation.fields.field("requestBody").and_then(|body| self.resolve_object(&at, body));
            if let Some(body) = body.filter(|body| seen.insert(body.at.clone())) {
                bodies.extend(self.body(&body, None));
            }
            let at = operation.at.key("responses");
            for (status, response) in entries(operation.fields.field("responses")) {
                let Some(response) = self.resolve_object(&at.key(status), response) else { continue };
                // Informational answers are not returned to a caller.
                if !status.starts_with('1') && seen.insert(response.at.clone()) {
                    bodies.extend(self.body(&response, Some(status)));
                    responses.push(response);
                }
            }
        }
        (self.parameters, self.bodies, self.responses) = (parameters, bodies, responses);
    }

    /// Returns the items of an answer that the client reads as a stream of them.
    pub(super) fn items(&self, body: &Body<'d>) -> Option<(Framing, Items<'d>)> {
        let can_succeed = body.status.is_some_and(|status| status.starts_with('2') || status == "default");
        streams::items(self.root, body.chosen.0, body.chosen.1, &body.chosen_at()).filter(|_| can_succeed)
    }

    fn body(&self, holder: &Placed<'d>, status: Option<&'d str>) -> Option<Body<'d>> {
        let content = holder.fields.field("content")?.as_object()?;
        let (name, media, format) = by_preference(self.root, content).into_iter().next()?;
        Some(Body { at: holder.at.key("content"), content, chosen: (name, media, format), status })
    }

    /// Collects the schemas that become types.
    fn collect_schemas(&mut self, payloads: Vec<Payload<'d>>) {
        let mut open = Vec::new();
        for parameter in &self.parameters {
            if let Some(schema) = parameter.fields.field("schema") {
                open.push((parameter.at.key("schema"), schema, Use::Sent));
            }
            for (name, media) in entries(parameter.fields.field("content")).filter(|(name, _)| is_json(name)) {
                let at = parameter.at.key("content").key(name).key("schema");
                open.extend(media.field("schema").map(|schema| (at, schema, Use::Sent)));
            }
        }
        for body in &self.bodies {
            if let Some((_, Items::Json(schema, at))) = self.items(body) {
                open.push((at, schema, Use::Received));
                continue;
            }
            let used = match (body.is_sent(), body.chosen.2) {
                (true, Format::Json) => Use::Sent,
                (true, Format::Form | Format::Multipart) => Use::SentForm,
                (false, Format::Json) => Use::Received,
                _ => continue,
            };
            let schema = body.chosen.1.field("schema");
            open.extend(schema.map(|schema| (body.chosen_at().key("schema"), schema, used)));
        }
        for payload in payloads {
            let schema = payload.media.field("schema");
            open.extend(schema.map(|schema| (payload.at.key("schema"), schema, Use::Received)));
        }
        // Without operations, the client consists of types only.
        if self.operations.is_empty() {
            let at = Pointer::root().keys(["components", "schemas"]);
            let schemas = entries(self.root.field("components").and_then(|components| components.field("schemas")));
            open.extend(schemas.map(|(name, schema)| (at.key(name), schema, Use::Received)));
        }
        open.reverse();
        while let Some((at, schema, used)) = open.pop() {
            self.visit(&at, schema, used, &mut open);
        }
    }

    /// Records a use of a schema, and queues the schemas inside of it.
    fn visit(&mut self, at: &Pointer, schema: &'d Value, used: Use, open: &mut Vec<Open<'d>>) {
        let Some(fields) = schema.as_object() else { return };
        if let Some(target) = fields.field("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) {
            open.extend(target.lookup(self.root).map(|schema| (target, schema, used)));
            // OpenAPI 3.0 ignores the fields beside a `$ref`.
            if !self.is_newer {
                return;
            }
        }
        let (schemas, keywords) = (&mut self.schemas, &mut self.keywords);
        let index = *self.seen.entry(std::ptr::from_ref(fields)).or_insert_with(|| {
            keywords.extend(fields.keys().map(String::as_str));
            schemas.push(Schema { at: at.clone(), value: schema, fields, uses: Vec::new() });
            schemas.len() - 1
        });
        let Some(known) = self.schemas.get_mut(index) else { return };
        if known.uses.contains(&used) {
            return;
        }
        known.uses.push(used);
        children(at, fields, used, open);
    }

    /// Returns whether a schema has the keyword.
    #[must_use]
    pub fn has_keyword(&self, keyword: &str) -> bool {
        self.keywords.contains(keyword)
    }

    /// Returns the object that a schema describes, with all parts of its `allOf`.
    #[must_use]
    pub fn flat<P: At>(&self, at: &P, schema: &'d Value) -> Flat<'d, P> {
        let mut flat = Flat { required: BTreeSet::new(), properties: Vec::new() };
        self.flatten(at, schema, &mut |at, fields| {
            flat.required.extend(elements(fields.field("required")).filter_map(Value::as_str));
            let section = at.key("properties");
            for (name, property) in entries(fields.field("properties")) {
                flat.properties.push((name, section.key(name), property));
            }
        });
        flat
    }

    /// Calls `f` for a schema, the target of its `$ref`, and the parts of its `allOf`.
    pub fn flatten<P: At>(&self, at: &P, schema: &'d Value, f: &mut dyn FnMut(&P, &'d Fields)) {
        self.flatten_to(at, schema, DEEPEST, f);
    }

    fn flatten_to<P: At>(&self, at: &P, schema: &'d Value, depth: usize, f: &mut dyn FnMut(&P, &'d Fields)) {
        let Some(fields) = schema.as_object().filter(|_| depth > 0) else { return };
        let reference = fields.field("$ref").and_then(Value::as_str);
        if let Some((target, reference)) = reference.and_then(P::of_reference).zip(reference) {
            if let Some(schema) = follow(reference, self.root) {
                self.flatten_to(&target, schema, depth - 1, f);
            }
            if !self.is_newer {
                return;
            }
        }
        f(at, fields);
        let parts = at.key("allOf");
        for (index, part) in elements(fields.field("allOf")).enumerate() {
            self.flatten_to(&parts.index(index), part, depth - 1, f);
        }
    }

    /// Returns whether a schema, the target of its `$ref`, or a part of it has this flag.
    #[must_use]
    pub fn has_flag(&self, schema: &'d Value, flag: &str) -> bool {
        self.any_part(schema, |fields| is_set(fields, flag))
    }

    /// Returns whether a schema, the target of its `$ref`, or a part of it allows values of this type.
    #[must_use]
    pub fn has_type(&self, schema: &'d Value, word: &str) -> bool {
        self.any_part(schema, |fields| is_of_type(fields, word))
    }

    /// Returns whether a schema, the target of its `$ref`, or a part of it matches.
    pub fn any_part(&self, schema: &'d Value, matches: impl Fn(&Fields) -> bool) -> bool {
        let mut found = false;
        self.flatten(&(), schema, &mut |(), fields| found |= matches(fields));
        found
    }
}

/// Returns whether `type` is this word, or a list with it.
#[must_use]
pub fn is_of_type(fields: &Fields, word: &str) -> bool {
    fields.field("type").is_some_and(|kind| kind == word) || elements(fields.field("type")).any(|kind| kind == word)
}

/// Returns whether the client reads and writes the media type as JSON.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    matches!(crate::openapi::media_type::format(media_type), Format::Json | Format::Any)
}

/// A schema that has not been visited.
type Open<'d> = (Pointer, &'d Value, Use);

/// Adds the schemas inside of a schema that its type consists of.
fn children<'d>(at: &Pointer, fields: &'d Fields, used: Use, open: &mut Vec<Open<'d>>) {
    let section = at.key("properties");
    for (name, property) in entries(fields.field("properties")) {
        open.push((section.key(name), property, used.inner()));
    }
    for (key, used) in [
        ("allOf", used.part()),
        ("oneOf", used.alternative()),
        ("anyOf", used.alternative()),
        ("prefixItems", used.inner()),
    ] {
        let section = at.key(key);
        let parts = elements(fields.field(key)).enumerate();
        open.extend(parts.map(|(index, part)| (section.index(index), part, used)));
    }
    for key in ["items", "additionalProperties"] {
        open.extend(fields.field(key).map(|part| (at.key(key), part, used.inner())));
    }
    let section = at.key("patternProperties");
    let patterns = entries(fields.field("patternProperties"));
    open.extend(patterns.map(|(pattern, part)| (section.key(pattern), part, used.inner())));
}
