//! What an action has given, held against the type that its face says.

use serde_json::Value as Json;

use super::coerce::shown;
use super::{Plain, Type};

impl Type {
    /// Takes an action's result as one of this type. Unlike with [`Type::coerce`], a text is a text:
    /// an action gives numbers as numbers. Fields that a record does not name are left out, and what
    /// the rest of the mission was checked with, such as a choice, holds.
    ///
    /// # Errors
    /// Why the value is none of this type, as a clause.
    pub fn given(&self, value: Json) -> Result<Json, String> {
        match (self, value) {
            (Type::Any, value) => Ok(value),
            (Type::None | Type::Optional(_), Json::Null) => Ok(Json::Null),
            (Type::Optional(inner) | Type::Untrusted(inner), value) => inner.given(value),
            // What only actions make may hold more than its face says.
            (Type::Named(_, inner), Json::Object(entries)) if self.is_sealed() => {
                let mut all = entries.clone();
                if let Json::Object(known) = inner.given(Json::Object(entries))? {
                    all.extend(known);
                }
                Ok(Json::Object(all))
            }
            (Type::Named(_, inner), value) => inner.given(value),
            (Type::Plain(plain), value) if plain.holds(&value) => Ok(value),
            (Type::Choice(choices), Json::String(text)) if choices.contains(&text) => {
                Ok(Json::String(text))
            }
            (Type::List(item), Json::Array(items)) => {
                let items = items.into_iter().enumerate().map(|(at, value)| {
                    let value = item.given(value);
                    value.map_err(|why| format!("in `[{at}]`, {why}"))
                });
                items.collect::<Result<_, _>>().map(Json::Array)
            }
            (Type::Map(inner), Json::Object(entries)) => {
                let entries = entries.into_iter().map(|(name, value)| {
                    let value = inner.given(value);
                    let value = value.map_err(|why| format!("in `{name}`, {why}"))?;
                    Ok((name, value))
                });
                entries.collect::<Result<_, String>>().map(Json::Object)
            }
            (Type::Record(fields), Json::Object(mut entries)) => {
                let fields = fields.iter().map(|(name, ty)| {
                    let value = ty.given(entries.remove(name).unwrap_or(Json::Null));
                    let value = value.map_err(|why| format!("in `{name}`, {why}"))?;
                    Ok((name.clone(), value))
                });
                fields.collect::<Result<_, String>>().map(Json::Object)
            }
            (wanted, value) => Err(format!("it must be `{wanted}`, and is {}", shown(&value))),
        }
    }
}

impl Plain {
    /// Whether a value has this type's own form.
    fn holds(self, value: &Json) -> bool {
        match self {
            Plain::Bool => value.is_boolean(),
            Plain::Int => value.is_i64() || value.is_u64(),
            Plain::Float => value.is_number(),
            Plain::Duration | Plain::Money | Plain::Size => value.is_u64(),
            Plain::Verifier => value.is_object(),
            Plain::Command
            | Plain::File
            | Plain::Glob
            | Plain::Issue
            | Plain::Path
            | Plain::Script
            | Plain::Secret
            | Plain::String
            | Plain::Tree
            | Plain::Url => value.is_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::{INT, STRING};

    fn review() -> Type {
        let choice = Type::Choice(vec!["accept".to_owned(), "reject".to_owned()]);
        Type::Record(vec![
            ("verdict".to_owned(), choice),
            ("notes".to_owned(), Type::List(Box::new(STRING))),
            ("count".to_owned(), INT.optional()),
        ])
        .untrusted()
    }

    #[test]
    fn a_result_is_one_of_its_type() {
        let whole = json!({ "verdict": "accept", "notes": ["a"], "count": 1 });
        assert_eq!(review().given(whole.clone()), Ok(whole));
        let fewer = json!({ "verdict": "reject", "notes": [], "more": "x" });
        let taken = json!({ "verdict": "reject", "notes": [], "count": null });
        assert_eq!(review().given(fewer), Ok(taken));
    }

    #[test]
    fn what_is_none_of_it_is_told() {
        let told = [
            json!({ "verdict": "maybe", "notes": [] }),
            json!({ "notes": [] }),
            json!({ "verdict": "accept", "notes": ["a", 2] }),
            json!({ "verdict": "accept", "notes": [], "count": "3" }),
            json!("accept"),
        ];
        let told = told.map(|value| review().given(value).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @r#"
        in `verdict`, it must be `"accept" or "reject"`, and is the text `maybe`
        in `verdict`, it must be `"accept" or "reject"`, and is absent
        in `notes`, in `[1]`, it must be `string`, and is `2`
        in `count`, it must be `int`, and is the text `3`
        it must be `{ verdict: "accept" or "reject", notes: [string], count: int? }`, and is the text `accept`
        "#);
    }
}
