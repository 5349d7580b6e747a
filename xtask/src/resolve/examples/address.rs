//! The address of a schema in a draft, which stays valid while other schemas change.

use crate::resolve::draft::{Content, Draft};
use crate::resolve::schema::{Additional, Schema};

/// The address of a schema in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The part of the draft that has the outermost schema.
    holder: Holder,
    /// The steps from there to the schema.
    steps: Vec<Step>,
}

/// A part of a draft that has a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The component of this name.
    Component(String),
    /// A parameter, by the indices of its operation and its own.
    Parameter(usize, usize),
    /// The body of a request, by the index of its operation.
    Body(usize),
    /// A response, by the indices of its operation and its own.
    Response(usize, usize),
    /// A payload, by its index.
    Payload(usize),
}

/// A step from a schema to one directly inside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the property of this name.
    Property(String),
    /// To the items.
    Items,
    /// To the properties that are not described.
    Extra,
    /// To the alternative with this index.
    Alternative(usize),
}

/// The role of the schema at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A component.
    Component,
    /// The whole schema of a parameter, a request, a response or a payload.
    Body,
    /// A property.
    Property,
    /// An item, a value of a map, or an alternative.
    Inner,
}

impl Address {
    /// The address of the outermost schema of a holder.
    #[must_use]
    pub fn of(holder: Holder) -> Self {
        Self { holder, steps: Vec::new() }
    }

    /// The address of a component.
    #[must_use]
    pub fn of_component(name: &str) -> Self {
        Self::of(Holder::Component(name.to_owned()))
    }

    /// Returns the part of the draft that has the outermost schema.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Returns the steps from the outermost schema to the one here.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the address one step further.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut longer = self.clone();
        longer.steps.push(step);
        longer
    }

    /// Returns the address of a property of the object here.
    #[must_use]
    pub fn property(&self, name: &str) -> Self {
        self.step(Step::Property(name.to_owned()))
    }

    /// Returns the object and the name of the property here, if it is one.
    #[must_use]
    pub fn as_property(&self) -> Option<(Self, &str)> {
        match self.steps.split_last() {
            Some((Step::Property(name), above)) => {
                Some((Self { holder: self.holder.clone(), steps: above.to_vec() }, name))
            }
            _ => None,
        }
    }

    /// Returns the name of the component that this is the address of.
    #[must_use]
    pub fn as_component(&self) -> Option<&str> {
        match &self.holder {
            Holder::Component(name) if self.steps.is_empty() => Some(name),
            _ => None,
        }
    }

    /// Returns the role of the schema here.
    #[must_use]
    pub fn role(&self) -> Role {
        match (self.steps.last(), &self.holder) {
            (None, Holder::Component(_)) => Role::Component,
            (None, _) => Role::Body,
            (Some(Step::Property(_)), _) => Role::Property,
            (Some(_), _) => Role::Inner,
        }
    }

    /// Returns the schema here; none if a change of the draft removed it.
    #[must_use]
    pub fn get<'d>(&self, draft: &'d Draft) -> Option<&'d Schema> {
        self.steps.iter().try_fold(self.holder.get(draft)?, |schema, step| step.get(schema))
    }

    /// Returns the schema here, to be changed.
    pub fn get_mut<'d>(&self, draft: &'d mut Draft) -> Option<&'d mut Schema> {
        self.steps.iter().try_fold(self.holder.get_mut(draft)?, |schema, step| step.get_mut(schema))
    }
}

impl Holder {
    fn get<'d>(&self, draft: &'d Draft) -> Option<&'d Schema> {
        match self {
            Self::Component(name) => draft.components.get(name),
            Self::Parameter(operation, index) => {
                draft.operations.get(*operation)?.parameters.get(*index).map(|parameter| &parameter.schema)
            }
            Self::Body(operation) => draft.operations.get(*operation)?.body.as_ref().map(|body| &body.schema),
            Self::Response(operation, index) => {
                draft.operations.get(*operation)?.responses.get(*index)?.content.schema()
            }
            Self::Payload(index) => draft.payloads.get(*index).map(|payload| &payload.schema),
        }
    }

    fn get_mut<'d>(&self, draft: &'d mut Draft) -> Option<&'d mut Schema> {
        match self {
            Self::Component(name) => draft.components.get_mut(name),
            Self::Parameter(operation, index) => {
                let parameters = &mut draft.operations.get_mut(*operation)?.parameters;
                parameters.get_mut(*index).map(|parameter| &mut parameter.schema)
            }
            Self::Body(operation) => draft.operations.get_mut(*operation)?.body.as_mut().map(|body| &mut body.schema),
            Self::Response(operation, index) => {
                match &mut draft.operations.get_mut(*operation)?.responses.get_mut(*index)?.content {
                    Content::Json { schema, .. } => Some(schema),
                    _ => None,
                }
            }
            Self::Payload(index) => draft.payloads.get_mut(*index).map(|payload| &mut payload.schema),
        }
    }
}

impl Step {
    fn get<'s>(&self, schema: &'s Schema) -> Option<&'s Schema> {
        match self {
            Self::Property(name) => schema.property(name),
            Self::Items => schema.items.as_deref(),
            Self::Extra => schema.extra(),
            Self::Alternative(index) => schema.one_of.as_ref()?.get(*index),
        }
    }

    fn get_mut<'s>(&self, schema: &'s mut Schema) -> Option<&'s mut Schema> {
        match self {
            Self::Property(name) => schema.properties.as_mut()?.get_mut(name),
            Self::Items => schema.items.as_deref_mut(),
            Self::Extra => match &mut schema.additional {
                Some(Additional::Schema(extra)) => Some(extra),
                _ => None,
            },
            Self::Alternative(index) => schema.one_of.as_mut()?.get_mut(*index),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::draft;
    use super::*;
    use crate::resolve::schema::Kind;

    #[test]
    fn an_address_leads_to_one_schema_to_read_and_to_change() {
        let mut draft = draft(&json!({"A": {"type": "object", "properties": {"b": {"oneOf": [
            {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string"}}},
        ]}}}}));
        let property = Address::of_component("A").property("b");
        let address = property.step(Step::Alternative(0)).step(Step::Items).step(Step::Extra);
        assert_eq!(address.get(&draft).and_then(|schema| schema.kind), Some(Kind::Text));
        address.get_mut(&mut draft).unwrap().kind = Some(Kind::Integer);
        assert_eq!(address.get(&draft).and_then(|schema| schema.kind), Some(Kind::Integer));
        assert_eq!(property.as_property(), Some((Address::of_component("A"), "b")));
        assert!(property.step(Step::Items).get(&draft).is_none());
    }
}
