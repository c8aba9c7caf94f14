//! Replacements of text, kept sorted and free of overlap.

use super::Span;

/// One replacement: the bytes of `span` become `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
    /// Whether it is an insertion of whole lines, which stays also when what stood around it is deleted.
    pub stays: bool,
}

/// Two edits want the same bytes to become different things.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two changes meet at bytes {}..{}", at.start, at.end)]
pub struct EditConflict {
    /// Where the second of them wanted to write.
    pub at: Span,
}

/// The edits of one file, sorted by place and never overlapping.
///
/// The same edit given twice is one edit. A deletion swallows edits that lie wholly inside it, and deletions that overlap
/// become one, since text that goes needs no other change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    sorted: Vec<Edit>,
}

impl Edits {
    /// No edits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The edits in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.sorted.iter()
    }

    /// Adds a replacement.
    ///
    /// # Errors
    /// When it overlaps a replacement by other text, or touches the inside of a deletion it is not part of.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) -> Result<(), EditConflict> {
        let edit = Edit { span, text: text.into(), stays: false };
        if self.sorted.contains(&edit) {
            return Ok(());
        }
        if edit.text.is_empty() {
            return self.delete(span);
        }
        if self.sorted.iter().any(|it| it.text.is_empty() && it.span.contains(span) && !touches_edge(it.span, span)) {
            return Ok(());
        }
        if self.sorted.iter().any(|it| it.span.overlaps(span) || (!span.is_empty() && it.span == span)) {
            return Err(EditConflict { at: span });
        }
        self.put(edit);
        Ok(())
    }

    /// Adds text at an offset, after text inserted there before.
    ///
    /// # Errors
    /// When the offset lies inside a replacement.
    pub fn insert(&mut self, offset: usize, text: impl Into<String>) -> Result<(), EditConflict> {
        self.replace(Span::at(offset), text)
    }

    /// Adds whole lines at an offset that starts a line; they stay when the lines around them are deleted.
    ///
    /// # Errors
    /// When the offset lies inside a replacement.
    pub fn insert_lines(&mut self, offset: usize, text: impl Into<String>) -> Result<(), EditConflict> {
        let edit = Edit { span: Span::at(offset), text: text.into(), stays: true };
        if self.sorted.contains(&edit) {
            return Ok(());
        }
        if self.sorted.iter().any(|it| !it.text.is_empty() && it.span.start < offset && offset < it.span.end) {
            return Err(EditConflict { at: Span::at(offset) });
        }
        self.put(edit);
        self.split_at_insertions();
        Ok(())
    }

    /// Removes the bytes of `span`.
    ///
    /// # Errors
    /// When a replacement reaches from inside the span to outside of it.
    pub fn delete(&mut self, span: Span) -> Result<(), EditConflict> {
        if span.is_empty() {
            return Ok(());
        }
        let mut whole = span;
        loop {
            let mut grown = whole;
            for it in &self.sorted {
                if !it.span.overlaps(grown) {
                    continue;
                }
                if it.text.is_empty() {
                    grown = grown.cover(it.span);
                } else if !grown.contains(it.span) {
                    return Err(EditConflict { at: span });
                }
            }
            if grown == whole {
                break;
            }
            whole = grown;
        }
        self.sorted.retain(|it| {
            let inside = whole.contains(it.span) && !touches_edge(whole, it.span);
            it.stays || !inside
        });
        self.put(Edit { span: whole, text: String::new(), stays: false });
        self.split_at_insertions();
        Ok(())
    }

    /// Takes `unit` off the indentation of the lines of `region`, and of the new text there; lines that start where `fixed`
    /// says so keep theirs.
    ///
    /// # Errors
    /// As [`Edits::delete`].
    pub fn outdent(
        &mut self,
        text: &str,
        region: Span,
        unit: &str,
        fixed: &dyn Fn(usize) -> bool,
    ) -> Result<(), EditConflict> {
        for edit in self.sorted.iter_mut().filter(|it| region.contains(it.span) && !unit.is_empty()) {
            edit.text = edit.text.replace(&format!("\n{unit}"), "\n");
            if let Some(rest) = edit.text.strip_prefix(unit).filter(|_| edit.stays) {
                edit.text = rest.to_owned();
            }
        }
        let mut start = region.start;
        for line in region.of(text).split_inclusive('\n') {
            let own = start;
            start += line.len();
            let replaced = self.sorted.iter().any(|it| it.span.start < own && own < it.span.end && !it.text.is_empty());
            if replaced || fixed(own) {
                continue;
            }
            let white = line.len() - line.trim_start_matches([' ', '\t']).len();
            let gone =
                (0..=white).take_while(|it| *it == 0 || self.deletes(Span::new(own, own + it))).last().unwrap_or(0);
            let rest = Span::new(own + gone, own + white).of(text);
            if rest.starts_with(unit) {
                self.delete(Span::new(own + gone, own + gone + unit.len()))?;
            }
        }
        Ok(())
    }

    /// Whether deletions cover the whole span.
    #[must_use]
    pub fn deletes(&self, span: Span) -> bool {
        let mut reached = span.start;
        for it in self.sorted.iter().filter(|it| it.text.is_empty()) {
            if it.span.start <= reached && reached < it.span.end {
                reached = it.span.end;
            }
        }
        let touched = |it: &Edit| it.text.is_empty() && it.span.contains(Span::at(span.start));
        reached >= span.end && (!span.is_empty() || self.sorted.iter().any(touched))
    }

    /// Deletions around lines that stay become two.
    fn split_at_insertions(&mut self) {
        let offsets: Vec<usize> = self.sorted.iter().filter(|it| it.stays).map(|it| it.span.start).collect();
        for offset in offsets {
            let Some(place) =
                self.sorted.iter().position(|it| it.text.is_empty() && it.span.start < offset && offset < it.span.end)
            else {
                continue;
            };
            let whole = self.sorted.remove(place);
            for span in [Span::new(whole.span.start, offset), Span::new(offset, whole.span.end)] {
                self.put(Edit { span, text: String::new(), stays: false });
            }
        }
    }

    /// The text with every edit carried out.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut res = String::with_capacity(text.len());
        let mut done = 0;
        for edit in &self.sorted {
            res.push_str(Span::new(done, edit.span.start).of(text));
            res.push_str(&edit.text);
            done = edit.span.end.max(done);
        }
        res.push_str(Span::new(done, text.len()).of(text));
        res
    }

    fn put(&mut self, edit: Edit) {
        let place = self.sorted.partition_point(|it| (it.span.start, it.span.end) <= (edit.span.start, edit.span.end));
        self.sorted.insert(place, edit);
    }
}

/// Whether an empty span sits on the rim of `outer`, where an insertion still has a place of its own.
fn touches_edge(outer: Span, inner: Span) -> bool {
    inner.is_empty() && (inner.start == outer.start || inner.start == outer.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_place_order() {
        let mut edits = Edits::new();
        edits.replace(Span::new(4, 7), "two").unwrap();
        edits.replace(Span::new(0, 3), "1").unwrap();
        edits.insert(7, "!").unwrap();
        assert_eq!(edits.apply("one TWO three"), "1 two! three");
    }

    #[test]
    fn deletion_swallows_what_it_covers_and_merges() {
        let mut edits = Edits::new();
        edits.replace(Span::new(2, 3), "x").unwrap();
        edits.delete(Span::new(0, 4)).unwrap();
        edits.delete(Span::new(3, 6)).unwrap();
        assert_eq!(edits.iter().count(), 1);
        assert_eq!(edits.apply("abcdefgh"), "gh");
    }

    #[test]
    fn conflicting_replacements_are_refused_and_identical_ones_are_one() {
        let mut edits = Edits::new();
        edits.replace(Span::new(0, 4), "x").unwrap();
        edits.replace(Span::new(0, 4), "x").unwrap();
        assert_eq!(edits.iter().count(), 1);
        assert!(edits.replace(Span::new(2, 6), "y").is_err());
        assert!(edits.delete(Span::new(2, 6)).is_err());
    }

    #[test]
    fn lines_and_new_text_lose_indentation() {
        let text = "f(\n    a\n      b\n    c\n)";
        let mut edits = Edits::new();
        edits.replace(Span::new(7, 8), "x(\n      y\n    )").unwrap();
        let region = Span::new(3, text.len() - 1);
        edits.outdent(text, region, "  ", &|_| false).unwrap();
        edits.outdent(text, region, "  ", &|it| it == 23).unwrap();
        assert_eq!(edits.apply(text), "f(\nx(\n  y\n)\n  b\nc\n)");
    }

    #[test]
    fn inserted_lines_stay_in_deleted_ones() {
        let mut edits = Edits::new();
        edits.insert_lines(4, "new\n").unwrap();
        edits.delete(Span::new(0, 8)).unwrap();
        assert!(edits.deletes(Span::new(0, 8)));
        assert_eq!(edits.apply("old\nold\nrest"), "new\nrest");
        let mut edits = Edits::new();
        edits.delete(Span::new(0, 8)).unwrap();
        edits.insert_lines(4, "new\n").unwrap();
        assert_eq!(edits.apply("old\nold\nrest"), "new\nrest");
    }

    #[test]
    fn insertion_at_the_rim_of_a_deletion_stays() {
        let mut edits = Edits::new();
        edits.insert(4, "new").unwrap();
        edits.delete(Span::new(0, 4)).unwrap();
        assert_eq!(edits.apply("old\nrest"), "newrest");
    }
}
