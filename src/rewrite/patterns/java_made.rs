//! Java: the object that the old reply was parsed into, made of the new reply.

use crate::facts::Value;
use crate::flow::{decoded_class, parser};
use crate::link::{Expr, Project};

use super::super::change::Declined;
use super::super::site::Site;
use super::super::style::indentation_at;

/// An object of the class that the code expects.
pub(super) struct Made {
    /// What it takes the place of.
    pub(super) replaced: Expr,
    /// The expression.
    pub(super) text: String,
    /// What stands in it as it was.
    pub(super) kept: Vec<Expr>,
    /// Statements that come before, with tabs for steps.
    pub(super) before: String,
    /// The classes that it names.
    pub(super) imports: Vec<String>,
}

/// The fields of a reply that the new one has too.
struct Fields<'n> {
    name: &'n str,
    lifetime: &'n str,
    /// The name of a map that statements fill, where Java has no expression for one.
    filled: Option<String>,
}

impl Fields<'_> {
    /// The expression of a field of the old reply.
    fn value(&self, key: &str) -> Option<String> {
        match key {
            "access_token" => Some(format!("{}.getTokenValue()", self.name)),
            "token_type" => Some("\"bearer\"".to_owned()),
            "expires_in" => Some(self.lifetime.to_owned()),
            _ => None,
        }
    }

    /// A map of these fields, a line each.
    fn map(&self, keys: &[&str]) -> String {
        if let Some(filled) = &self.filled {
            return filled.clone();
        }
        let entry = |key: &&str| Some(format!("\n\t\t\"{key}\", {}", self.value(key)?));
        format!("Map.of({})", keys.iter().filter_map(entry).collect::<Vec<_>>().join(","))
    }
}

/// The first Java with `Map.of`.
const MAP_OF: u32 = 9;

const FIELDS: &[&str] = &["access_token", "token_type", "expires_in"];

/// Makes what `body` was, of the token `name` and its lifetime in milliseconds.
pub(super) fn made(site: &Site<'_>, body: Expr, name: &str, lifetime: &str, level: u32) -> Result<Made, Declined> {
    let project = site.project;
    let body = project.bare(body);
    let filled = (level < MAP_OF).then(|| site.free_name(&["fields", "replyFields"]));
    let fields = Fields { name, lifetime, filled };
    let (replaced, text, kept, mut imports) = match parse_call(project, body) {
        Some((replaced, call)) => parsed(project, replaced, call, &fields)?,
        None => (body, decoded(site, body, &fields)?, Vec::new(), Vec::new()),
    };
    let mut before = String::new();
    if let Some(map) = fields.filled.as_ref().filter(|it| text.contains(it.as_str())) {
        before = format!("Map<String, Object> {map} = new HashMap<>();\n");
        for key in FIELDS {
            let value = fields.value(key).unwrap_or_default();
            before.push_str(&format!("{map}.put(\"{key}\", {value});\n"));
        }
        imports.extend(["java.util.HashMap", "java.util.Map"].map(str::to_owned));
    }
    let named = [
        ("Duration.", "java.time.Duration"),
        ("Map.of(", "java.util.Map"),
        ("new ObjectMapper(", "com.fasterxml.jackson.databind.ObjectMapper"),
    ];
    imports.extend(named.iter().filter(|it| text.contains(it.0) || before.contains(it.0)).map(|it| it.1.to_owned()));
    let start = project.node(replaced).span.start;
    let base = indentation_at(site.file().text(), start);
    Ok(Made { replaced, text: site.style.laid_out(base, &text), kept, before, imports })
}

fn whole() -> Declined {
    Declined::because("the reply is used as a whole, and nothing known makes the same object")
}

/// The call that parses a reply, and what the new object takes the place of: the call, or the request around the function
/// in which it stands.
fn parse_call(project: &Project, body: Expr) -> Option<(Expr, Expr)> {
    let span = project.node(body).span;
    let mut inside =
        project.exprs(body.file).filter(|it| span.contains(project.node(*it).span) && parser(project, *it).is_some());
    let call = inside.next()?;
    match project.function(call) == project.function(body) {
        true => Some((call, call)),
        false => Some((body, call)),
    }
}

type Parts = (Expr, String, Vec<Expr>, Vec<String>);

/// Made by what parsed it.
fn parsed(project: &Project, replaced: Expr, call: Expr, fields: &Fields<'_>) -> Result<Parts, Declined> {
    let row = parser(project, call).ok_or_else(whole)?;
    let template = row.made.as_ref().ok_or_else(whole)?;
    let Value::Call { callee, arguments, .. } = project.value(call) else { return Err(whole()) };
    let object = match project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { object, .. } => Some(Expr { file: call.file, id: *object }),
        _ => None,
    };
    let second = arguments.get(1).map(|it| Expr { file: call.file, id: it.value });
    let source = |it: Option<Expr>| it.map(|it| project.source(it)).unwrap_or_default();
    let text = template
        .replace("{object}", source(object))
        .replace("{1}", source(second))
        .replace("{map}", &fields.map(FIELDS));
    let kept = [("{object}", object), ("{1}", second)];
    let kept = kept.into_iter().filter(|it| template.contains(it.0)).filter_map(|it| it.1).collect();
    Ok((replaced, text, kept, row.imports.clone()))
}

/// Made as the client decoded it.
fn decoded(site: &Site<'_>, body: Expr, fields: &Fields<'_>) -> Result<String, Declined> {
    let project = site.project;
    let class = decoded_class(project, body).ok_or_else(whole)?;
    if class == "Map" || class.starts_with("Map<") {
        return Ok(fields.map(FIELDS));
    }
    if class == "JSONObject" {
        return Ok(format!("new JSONObject({})", fields.map(FIELDS)));
    }
    if class == "JsonNode" {
        return Ok(format!("new ObjectMapper().valueToTree({})", fields.map(FIELDS)));
    }
    let (declaration, is_record) = declared(project, class).ok_or_else(whole)?;
    if is_record && let Some(arguments) = components(declaration, fields) {
        return Ok(format!("new {class}({arguments})"));
    }
    let bound_by_jackson = declaration.contains("JsonProperty") || declaration.contains("\"access_token\"");
    let keys: Vec<&str> = FIELDS.iter().copied().filter(|it| declaration.contains(&format!("\"{it}\""))).collect();
    match bound_by_jackson && !keys.is_empty() && has_jackson(site) {
        true => Ok(format!("new ObjectMapper().convertValue({}, {class}.class)", fields.map(&keys))),
        false => Err(whole()),
    }
}

/// The text of a class of the project, and whether it is a record.
fn declared<'p>(project: &'p Project, class: &str) -> Option<(&'p str, bool)> {
    let bare = class.rsplit('.').next().unwrap_or(class);
    project.files().find_map(|(_, data)| {
        let found = data.facts.classes.iter().find(|(_, it)| it.name.as_deref() == Some(bare))?;
        let text = found.1.span.of(data.text());
        Some((text, text.split('(').next().is_some_and(|head| head.split_whitespace().any(|it| it == "record"))))
    })
}

/// The arguments that make a record, where each of its components is a field of the reply.
fn components(declaration: &str, fields: &Fields<'_>) -> Option<String> {
    let open = declaration.find("record ").and_then(|at| Some(at + declaration.get(at..)?.find('(')?))?;
    let mut depth = 0_i32;
    let mut parts = vec![String::new()];
    for character in declaration.get(open..)?.chars() {
        match character {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            ',' if depth == 1 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        parts.last_mut()?.push(character);
    }
    let value = |part: &String| {
        let name = part.split_whitespace().last()?;
        let named = part.split('"').nth(1).map_or_else(|| snake(name), str::to_owned);
        let value = fields.value(&named)?;
        let narrow = named == "expires_in" && part.split_whitespace().any(|it| matches!(it, "int" | "Integer"));
        Some(if narrow { format!("(int) {value}") } else { value })
    };
    Some(parts.iter().map(value).collect::<Option<Vec<_>>>()?.join(", "))
}

fn snake(name: &str) -> String {
    let mut res = String::new();
    for character in name.chars() {
        if character.is_uppercase() {
            res.push('_');
        }
        res.extend(character.to_lowercase());
    }
    res
}

/// Whether the program has Jackson, which Spring's web clients bring along.
fn has_jackson(site: &Site<'_>) -> bool {
    let manifests = site.project.manifests_of(site.file().path(), "java");
    let mut all = manifests.iter().flat_map(|it| &it.manifest.dependencies);
    all.any(|it| ["com.fasterxml.jackson", "spring-boot-starter", "jackson"].iter().any(|part| it.name.contains(part)))
}
