//! Budgets of style §9: sizes, comments, names and leftovers; and that no query file is an orphan.

use super::source::Source;

const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 60;
/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];
const LEFTOVERS: &[&str] = &["TODO", "FIXME", "todo!", "unimplemented!"];
/// Lines of comment per hundred lines of code.
const COMMENTS: std::ops::RangeInclusive<usize> = 10..=35;

/// Complains when the file does not begin by saying what it is for.
pub(super) fn header(source: &Source) -> Vec<String> {
    let is_there = source.text.starts_with("//! ");
    if is_there { Vec::new() } else { vec![source.at(1, "the file does not begin with `//!`")] }
}

/// Complains when the file is too long, tests not counted.
pub(super) fn file_length(source: &Source) -> Vec<String> {
    let count = source.code_count();
    let is_long = count > LONGEST_FILE;
    if is_long { vec![source.at(1, &format!("{count} lines of code, over {LONGEST_FILE}"))] } else { Vec::new() }
}

/// Complains about each function that is too long, from its signature to its closing brace.
pub(super) fn function_lengths(source: &Source) -> Vec<String> {
    let counted = source.functions.iter().map(|it| (it, source.code_within(&it.lines)));
    let long = counted.filter(|(_, count)| *count > LONGEST_FUNCTION);
    long.map(|(function, count)| {
        let message = format!("`{}` has {count} lines of code, over {LONGEST_FUNCTION}", function.name);
        source.at(*function.lines.start(), &message)
    })
    .collect()
}

/// Complains about files, folders and modules with a name that says nothing.
pub(super) fn empty_names(source: &Source) -> Vec<String> {
    let own = source.module().into_iter().map(|name| (1, name));
    let inner = source.modules.iter().map(|it| (*it.lines.start(), it.name.clone()));
    let empty = own.chain(inner).filter(|(_, name)| EMPTY_NAMES.contains(&name.as_str()));
    empty.map(|(line, name)| source.at(line, &format!("`{name}` does not say what is inside"))).collect()
}

/// Complains about marks of unfinished work.
pub(super) fn leftovers(source: &Source) -> Vec<String> {
    let lines = (1..).zip(source.text.lines());
    let found = lines.filter_map(|(line, text)| Some((line, LEFTOVERS.iter().find(|it| text.contains(**it))?)));
    found.map(|(line, mark)| source.at(line, &format!("`{mark}`: finish it or leave it out"))).collect()
}

/// Complains about each `allow` and `expect` without a reason.
pub(super) fn reasons(source: &Source) -> Vec<String> {
    source.unreasoned.iter().map(|line| source.at(*line, "a lint is silenced without `reason = \"…\"`")).collect()
}

/// Complains when there are too few or too many comments, over all files.
pub(super) fn comment_ratio(sources: &[Source]) -> Vec<String> {
    let code: usize = sources.iter().map(Source::code_count).sum();
    let comments: usize = sources.iter().map(Source::comment_count).sum();
    let percent = comments * 100 / code.max(1);
    if COMMENTS.contains(&percent) {
        return Vec::new();
    }
    let (least, most) = COMMENTS.into_inner();
    vec![format!("src: {comments} lines of comment to {code} of code are {percent}%, outside {least}–{most}%")]
}

/// Complains when a query file does not begin with a comment, or no file of `src/lang` includes it.
pub(super) fn query(path: &str, text: &str, sources: &[Source]) -> Vec<String> {
    let in_lang = sources.iter().filter(|it| it.path.starts_with("src/lang/"));
    let is_included = in_lang.flat_map(|it| &it.strings).any(|it| it.value.ends_with(&format!("/{path}")));
    let mut res = Vec::new();
    if !text.starts_with("; ") {
        res.push(format!("{path}:1: the file does not begin with a comment that says what it finds"));
    }
    if !is_included {
        res.push(format!("{path}:1: no file of src/lang includes this query"));
    }
    res
}

mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::parse("src/flow/anchor.rs", text)
    }

    fn function(lines: usize) -> String {
        format!("fn long(\n) {{\n    // why\n\n{}}}\n", "    work();\n".repeat(lines))
    }

    #[test]
    fn missing_header_is_reported() {
        assert_eq!(header(&source("// a\nfn a() {}\n")), ["src/flow/anchor.rs:1: the file does not begin with `//!`"]);
        assert_eq!(header(&source("//! A.\n")), [""; 0]);
    }

    #[test]
    fn long_file_is_reported() {
        let tests = "#[cfg(test)]\nmod tests {\n    const A: u8 = 0;\n}\n";
        let file = |lines| format!("//! A.\n\n{}// why\n{tests}", "const A: u8 = 0;\n".repeat(lines));
        assert_eq!(file_length(&source(&file(501))), ["src/flow/anchor.rs:1: 501 lines of code, over 500"]);
        assert_eq!(file_length(&source(&file(500))), [""; 0]);
    }

    #[test]
    fn text_that_looks_like_a_comment_is_code() {
        let it =
            source("//! A.\nconst A: &str = \"\n// no comment\n\n\";\n/// B.\n#[derive(Debug)] // why\nstruct B;\n");
        assert_eq!((it.code_count(), it.comment_count()), (5, 2));
    }

    #[test]
    fn long_function_is_reported() {
        let complaint = "src/flow/anchor.rs:2: `long` has 61 lines of code, over 60";
        assert_eq!(function_lengths(&source(&format!("/// A.\n{}", function(58)))), [complaint]);
        assert_eq!(function_lengths(&source(&format!("impl A {{\n{}}}", function(58)))), [complaint]);
        assert_eq!(function_lengths(&source(&format!("trait A {{\n{}}}", function(58)))), [complaint]);
        assert_eq!(function_lengths(&source(&function(57))), [""; 0]);
    }

    #[test]
    fn empty_names_are_reported() {
        assert_eq!(empty_names(&Source::parse("src/flow/utils.rs", "")).len(), 1);
        assert_eq!(empty_names(&Source::parse("src/common/mod.rs", "")).len(), 1);
        assert_eq!(empty_names(&source("mod misc {}")), ["src/flow/anchor.rs:1: `misc` does not say what is inside"]);
        assert_eq!(empty_names(&source("mod tests {}")), [""; 0]);
    }

    #[test]
    fn leftovers_are_reported() {
        let text = "// TODO: more\nfn a() {\n    unimplemented!()\n}\n";
        assert_eq!(
            leftovers(&source(text)),
            [
                "src/flow/anchor.rs:1: `TODO`: finish it or leave it out",
                "src/flow/anchor.rs:3: `unimplemented!`: finish it or leave it out",
            ]
        );
    }

    #[test]
    fn silencing_without_reason_is_reported() {
        let text = "#![allow(a)]\n#[expect(b, reason = \"c\")]\nfn d() {\n    #[expect(e)]\n    let f = 0;\n}\n";
        let message = "a lint is silenced without `reason = \"…\"`";
        let it = source(text);
        assert_eq!(reasons(&it), [it.at(1, message), it.at(4, message)]);
    }

    #[test]
    fn comment_ratio_out_of_bounds_is_reported() {
        let file = |comments| source(&format!("{}{}", "// why\n".repeat(comments), "const A: u8 = 0;\n".repeat(10)));
        assert_eq!(comment_ratio(&[file(4)]), ["src: 4 lines of comment to 10 of code are 40%, outside 10–35%"]);
        assert_eq!(comment_ratio(&[file(0)]).len(), 1);
        assert_eq!(comment_ratio(&[file(0), file(4)]), [""; 0]);
    }

    #[test]
    fn orphan_query_is_reported() {
        let row = Source::parse("src/lang/python.rs", "const A: &str = include_str!(\"../../queries/python/a.scm\");");
        let rows = [row];
        assert_eq!(query("queries/python/a.scm", "; A.\n", &rows), [""; 0]);
        assert_eq!(query("queries/json/a.scm", "(a)\n", &rows).len(), 2);
    }
}
