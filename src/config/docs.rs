//! The documentation of the configuration, from its types: a JSON schema and a table.

use serde_json::Value;

use super::file::ConfigFile;

/// The JSON schema of the file, draft 2020-12, for editors.
#[must_use]
pub fn config_schema() -> String {
    // A schema always serializes.
    let text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    format!("{text}\n")
}

fn schema() -> Value {
    schemars::schema_for!(ConfigFile).to_value()
}

/// The table of the README: every key with its type and what it is for, those of inner tables below it.
#[must_use]
pub fn config_table() -> String {
    let schema = schema();
    let mut res = "| key | type | what it is |\n|---|---|---|\n".to_owned();
    rows(&schema, &schema, "", &mut res);
    res
}

fn rows(schema: &Value, table: &Value, prefix: &str, acc: &mut String) {
    let Some(properties) = table.get("properties").and_then(Value::as_object) else { return };
    for (key, property) in properties {
        let about = property.get("description").and_then(Value::as_str).unwrap_or_default();
        acc.push_str(&format!("| `{prefix}{key}` | {} | {about} |\n", type_of(schema, property)));
        if let Some(inner) = property.get("items").and_then(|it| resolved(schema, it)) {
            rows(schema, inner, &format!("{prefix}{key}."), acc);
        }
    }
}

/// A schema, or the definition that it names.
fn resolved<'s>(schema: &'s Value, value: &'s Value) -> Option<&'s Value> {
    match value.get("$ref").and_then(Value::as_str) {
        Some(path) => schema.pointer(path.trim_start_matches('#')),
        None => Some(value),
    }
}

/// A type for people.
fn type_of(schema: &Value, property: &Value) -> String {
    let names: Vec<String> = variants(property);
    if !names.is_empty() {
        return names.iter().map(|it| format!("`\"{it}\"`")).collect::<Vec<_>>().join(", ");
    }
    let is = |name: &str| {
        let own = property.get("type");
        own.and_then(Value::as_str) == Some(name)
            || own.and_then(Value::as_array).is_some_and(|it| it.iter().any(|it| it.as_str() == Some(name)))
    };
    if is("array") {
        let items = property.get("items").and_then(|it| resolved(schema, it));
        return match items.is_some_and(|it| it.get("properties").is_some()) {
            true => "tables".to_owned(),
            false => "list of strings".to_owned(),
        };
    }
    let known = [("object", "table"), ("boolean", "boolean"), ("integer", "number"), ("string", "string")];
    known.into_iter().find(|it| is(it.0)).map_or_else(String::new, |it| it.1.to_owned())
}

/// The texts that an enumeration may be.
fn variants(property: &Value) -> Vec<String> {
    let texts = |it: &Value| -> Vec<String> {
        let listed = it.get("enum").and_then(Value::as_array).into_iter().flatten();
        listed.chain(it.get("const")).filter_map(|it| it.as_str().map(str::to_owned)).collect()
    };
    let choices = ["anyOf", "oneOf"].into_iter().filter_map(|it| property.get(it).and_then(Value::as_array)).flatten();
    texts(property).into_iter().chain(choices.flat_map(|it| [texts(it), variants(it)].concat())).fold(
        Vec::new(),
        |mut all, it| {
            if !all.contains(&it) {
                all.push(it);
            }
            all
        },
    )
}
