//! From text to a checked file: what is wrong is said with its place and the name that may be meant.

use globset::{Glob, GlobBuilder};
use toml::Spanned;

use crate::rewrite::pattern_names;
use crate::rules::rule;
use crate::text::{LineIndex, nearest};

use super::file::{ConfigFile, language_names};

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// Reads the text of a configuration file that is called `path` in messages.
///
/// # Errors
/// At the first key, value or name that is not one.
pub fn parse(path: &str, text: &str) -> Result<ConfigFile, ConfigError> {
    let error = |start: usize, message: String| {
        let place = LineIndex::new(text).line_column(text, start);
        ConfigError { path: path.to_owned(), line: place.line, column: place.column, message }
    };
    let file: ConfigFile =
        toml::from_str(text).map_err(|it| error(it.span().map_or(0, |span| span.start), with_nearest(it.message())))?;
    match fault(&file) {
        Some((start, message)) => Err(error(start, message)),
        None => Ok(file),
    }
}

/// What the parser says of an unknown name, with the one that may be meant: it quotes the name first, then all there are.
fn with_nearest(message: &str) -> String {
    let message = message.trim_end();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown ").then(|| quoted.next()).flatten();
    match unknown.and_then(|it| nearest(it, quoted)) {
        Some(near) => format!("{}; did you mean `{near}`?", message.split(", expected").next().unwrap_or(message)),
        None => message.to_owned(),
    }
}

/// The first value that is of the right type and means nothing.
fn fault(file: &ConfigFile) -> Option<(usize, String)> {
    let overrides = || file.overrides.iter().flatten();
    let rules = file.rules.iter().chain(overrides().map(|it| &it.rules)).flat_map(|it| it.keys());
    let globs = file.exclude.iter().flatten().chain(overrides().flat_map(|it| &it.paths));
    let rows = file.wrapper.iter().flatten().map(|it| (&it.language, &it.call));
    let rows = rows.chain(file.token_helper.iter().flatten().map(|it| (&it.language, &it.call)));
    let rows: Vec<_> = rows.collect();
    let languages = rows.iter().map(|it| it.0).chain(file.pattern.iter().flat_map(|it| it.keys()));
    let texts = rows.iter().map(|it| it.1).chain(file.endpoint.iter().flatten().map(|it| &it.exchange));
    let said = |it: &Spanned<String>, message: String| (it.span().start, message);
    rules
        .filter_map(|it| Some(said(it, rule(it.get_ref()).err()?)))
        .chain(globs.filter_map(|it| Some(said(it, glob(it.get_ref()).err()?))))
        .chain(languages.filter_map(|it| Some(said(it, one_of("language", it.get_ref(), &language_names()).err()?))))
        .chain(
            texts.filter(|it| it.get_ref().trim().is_empty()).map(|it| said(it, "this must not be empty".to_owned())),
        )
        .chain(
            file.pattern
                .iter()
                .flat_map(|it| it.values())
                .filter_map(|it| Some(said(it, pattern(it.get_ref()).err()?))),
        )
        .chain(scopes(file))
        .min_by_key(|it| it.0)
}

/// Lists of scopes that ask for nothing.
fn scopes(file: &ConfigFile) -> impl Iterator<Item = (usize, String)> {
    let lists = file.credential.iter().flatten().map(|it| &it.scopes);
    let empty = lists.filter(|it| it.get_ref().iter().all(|it| it.trim().is_empty()));
    empty.map(|it| (it.span().start, "list the scopes, such as [\"openid\", \"AdobeID\"]".to_owned()))
}

fn pattern(name: &str) -> Result<(), String> {
    let names = pattern_names();
    one_of("pattern", name, &names.iter().map(|it| it.0.as_str()).collect::<Vec<_>>())
}

fn one_of(what: &str, name: &str, names: &[&str]) -> Result<(), String> {
    if names.contains(&name) {
        return Ok(());
    }
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => format!("there is no {what} `{name}`; did you mean `{near}`?"),
        None => format!("there is no {what} `{name}`; there are {}", names.join(", ")),
    })
}

/// A glob as ignore files have them: without a slash it fits a name at any depth, a folder means all that is in it.
pub(super) fn glob(text: &str) -> Result<Vec<Glob>, String> {
    let trimmed = text.trim_start_matches('/').trim_end_matches('/');
    let inner = text.trim_end_matches('/').contains('/');
    let anchored = if inner { trimmed.to_owned() } else { format!("**/{trimmed}") };
    let build = |text: &str| GlobBuilder::new(text).literal_separator(true).build().map_err(|it| it.kind().to_string());
    match trimmed.is_empty() {
        true => Err("this glob fits nothing".to_owned()),
        false => Ok(vec![build(&anchored)?, build(&format!("{anchored}/**"))?]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse("jwt-sunset.toml", text).unwrap_err().to_string(), format!("jwt-sunset.toml:{expected}"));
    }

    #[test]
    fn unknown_names_are_said_with_their_place_and_the_nearest() {
        check("root = true\nexclud = []\n", "2:1: unknown field `exclud`; did you mean `exclude`?");
        check("[rules]\njwt-exchang = \"off\"\n", "2:1: there is no rule `jwt-exchang`; did you mean `jwt-exchange`?");
        check("[rules]\njwt-exchange = \"eror\"\n", "2:16: unknown variant `eror`; did you mean `error`?");
        check("[pattern]\npyton = \"authlib\"\n", "2:1: there is no language `pyton`; did you mean `python`?");
        check("[pattern]\npython = \"autlib\"\n", "2:10: there is no pattern `autlib`; did you mean `authlib`?");
        check("[[endpoint]]\nexchange = \"a\"\ntokn = \"b\"\n", "3:1: unknown field `tokn`; did you mean `token`?");
    }

    #[test]
    fn wrong_types_and_empty_values_are_said_with_their_place() {
        check("exclude = \"a\"\n", "1:11: invalid type: string \"a\", expected a sequence");
        check("max-findings = -1\n", "1:16: invalid value: integer `-1`, expected usize");
        check("exclude = [\"a\", \"[\"]\n", "1:17: unclosed character class; missing ']'");
        check(
            "[[credential]]\nclient-id = \"a\"\nscopes = []\n",
            "3:10: list the scopes, such as [\"openid\", \"AdobeID\"]",
        );
        check("[[wrapper]]\nlanguage = \"go\"\ncall = \"\"\n", "3:8: this must not be empty");
    }
}
