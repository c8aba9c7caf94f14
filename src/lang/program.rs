//! The part of a file that is code, with places that stay what they are.

use super::{Language, Layout, Syntax, notebook, script};

/// The text of a file as it is shown, and as it is parsed.
#[derive(Debug, Clone)]
pub struct Program {
    /// What spans are places in, and what people are shown.
    pub text: String,
    /// What is parsed, where it differs: as long as `text`, with what is no code blanked.
    pub code: Option<String>,
    /// Where each cell of a notebook starts, and its number counted from 1 over all cells.
    pub cells: Vec<(usize, usize)>,
    /// What the file holds, where `text` is only made from it.
    pub container: Option<String>,
}

/// The program in a file.
///
/// # Errors
/// A reason, when the file's own format is broken.
pub fn program(language: &Language, text: String) -> Result<Program, String> {
    let layout = match &language.syntax {
        Syntax::Grammar { layout, .. } => *layout,
        Syntax::Lexical(_) | Syntax::Config(_) => Layout::Whole,
    };
    match layout {
        Layout::Whole => Ok(Program { text, code: None, cells: Vec::new(), container: None }),
        Layout::Scripts => {
            Ok(Program { code: Some(script::scripts_of(&text)), text, cells: Vec::new(), container: None })
        }
        Layout::Notebook => notebook::program_of(&text).map(|it| Program { container: Some(text), ..it }),
    }
}
