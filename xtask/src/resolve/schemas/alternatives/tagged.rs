//! Settles the choices in which the value of a property, the tag, decides the alternative.

use std::collections::BTreeSet;

use super::super::recognition::texts;
use super::super::tags::{self, Candidate};
use super::Settler;
use crate::resolve::names::type_name;
use crate::resolve::schema::{Kind, Schema, Tags};

impl Settler<'_> {
    /// Returns the tag of a choice and its alternatives. There is none unless all alternatives are objects, and each has
    /// tags of its own.
    pub(super) fn tagged(
        &mut self,
        name: &str,
        schema: &Schema,
        alternatives: &[Schema],
    ) -> Option<(String, Vec<Schema>)> {
        let alternatives = distinct_by_tags(alternatives);
        if alternatives.len() < 2 {
            return None;
        }
        let tag = match &schema.discriminator {
            Some(discriminator) => discriminator.property.clone(),
            None => self.common_tag(schema, &alternatives)?,
        };
        let candidates: Option<Vec<_>> = alternatives.iter().map(|one| self.candidate(one, &tag)).collect();
        let texts = tags::settle(&candidates?)?;
        let mut tagged = Vec::new();
        for (mut alternative, texts) in alternatives.into_iter().zip(texts) {
            self.add_shared_properties(name, schema, &mut alternative);
            tagged.extend(self.by_tags(&alternative, &tag, texts));
        }
        Some((tag, tagged))
    }

    /// Returns what is known of the tags of an alternative that is an object.
    fn candidate(&self, alternative: &Schema, tag: &str) -> Option<Candidate> {
        alternative.reference.as_ref()?;
        let object = self.resolved(alternative);
        let is_object = object.is_struct() || object.kind == Some(Kind::Object);
        let is_choice = object.tag.is_some();
        let listed = if object.tag.as_deref() == Some(tag) {
            let of_alternatives = object.one_of.iter().flatten().flat_map(|other| &other.place.tags.texts);
            Some(of_alternatives.cloned().collect())
        } else {
            let property = object.property(tag).map(|property| self.resolved(property));
            property.and_then(|property| texts(property.values.as_ref()?))
        };
        let is_candidate = is_choice || (is_object && object.one_of.is_none() && object.rust_type.is_none());
        is_candidate.then(|| Candidate { tags: alternative.place.tags.clone(), listed })
    }

    /// Returns an alternative with its tags. One whose type does not hold the tag is one for each tag, so that the tag is
    /// not lost.
    fn by_tags(&self, alternative: &Schema, tag: &str, texts: Vec<String>) -> Vec<Schema> {
        let holds_tag = self.holds_tag(alternative, tag);
        let groups = if holds_tag { vec![texts] } else { texts.into_iter().map(|text| vec![text]).collect() };
        let with_tags = |texts| {
            let mut alternative = alternative.clone();
            alternative.place.tags = Tags { texts, name: None };
            alternative
        };
        groups.into_iter().map(with_tags).collect()
    }

    /// Returns whether the type of an alternative has the tag as a property.
    fn holds_tag(&self, alternative: &Schema, tag: &str) -> bool {
        let object = self.resolved(alternative);
        object.tag.is_some() || object.property(tag).is_some()
    }

    /// Returns the property that all alternatives require, each with one text of its own.
    fn common_tag(&self, schema: &Schema, alternatives: &[Schema]) -> Option<String> {
        let objects = alternatives.iter().map(|one| self.object(one)).collect::<Option<Vec<_>>>()?;
        if schema.is_struct() || objects.len() < 2 {
            return None;
        }
        let only_text = |object: &Schema, name: &str| {
            let property = object.property(name).filter(|_| object.requires(name))?;
            let listed = texts(self.resolved(property).values.as_ref()?)?;
            let mut listed = listed.into_iter();
            listed.next().filter(|_| listed.next().is_none())
        };
        let is_tag = |name: &&String| {
            let found: Option<BTreeSet<String>> = objects.iter().map(|object| only_text(object, name)).collect();
            found.is_some_and(|found| found.len() == objects.len())
        };
        objects.first()?.required.iter().flatten().find(is_tag).cloned()
    }

    /// Lets an alternative refer to an object that also has the properties beside the alternatives.
    fn add_shared_properties(&mut self, name: &str, schema: &Schema, alternative: &mut Schema) {
        let object = self.resolved(alternative);
        let shared = || schema.properties.iter().flatten();
        if object.tag.is_some() || shared().all(|(name, _)| object.property(name).is_some()) {
            return;
        }
        let mut object = object.clone();
        let properties = object.properties.get_or_insert_default();
        for (name, property) in shared() {
            properties.entry(name.clone()).or_insert_with(|| property.clone());
        }
        let required = object.required.get_or_insert_default();
        for name in schema.required.iter().flatten().filter(|name| schema.property(name).is_some()) {
            if !required.contains(name) {
                required.push(name.clone());
            }
        }
        let of = alternative.reference.as_deref().unwrap_or_default();
        let name = self.names.unique(&type_name(&format!("{name}_{of}")));
        self.added.insert(name.clone(), object);
        alternative.reference = Some(name);
    }
}

/// Returns each alternative once, where one with other tags is another one.
fn distinct_by_tags(alternatives: &[Schema]) -> Vec<Schema> {
    let mut kept: Vec<Schema> = Vec::with_capacity(alternatives.len());
    for alternative in alternatives {
        let is_same =
            |other: &Schema| alternative.reference == other.reference && alternative.place.tags == other.place.tags;
        if !kept.iter().any(is_same) {
            kept.push(alternative.clone());
        }
    }
    kept
}
