//! Jupyter notebooks: the code cells of a Python notebook are one program.

use super::python::{QUERIES, SHARED};
use super::{Language, Layout, Program, Syntax};

pub(super) static NOTEBOOK: Language = Language {
    name: "notebook",
    extensions: &["ipynb"],
    syntax: Syntax::Grammar {
        queries: QUERIES,
        grammar: || tree_sitter_python::LANGUAGE.into(),
        layout: Layout::Notebook,
    },
    rewritten: true,
    ..SHARED
};

/// The program of a notebook: its code cells, one after the other, with magics turned into comments.
///
/// # Errors
/// When the text is no notebook, or one of another language.
pub(super) fn program_of(text: &str) -> Result<Program, String> {
    let document: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{FEFF}'))
        .map_err(|error| format!("its JSON is broken ({error})"))?;
    let kernel = document.pointer("/metadata/kernelspec/language").or(document.pointer("/metadata/language_info/name"));
    if let Some(language) = kernel.and_then(serde_json::Value::as_str)
        && !language.eq_ignore_ascii_case("python")
    {
        return Err(format!("a notebook in {language}"));
    }
    let cells = document.get("cells").and_then(serde_json::Value::as_array);
    let cells = cells.ok_or_else(|| "it has no cells (only notebooks of format 4 are read)".to_owned())?;
    let mut res = Program { text: String::new(), code: Some(String::new()), cells: Vec::new(), container: None };
    for (index, cell) in cells.iter().enumerate() {
        if cell.get("cell_type").and_then(serde_json::Value::as_str) != Some("code") {
            continue;
        }
        let mut source = match cell.get("source") {
            Some(serde_json::Value::Array(lines)) => lines.iter().filter_map(serde_json::Value::as_str).collect(),
            Some(serde_json::Value::String(all)) => all.clone(),
            _ => String::new(),
        };
        if !source.ends_with('\n') {
            source.push('\n');
        }
        res.cells.push((res.text.len(), index + 1));
        res.text.push_str(&source);
        if let Some(code) = &mut res.code {
            without_magics(code, &source);
        }
    }
    Ok(res)
}

/// Appends a cell with the first character of each line that is no Python turned into a comment sign.
fn without_magics(acc: &mut String, cell: &str) {
    let whole = cell.trim_start().starts_with("%%");
    for line in cell.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let (before, rest) = line.split_at(start);
        let magic = rest.starts_with(['%', '!', '?']) || rest.trim_end().ends_with('?');
        acc.push_str(before);
        match rest.chars().next().filter(|it| (whole || magic) && it.is_ascii() && !it.is_ascii_control()) {
            Some(_) => {
                acc.push('#');
                acc.push_str(rest.get(1..).unwrap_or_default());
            }
            None if whole => super::script::blank(acc, rest),
            None => acc.push_str(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_one_program() {
        let text = r##"{"cells": [
            {"cell_type": "markdown", "source": "# hi"},
            {"cell_type": "code", "source": ["%pip install x\n", "a = 1"]},
            {"cell_type": "code", "source": "!ls\nprint(a)\n"},
            {"cell_type": "code", "source": "%%bash\ncurl ö\n"}]}"##;
        let program = program_of(text).unwrap();
        assert_eq!(program.text, "%pip install x\na = 1\n!ls\nprint(a)\n%%bash\ncurl ö\n");
        assert_eq!(program.code.as_deref(), Some("#pip install x\na = 1\n#ls\nprint(a)\n#%bash\n#url ö\n"));
        assert_eq!(program.cells.iter().map(|it| it.1).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn what_is_no_python_notebook_says_why() {
        assert!(program_of("{").unwrap_err().contains("broken"));
        let other = r#"{"cells": [], "metadata": {"kernelspec": {"language": "R"}}}"#;
        assert_eq!(program_of(other).unwrap_err(), "a notebook in R");
    }
}
