//! A call of an operation for documentation.

use crate::model::{Operation, Parameter};

/// Returns a call of the operation. Returns none if a required value has no example, or if the call is deprecated.
pub fn example(operation: &Operation) -> Option<String> {
    if operation.deprecated || operation.body.as_ref().is_some_and(|body| body.required) {
        return None;
    }
    let mut call = format!("client.{}()", operation.name);
    for parameter in operation.parameters.iter().filter(|parameter| is_needed(parameter)) {
        call += &format!(".{}({})", parameter.name, parameter.example.as_ref().filter(|_| !parameter.deprecated)?);
    }
    Some(call)
}

/// Returns whether a request needs a value from the caller.
fn is_needed(parameter: &Parameter) -> bool {
    parameter.required && parameter.constant.is_none()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{operation, parameter};
    use super::*;
    use crate::model::{Constant, Form, TypeUse};

    #[test]
    fn a_call_has_the_examples_of_the_required_values() {
        let mut operation = operation("list");
        assert_eq!(example(&operation).as_deref(), Some("client.list()"));
        let mut id = parameter("id", TypeUse::of(Form::Integer));
        id.required = true;
        operation.parameters.push(id);
        assert_eq!(example(&operation), None);
        operation.parameters[0].example = Some("5".to_owned());
        assert_eq!(example(&operation).as_deref(), Some("client.list().id(5)"));
        operation.parameters[0].deprecated = true;
        assert_eq!(example(&operation), None);
        operation.parameters[0].constant = Some(Constant::Integer(5));
        assert_eq!(example(&operation).as_deref(), Some("client.list()"));
    }
}
