//! Pagination: the fields of a page that `x-pagination` points at.

use std::collections::HashSet;

use super::decisions::{Decisions, Rule};
use super::draft::{self, Draft, Operation};
use super::schema::{Kind, Schema};
use super::types::type_use;
use crate::document::Pointer;
use crate::model::{self, FieldPath, Pagination, Parameter};

/// Returns how the list of an operation comes in pages. Without the fields that tell one page from the next, it does not.
pub fn pagination(
    draft: &Draft,
    operation: &Operation,
    parameters: &[Parameter],
    decisions: &mut Decisions,
) -> Option<Pagination> {
    let written = operation.pagination.as_ref()?;
    let page = Page::of_success(draft, operation).and_then(|page| page.pagination(written, parameters));
    if page.is_none() {
        let what = "its pages lack what tells one from the next: they are asked for one by one";
        decisions.add(Rule::DropUnreadablePages, &operation.at, what);
    }
    // Only a success that is one type of JSON is a page.
    let (successes, _) = super::answers::of(operation);
    page.filter(|page| {
        successes.name.is_none()
            && successes.answers.iter().all(|answer| answer.body == model::Body::Json(page.page_type.clone()))
    })
}

/// Returns the places of the integers in which pages are counted: the number of the page and the totals, in the request
/// and in the page.
#[must_use]
pub fn counts(draft: &Draft) -> HashSet<Pointer> {
    let mut counts = HashSet::new();
    for operation in &draft.operations {
        let Some(written) = &operation.pagination else { continue };
        let parameter = operation.parameters.iter().find(|parameter| parameter.wire_name == written.page);
        counts.extend(parameter.map(|parameter| draft.resolved(&parameter.schema).at.clone()));
        let Some(page) = Page::of_success(draft, operation) else { continue };
        let pointers = [Some(&written.total_pages), written.total.as_ref(), written.current_page.as_ref()];
        let fields = pointers.into_iter().flatten().filter_map(|pointer| page.field(pointer, Kind::Integer));
        counts.extend(fields.map(|(_, schema)| schema.at.clone()));
    }
    counts
}

/// The body of a success that holds a page.
struct Page<'d> {
    draft: &'d Draft,
    type_name: &'d str,
    schema: &'d Schema,
}

impl<'d> Page<'d> {
    /// Returns the body of the first success, if that is JSON.
    fn of_success(draft: &'d Draft, operation: &'d Operation) -> Option<Self> {
        let success = operation.responses.iter().find(|response| response.status.is_success())?;
        let schema = success.content.schema()?;
        Some(Self { draft, type_name: schema.reference.as_ref()?, schema })
    }

    fn pagination(&self, written: &draft::Pagination, parameters: &[Parameter]) -> Option<Pagination> {
        let setter = parameters.iter().find(|parameter| parameter.wire_name == written.page);
        let optional = |pointer: &Option<String>| match pointer {
            Some(pointer) => self.field(pointer, Kind::Integer).map(|(path, _)| Some(path)),
            None => Some(None),
        };
        let (items, list) = self.field(&written.items, Kind::List)?;
        Some(Pagination {
            page: setter.map_or_else(|| written.page.clone(), |setter| setter.name.clone()),
            page_is_deprecated: setter.is_some_and(|setter| setter.deprecated),
            page_type: self.type_name.to_owned(),
            item: list.items.as_deref().map_or_else(|| type_use(&Schema::default()), type_use),
            items,
            total_pages: self.field(&written.total_pages, Kind::Integer)?.0,
            total: optional(&written.total)?,
            current_page: optional(&written.current_page)?,
        })
    }

    /// Returns the field of this type that a JSON pointer leads to, if every field on its way is always there.
    fn field(&self, pointer: &str, kind: Kind) -> Option<(FieldPath, &'d Schema)> {
        let (mut schema, mut names) = (self.schema, Vec::new());
        for wire_name in pointer.split('/').skip(1) {
            let object = self.draft.resolved(schema);
            let property = |(name, schema): &(&String, &Schema)| {
                schema.wire_name.as_deref().unwrap_or(name) == wire_name
                    && object.requires(name)
                    && !schema.place.nullable
            };
            let (name, next) = object.properties.iter().flatten().find(property)?;
            names.push(name.clone());
            schema = next;
        }
        let schema = self.draft.resolved(schema);
        (schema.kind == Some(kind)).then_some((FieldPath(names), schema))
    }
}
