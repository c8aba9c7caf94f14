//! A change in the making: edits by file, what they keep, what a person should look at.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{BindingId, StatementId};
use crate::link::{Expr, Project};
use crate::text::{EditConflict, Edits, FileId, Location, Span};

/// Why a pattern does not fit, without a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct Declined(pub(super) String);

impl Declined {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<EditConflict> for Declined {
    fn from(conflict: EditConflict) -> Self {
        Self(conflict.to_string())
    }
}

/// A distribution that new code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The distribution.
    pub package: String,
    /// The least version, where the code used it before already, maybe in an older one.
    pub least: Option<String>,
    /// The version to ask for instead of the one that is known; empty where the build chooses it.
    pub version: Option<String>,
    /// The features of it that the code needs.
    pub features: Vec<String>,
    /// Whether the features that it has by default are not wanted.
    pub bare: bool,
}

impl From<&str> for Need {
    fn from(package: &str) -> Self {
        Self { package: package.to_owned(), least: None, version: None, features: Vec::new(), bare: false }
    }
}

/// A setting that new code reads, which takes the place of the metascopes in the configuration.
#[derive(Debug, Clone)]
pub(super) struct ScopeSetting {
    /// The record that holds the secret the code reads beside it.
    pub(super) record: Expr,
    /// Its key.
    pub(super) key: String,
    /// What a person is told who has to fill it in.
    pub(super) note: String,
}

/// Edits to code, not yet verified.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// The edits of each file.
    pub(super) edits: BTreeMap<FileId, Edits>,
    /// Expressions that stand inside replaced text but are used again by what replaces it.
    pub(super) kept: Vec<Expr>,
    /// Spans that are replaced rather than deleted, whose names therefore count as gone.
    pub(super) replaced: Vec<Location>,
    /// What a person should look at.
    pub(super) notes: Vec<String>,
    /// Whether something could not be proved.
    pub(super) unproved: bool,
    /// The environment variables the new code reads, with the file that reads each.
    pub(super) settings: Vec<(FileId, String)>,
    /// The settings of scopes the new code reads from the program's own configuration.
    pub(super) scope_settings: Vec<ScopeSetting>,
    /// Fields of options that a removed library call was given, wherever they are written.
    pub(super) lost_fields: Vec<Location>,
    /// The names that hold the JWT, its claims or its key; what only logs them goes with them.
    pub(super) jwt_names: BTreeSet<(FileId, BindingId)>,
    /// Guards around the flow that asked only for what went; what they guard stands without them.
    pub(super) opened: BTreeSet<(FileId, StatementId)>,
    /// The distributions the new code needs, with the file that needs each.
    pub(super) needs: Vec<(FileId, Need)>,
}

impl Change {
    /// Replaces bytes; the names in them count as gone, except those of kept expressions.
    pub(super) fn replace(&mut self, at: Location, text: impl Into<String>) -> Result<(), Declined> {
        self.edits.entry(at.file).or_default().replace(at.span, text)?;
        self.replaced.push(at);
        Ok(())
    }

    /// Replaces bytes whose names are all used again.
    pub(super) fn reword(&mut self, at: Location, text: impl Into<String>) -> Result<(), Declined> {
        Ok(self.edits.entry(at.file).or_default().replace(at.span, text)?)
    }

    /// Inserts text.
    pub(super) fn insert(&mut self, file: FileId, offset: usize, text: impl Into<String>) -> Result<(), Declined> {
        Ok(self.edits.entry(file).or_default().insert(offset, text)?)
    }

    /// Inserts whole lines at the start of a line.
    pub(super) fn insert_lines(
        &mut self,
        file: FileId,
        offset: usize,
        text: impl Into<String>,
    ) -> Result<(), Declined> {
        Ok(self.edits.entry(file).or_default().insert_lines(offset, text)?)
    }

    /// Whether the same lines are inserted at a place already.
    pub(super) fn inserts(&self, file: FileId, offset: usize, text: &str) -> bool {
        let edits = self.edits.get(&file).into_iter().flat_map(Edits::iter);
        edits.into_iter().any(|it| it.span == Span::at(offset) && it.text == text)
    }

    /// Whether new text in a file holds a word.
    pub(super) fn says_in(&self, file: FileId, word: &str) -> bool {
        self.edits.get(&file).is_some_and(|it| it.iter().any(|it| words(&it.text, word) > 0))
    }

    /// Whether new text of the change holds a word.
    pub(super) fn says(&self, word: &str) -> bool {
        self.edits.values().flat_map(Edits::iter).any(|it| words(&it.text, word) > 0)
    }

    /// Removes bytes.
    pub(super) fn delete(&mut self, at: Location) -> Result<(), Declined> {
        Ok(self.edits.entry(at.file).or_default().delete(at.span)?)
    }

    /// Says something to the person who reviews the change, once.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// The source of an expression as the edits inside of it leave it.
    pub(super) fn text_of(&self, project: &Project, expr: Expr) -> String {
        let span = project.node(expr).span;
        let mut text = project.source(expr).to_owned();
        let edits: Vec<_> = self.edits.get(&expr.file).into_iter().flat_map(Edits::iter).collect();
        for edit in edits.into_iter().rev().filter(|it| span.contains(it.span)) {
            text.replace_range(edit.span.start - span.start..edit.span.end - span.start, &edit.text);
        }
        text
    }

    /// Whether an expression is gone after the change.
    pub(super) fn removes(&self, project: &Project, expr: Expr) -> bool {
        let own = project.node(expr).span;
        if self.kept.iter().any(|it| it.file == expr.file && project.node(*it).span.contains(own)) {
            return false;
        }
        self.removes_span(Location { file: expr.file, span: own })
    }

    /// Whether all bytes of a place are deleted or replaced.
    pub(super) fn removes_span(&self, at: Location) -> bool {
        self.replaced.iter().any(|it| it.file == at.file && it.span.contains(at.span)) || self.deletes(at)
    }

    /// Whether all bytes of a place are deleted.
    pub(super) fn deletes(&self, at: Location) -> bool {
        self.edits.get(&at.file).is_some_and(|edits| edits.deletes(at.span))
    }
}

/// The place of a span in a file.
pub(super) fn at(file: FileId, span: Span) -> Location {
    Location { file, span }
}

/// How often a text holds a word.
pub(super) fn words(text: &str, word: &str) -> usize {
    let part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let whole = |(start, found): &(usize, &str)| {
        let before = text.get(..*start).and_then(|it| it.chars().next_back());
        let after = text.get(start + found.len()..).and_then(|it| it.chars().next());
        !part(before) && !part(after)
    };
    text.match_indices(word).filter(whole).count()
}
