//! Configuration of JWT credentials: blocks of settings with a mark that nothing else has.

use std::collections::{BTreeSet, HashMap};

use crate::facts::{EntryKey, Piece, Value};
use crate::knowledge::{Mark, MarkPair, Pattern};
use crate::link::{Expr, Project};
use crate::text::{FileId, Location, Span};

use super::Flow;

/// A block of configuration that is a JWT credential's.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The first mark in it.
    pub at: Location,
    /// What the mark is, as a predicate.
    pub mark: String,
    /// The other marks in it, each with what it is.
    pub others: Vec<(Location, String)>,
    /// All of the block.
    pub block: Span,
    /// Why it must stay on JWT, if it must.
    pub exempt: Option<String>,
}

/// One setting of a configuration file.
#[derive(Debug)]
struct Setting {
    /// Its key, in lower case without punctuation.
    key: String,
    /// Where the key stands.
    at: Span,
    /// The keys around it and its own.
    path: String,
    /// The records around it, outermost first; the last is its own.
    records: Vec<Expr>,
    /// Its value.
    value: Expr,
}

/// How deeply configuration is read.
const DEPTH: usize = 40;

/// The blocks that no flow accounts for.
pub(super) fn credentials(project: &Project, flows: &[Flow<'_>]) -> Vec<Credential> {
    let mut res = Vec::new();
    for (file, data) in project.files() {
        let mut marks: Vec<(Expr, Span, String)> = Vec::new();
        let mut settings = Vec::new();
        if data.facts.language.is_data() {
            for root in data.facts.exports.iter().filter_map(|it| it.value) {
                gather(project, Expr { file, id: root }, &mut Vec::new(), "", &mut settings);
            }
            marks.extend(marked(project, &settings));
        }
        marks.extend(commands(project, file));
        let found = blocks(project, file, marks);
        res.extend(found.into_iter().filter(|it| !is_used(project, flows, it, &settings)));
    }
    res
}

/// A key without case and punctuation.
fn plain(key: &str) -> String {
    key.chars().filter(|it| !matches!(it, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

/// All settings below a value, in order.
fn gather(project: &Project, value: Expr, records: &mut Vec<Expr>, path: &str, acc: &mut Vec<Setting>) {
    if records.len() > DEPTH {
        return;
    }
    let at = |id| Expr { file: value.file, id };
    match project.value(value) {
        Value::Record(entries) => {
            // `{ key: K, value: V }` and `{ name: K, value: V }` are one setting of what is around them.
            if let Some((key, inner)) = named_value(project, value) {
                put(project, acc, records, path, (&key.0, key.1, inner));
                return;
            }
            records.push(value);
            for entry in entries {
                let EntryKey::Known { name, span } = &entry.key else { continue };
                put(project, acc, records, path, (name, *span, at(entry.value)));
            }
            records.pop();
        }
        Value::List(items) => {
            for id in items {
                match project.known_text(at(*id)).and_then(|it| it.split_once('=').map(|it| it.0.to_owned())) {
                    // `- KEY=value` of a list of variables.
                    Some(name) if !name.contains(char::is_whitespace) => {
                        let span = project.node(at(*id)).span;
                        let records = if records.is_empty() { vec![value] } else { records.clone() };
                        acc.push(Setting {
                            key: plain(&name),
                            at: span,
                            path: path.to_owned(),
                            records,
                            value: at(*id),
                        });
                    }
                    _ => gather(project, at(*id), records, path, acc),
                }
            }
        }
        _ => {}
    }
}

fn put(project: &Project, acc: &mut Vec<Setting>, records: &mut Vec<Expr>, path: &str, entry: (&str, Span, Expr)) {
    let (name, at, value) = entry;
    let key = plain(name);
    let path = format!("{path}{key}");
    acc.push(Setting { key, at, path: path.clone(), records: records.clone(), value });
    gather(project, value, records, &path, acc);
}

fn named_value(project: &Project, record: Expr) -> Option<((String, Span), Expr)> {
    let Value::Record(entries) = project.value(record) else { return None };
    let find = |wanted: &[&str]| {
        entries.iter().find(|it| matches!(&it.key, EntryKey::Known { name, .. } if wanted.contains(&name.as_str())))
    };
    let key = Expr { file: record.file, id: find(&["key", "name"])?.value };
    let value = Expr { file: record.file, id: find(&["value"])?.value };
    Some(((project.known_text(key)?, project.node(key).span), value))
}

/// All texts below a value.
fn texts(project: &Project, value: Expr, depth: usize) -> Vec<String> {
    let at = |id| Expr { file: value.file, id };
    match project.value(value) {
        Value::Record(entries) if depth < DEPTH => {
            entries.iter().flat_map(|it| texts(project, at(it.value), depth + 1)).collect()
        }
        Value::List(items) if depth < DEPTH => items.iter().flat_map(|it| texts(project, at(*it), depth + 1)).collect(),
        _ => project.known_text(value).into_iter().collect(),
    }
}

/// The marks among settings: the record each stands in, where, and what it is.
fn marked(project: &Project, settings: &[Setting]) -> Vec<(Expr, Span, String)> {
    let credentials = &project.knowledge().credentials;
    let mut by_record: HashMap<Expr, Vec<&Setting>> = HashMap::new();
    for setting in settings {
        if let Some(record) = setting.records.last() {
            by_record.entry(*record).or_default().push(setting);
        }
    }
    let mut res = Vec::new();
    for setting in settings {
        let Some(record) = setting.records.last() else { continue };
        let beside = by_record.get(record).map(Vec::as_slice).unwrap_or_default();
        let single = credentials.marks.iter().find(|mark| is_mark(project, (settings, beside), setting, mark));
        let pair = || credentials.pairs.iter().find(|pair| is_pair(setting, beside, pair));
        let name = single.map(|it| &it.name).or_else(|| pair().map(|it| &it.name));
        res.extend(name.map(|name| (*record, setting.at, name.clone())));
    }
    res
}

fn is_mark(project: &Project, around: (&[Setting], &[&Setting]), setting: &Setting, mark: &Mark) -> bool {
    let (settings, beside) = around;
    if mark.key.as_ref().is_some_and(|it| !it.is_match(&setting.key)) {
        return false;
    }
    // A record's own texts are those of its entries, which are settings of their own.
    if mark.key.is_none() && matches!(project.value(setting.value), Value::Record(_)) {
        return false;
    }
    let any = |pattern: &Pattern| texts(project, setting.value, 0).iter().any(|it| pattern.is_match(it));
    let same = |it: &&&Setting| it.at != setting.at;
    let below = |it: &&Setting| it.records.contains(&setting.value);
    mark.value.as_ref().is_none_or(any)
        && !mark.unless.as_ref().is_some_and(any)
        && mark.beside.as_ref().is_none_or(|key| beside.iter().filter(same).any(|it| key.is_match(&it.key)))
        && mark.holds.as_ref().is_none_or(|key| settings.iter().filter(below).any(|it| key.is_match(&it.key)))
        && mark.around.as_ref().is_none_or(|(key, value)| {
            let around = |it: &&Setting| it.records.last().is_some_and(|own| setting.records.contains(own));
            settings
                .iter()
                .filter(around)
                .any(|it| key.is_match(&it.key) && texts(project, it.value, 0).iter().any(|text| value.is_match(text)))
        })
}

fn is_pair(setting: &Setting, beside: &[&Setting], pair: &MarkPair) -> bool {
    pair.keys.iter().any(|it| it.is_match(&setting.key))
        && pair.keys.iter().all(|key| beside.iter().any(|it| key.is_match(&it.key)))
        && pair.within.as_ref().is_none_or(|it| it.is_match(&setting.path))
}

/// Options of commands, in scripts and in texts that are commands.
fn commands(project: &Project, file: FileId) -> Vec<(Expr, Span, String)> {
    let text = project.file(file).text();
    let facts = project.facts(file);
    let mut res = Vec::new();
    if !facts.language.is_data() && !facts.language.is_lexical() {
        return res;
    }
    let rows = project.knowledge().credentials.commands.iter();
    for row in rows.filter(|row| row.program.as_ref().is_none_or(|it| it.is_match(text))) {
        for (id, node) in facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_))) {
            let words = node.span.of(text);
            if facts.language.is_data() && row.program.as_ref().is_some_and(|it| !it.is_match(words)) {
                continue;
            }
            let found = row.words.iter().find_map(|word| Some((words.find(word.as_str())?, word)));
            let Some((offset, word)) = found else { continue };
            let start = node.span.start + offset;
            res.push((Expr { file, id }, Span::new(start, start + word.len()), row.name.clone()));
            if !facts.language.is_data() {
                // One command is one block, whatever its options.
                break;
            }
        }
    }
    res
}

/// Marks gathered by block: a record, with the records below it that have marks too.
fn blocks(project: &Project, file: FileId, mut marks: Vec<(Expr, Span, String)>) -> Vec<Credential> {
    marks.sort_by_key(|it| it.1);
    marks.dedup_by_key(|it| it.1);
    let own: Vec<Span> = marks.iter().map(|it| project.node(it.0).span).collect();
    let outermost =
        |span: Span| own.iter().copied().filter(|it| it.contains(span)).min_by_key(|it| it.start).unwrap_or(span);
    let mut res: Vec<Credential> = Vec::new();
    for (record, at, mark) in marks {
        let block = outermost(project.node(record).span);
        let at = Location { file, span: at };
        match res.iter_mut().find(|it| it.block == block) {
            Some(known) => known.others.push((at, mark)),
            None => {
                let exempt = exemption(project, file, block);
                res.push(Credential { at, mark, others: Vec::new(), block, exempt });
            }
        }
    }
    res
}

/// Why a block is AEM's, if it is: by its metascope, its client id, its layout or the file's name.
fn exemption(project: &Project, file: FileId, block: Span) -> Option<String> {
    let exemptions = &project.knowledge().exemptions;
    let data = project.file(file);
    let text = block.of(data.text());
    let name = data.path().file_name().unwrap_or_default();
    if let Some(found) = exemptions.metascopes.iter().find(|it| text.contains(it.as_str())) {
        return Some(format!("metascope {found} is AEM's"));
    }
    if exemptions.client_id.is_match(text) {
        return Some("the client id is one of AEM's".to_owned());
    }
    name.starts_with("service_token").then(|| format!("{name} is what the AEM developer console calls its credentials"))
}

/// Whether a flow uses a block, so that it is part of the flow and nothing of its own.
fn is_used(project: &Project, flows: &[Flow<'_>], credential: &Credential, settings: &[Setting]) -> bool {
    let file = credential.at.file;
    let inside = |it: &Location| it.file == file && credential.block.contains(it.span);
    let by_value = flows
        .iter()
        .any(|flow| flow.endpoint.iter().any(inside) || flow.scopes.metascopes.iter().any(|it| inside(&it.at)));
    if by_value {
        return true;
    }
    let name = project.file(file).path().file_name().unwrap_or_default();
    let keys: Vec<&str> = settings
        .iter()
        .filter(|it| it.at == credential.at.span || credential.others.iter().any(|(at, _)| at.span == it.at))
        .map(|it| it.at.of(project.file(file).text()).trim_matches(['"', '\'']))
        .collect();
    let folder = crate::link::nearest_folder(project, project.file(file).path());
    let with_flow = flows.iter().filter(|it| project.file(it.anchor.file).path().starts_with(&folder));
    let around: BTreeSet<FileId> =
        with_flow.flat_map(|flow| project.files_around(flow.anchor.file).iter().copied().collect::<Vec<_>>()).collect();
    let mut readers = around.into_iter();
    readers.any(|reader| !project.facts(reader).language.is_data() && names(project, reader, name, &keys))
}

/// Whether code names a file, or a key in it.
fn names(project: &Project, file: FileId, name: &str, keys: &[&str]) -> bool {
    project.facts(file).values.iter().any(|(_, it)| match &it.value {
        Value::Text(pieces) => pieces.iter().any(|it| match it {
            Piece::Literal { text, .. } => text.ends_with(name) || keys.contains(&text.as_str()),
            Piece::Hole(_) => false,
        }),
        Value::Member { name, .. } => keys.contains(&name.as_str()),
        _ => false,
    })
}
