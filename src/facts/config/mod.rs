//! Configuration files as documents: one reader per format.
//!
//! A file whose own format is broken, as templates often are, is read by its lines.

mod blocks;
mod lines;
mod toml;
mod xml;
mod yaml;

use crate::lang::{ConfigFormat, Language};
use crate::text::Span;

use super::document::{Document, facts_of};
use super::model::FileFacts;

/// The facts of a configuration file whose format is broken, by its lines.
pub(super) fn by_lines(language: &'static Language, text: &str) -> FileFacts {
    let mut facts = facts_of(language, text, lines::colons(text), Vec::new());
    facts.errors.push(Span::new(0, 0));
    facts
}

/// The facts of a configuration file.
pub(super) fn config(language: &'static Language, format: ConfigFormat, text: &str) -> FileFacts {
    let document = match format {
        ConfigFormat::Yaml => yaml::document(text).unwrap_or_else(|| lines::colons(text)),
        ConfigFormat::Toml => toml::document(text).unwrap_or_else(|| lines::sections(text)),
        ConfigFormat::Properties => lines::pairs(text),
        ConfigFormat::Environment => lines::assignments(text),
        ConfigFormat::Terraform | ConfigFormat::Hjson => blocks::document(text),
        ConfigFormat::Ini if text.trim_start().starts_with('<') => xml::document(text),
        ConfigFormat::Ini => lines::sections(text),
        ConfigFormat::Xml => xml::document(text),
        ConfigFormat::Dockerfile => lines::instructions(text),
        ConfigFormat::Prose | ConfigFormat::Key => Document::Record(Vec::new(), Span::new(0, 0)),
    };
    let prose = matches!(format, ConfigFormat::Prose | ConfigFormat::Key);
    let is_xml = !prose && (format == ConfigFormat::Xml || text.trim_start().starts_with('<'));
    let comments = match format {
        ConfigFormat::Prose => prose_comments(text),
        ConfigFormat::Key => Vec::new(),
        _ if is_xml => xml::comments(text),
        _ => lines::comments(text),
    };
    let unread = is_xml && matches!(&document, Document::Record(entries, _) if entries.is_empty());
    match unread && !text.trim().is_empty() {
        true => by_lines(language, text),
        false => facts_of(language, text, document, comments),
    }
}

/// What a reader of a document does not see: comments of Markdown, reStructuredText and AsciiDoc.
fn prose_comments(text: &str) -> Vec<Span> {
    let mut res = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|it| it.find("<!--")).map(|it| from + it) {
        let end = text.get(start..).and_then(|it| it.find("-->")).map_or(text.len(), |it| start + it + 3);
        res.push(Span::new(start, end));
        from = end;
    }
    let lines = lines::lines(text).filter(|(_, line)| line.starts_with(".. ") || line.starts_with("// "));
    res.extend(lines.map(|(start, line)| Span::new(start, start + line.len())));
    res.sort();
    res
}

#[cfg(test)]
mod tests {
    use crate::facts::{EntryKey, FileFacts, Value, ValueId};
    use crate::lang::{Syntax, language_of};

    fn flat(facts: &FileFacts, value: ValueId, prefix: &str, acc: &mut Vec<String>) {
        match &facts.values[value].value {
            Value::Record(entries) => {
                for entry in entries {
                    let EntryKey::Known { name, .. } = &entry.key else { continue };
                    flat(facts, entry.value, &format!("{prefix}{name}."), acc);
                }
            }
            Value::List(items) => items.iter().for_each(|it| flat(facts, *it, &format!("{prefix}-."), acc)),
            _ => {
                let text = facts.literal_text(value).unwrap_or_default();
                acc.push(format!("{}={text}", prefix.trim_end_matches('.')));
            }
        }
    }

    #[track_caller]
    fn check(name: &str, text: &str, expected: &[&str]) {
        let language = language_of(name).unwrap();
        let Syntax::Config(format) = language.syntax else { panic!("{name}") };
        let facts = super::config(language, format, text);
        let mut found = Vec::new();
        flat(&facts, facts.exports[0].value.unwrap(), "", &mut found);
        assert_eq!(found, expected);
        // Every text stands where it says, unless quotes or escapes were resolved.
        for (id, node) in facts.values.iter() {
            if let (Value::Text(_), Some(text_of)) = (&node.value, facts.literal_text(id)) {
                assert!(text.get(node.span.range()).is_some(), "{name}: {text_of} has no place");
            }
        }
    }

    #[test]
    fn prose_that_begins_with_a_comment_is_no_broken_markup() {
        let language = language_of("README.md").unwrap();
        let facts = super::config(language, crate::lang::ConfigFormat::Prose, "<!-- about -->\n# Title\n");
        assert!(facts.errors.is_empty());
    }

    #[test]
    fn formats_are_read() {
        check("a.yml", "a:\n  b: ö x # no\n  c: [1, \"2\"]\n", &["a.b=ö x", "a.c.-=1", "a.c.-=2"]);
        check("a.yml", "{{- if .Values.x }}\na: {{ .Values.x }}\nb: y\n{{- end }}\n", &["a={{ .Values.x }}", "b=y"]);
        check("a.toml", "[a]\nb = 'x'\nc = ['y']\n", &["a.b=x", "a.c.-=y"]);
        check("a.properties", "# no\na.b = x\nc: y \\\n  z\n", &["a.b=x", "c=y z"]);
        check(".env", "export A=\"x\"\n#B=y\nC=z\n", &["A=x", "C=z"]);
        check("a.ini", "[s]\nk = v ; w\n; no\n[t]\nk: u\n", &["s.k=v ; w", "t.k=u"]);
        check("a.xml", "<a b='x'><!-- no --><c>y</c></a>", &["a.b=x", "a.c=y"]);
        check("a.tf", "x \"v\" {\n  a = \"y\"\n  b = [\n    \"z\",\n  ]\n}\n", &["v.a=y", "v.b.-=z"]);
        check(".aio", "{\n  a: {\n    b: c d\n  }\n}\n", &["a.b=c d"]);
        check(".aio", "{ \"a\": { \"b\": \"c\" } }\n", &["a.b=c"]);
        check("Dockerfile", "FROM x\nENV A=x B=\"y\"\nENV C z\nARG D=w\n", &["A=x", "B=y", "C=z", "D=w"]);
        check("Dockerfile", "ENV A=x \\\n  B=y\nRUN c=d\n", &["A=x", "B=y"]);
        check("a.md", "# x\n", &[]);
    }
}
