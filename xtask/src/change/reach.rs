//! The operations that each type reaches, and the direction in which its values travel.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::Direction;
use super::values::named;
use crate::model::{Api, Operation, Types};

/// The operations that use each type, by the name of the type.
#[derive(Debug, Default)]
pub struct Reach(BTreeMap<String, BTreeSet<(String, Direction)>>);

impl Reach {
    /// Returns the operations that use the types of an API.
    pub fn of(api: &Api) -> Self {
        let mut reach = Self::default();
        for operation in &api.operations {
            for (direction, names) in roots(operation) {
                reach.add(&api.types, &operation.name, direction, names);
            }
        }
        reach
    }

    /// Adds an operation to these types and all types in them.
    fn add(&mut self, types: &Types, operation: &str, direction: Direction, mut open: Vec<String>) {
        while let Some(name) = open.pop() {
            let is_new = self.0.entry(name.clone()).or_default().insert((operation.to_owned(), direction));
            if is_new && let Some(of) = types.get(&name) {
                open.extend(named(of).map(str::to_owned));
            }
        }
    }

    /// Returns the names of the operations that use a type.
    pub fn operations(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.get(name).into_iter().flatten().map(|(operation, _)| operation.as_str())
    }

    /// Returns the directions in which the values of a type travel.
    pub fn directions(&self, name: &str) -> BTreeSet<Direction> {
        self.0.get(name).into_iter().flatten().map(|(_, direction)| *direction).collect()
    }
}

/// Returns the types that an operation names itself.
fn roots(operation: &Operation) -> [(Direction, Vec<String>); 2] {
    let of_parameters = operation.parameters.iter().flat_map(|parameter| super::values::names(&parameter.of.form));
    let of_body = operation.body.iter().map(|body| body.type_name.as_str());
    let of_answers = operation.answers().filter_map(|answer| answer.body.type_name().map(str::to_owned));
    [
        (Direction::Request, of_parameters.chain(of_body).map(str::to_owned).collect()),
        (Direction::Answer, of_answers.collect()),
    ]
}
