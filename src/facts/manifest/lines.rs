//! Manifests whose entries are lines: environment templates, Gradle, Go, Bundler.

use crate::text::Span;

use super::Dependency;

/// The variables of an environment template, one a line.
pub(super) fn variables(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let name = content.split('=').next().unwrap_or_default().trim().trim_start_matches("export ");
        let is_name = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        if is_name && content.contains('=') {
            let span = Span::new(start, start + content.len());
            res.push(Dependency { name: name.to_owned(), section: String::new(), span });
        }
        start += line.len();
    }
    res
}

/// Each line with its offset, without what stands around it and without a comment.
fn entries<'t>(text: &'t str, comment: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let at = start;
        start += line.len();
        // A URL holds what starts a comment elsewhere.
        let code = match line.find(comment) {
            Some(end) if !line.get(..end).is_some_and(|it| it.ends_with(':')) => line.get(..end).unwrap_or_default(),
            _ => line,
        };
        let bare = code.trim();
        let lead = code.len() - code.trim_start().len();
        (!bare.is_empty()).then_some((at + lead, bare))
    })
}

fn dependency(name: String, start: usize, line: &str) -> Dependency {
    Dependency { name, section: String::new(), span: Span::new(start, start + line.len()) }
}

/// What stands in the first quotes of a text.
fn quoted(text: &str) -> Option<&str> {
    let open = text.find(['"', '\''])?;
    let quote = text.get(open..=open)?;
    text.get(open + 1..)?.split(quote).next()
}

/// `implementation 'group:artifact:version'`, named `group:artifact`.
pub(super) fn gradle(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    for (start, line) in entries(text, "//") {
        let word: String = line.chars().take_while(|it| it.is_alphanumeric()).collect();
        let asks = ["implementation", "api", "compile", "runtime", "Only", "Implementation", "kapt", "Processor"];
        if !asks.iter().any(|it| word.starts_with(it) || word.ends_with(it)) {
            continue;
        }
        let coordinates = quoted(line).unwrap_or_default();
        let mut parts = coordinates.split(':');
        match (parts.next(), parts.next()) {
            (Some(group), Some(artifact)) => res.push(dependency(format!("{group}:{artifact}"), start, line)),
            _ => {
                // group: 'x', name: 'y'
                let group = line.split_once("group").and_then(|it| quoted(it.1));
                let artifact = line.split_once("name").and_then(|it| quoted(it.1));
                if let (Some(group), Some(artifact)) = (group, artifact) {
                    res.push(dependency(format!("{group}:{artifact}"), start, line));
                }
            }
        }
    }
    res
}

/// `require module version`, alone or in brackets.
pub(super) fn go(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut inside = false;
    for (start, line) in entries(text, "//") {
        let bare = line.strip_prefix("require ").unwrap_or(line).trim();
        if bare == "(" {
            inside = line.starts_with("require");
        } else if line == ")" {
            inside = false;
        } else if (inside || line.starts_with("require "))
            && let Some((module, _)) = bare.split_once(' ')
        {
            res.push(dependency(module.to_owned(), start, line));
        }
    }
    res
}

/// `gem "name"`
pub(super) fn bundler(text: &str) -> Vec<Dependency> {
    let gems = entries(text, "#").filter(|(_, line)| line.starts_with("gem ") || line.starts_with("gem("));
    gems.filter_map(|(start, line)| Some(dependency(quoted(line)?.to_owned(), start, line))).collect()
}
