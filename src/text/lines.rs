//! Lines and columns of byte offsets.

use super::Span;

/// A place for people and machine formats: both numbers count from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line number, from 1.
    pub line: usize,
    /// Column in Unicode characters, from 1.
    pub column: usize,
    /// The cell of a notebook in which lines are counted.
    pub cell: Option<Cell>,
}

/// A cell of a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Its number, from 1, over cells of all kinds.
    pub number: usize,
    /// Its bytes in the notebook's program.
    pub bytes: Span,
}

/// Where each line of a text starts.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// Where each cell of a notebook starts, and its number.
    cells: Vec<(usize, usize)>,
}

impl LineIndex {
    /// Finds the line starts of `text`; `\n` ends a line, a `\r` before it belongs to the line end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(offset, _)| offset + 1);
        Self { starts: std::iter::once(0).chain(ends).collect(), cells: Vec::new() }
    }

    /// The same lines, counted anew in each cell: where the cells start, in order, and their numbers.
    #[must_use]
    pub fn with_cells(self, cells: Vec<(usize, usize)>) -> Self {
        Self { cells, ..self }
    }

    /// The cell of a notebook that holds an offset.
    #[must_use]
    pub fn cell(&self, text: &str, offset: usize) -> Option<Cell> {
        let next = self.cells.partition_point(|it| it.0 <= offset);
        let (start, number) = self.cells.get(next.checked_sub(1)?)?;
        let end = self.cells.get(next).map_or(text.len(), |it| it.0);
        Some(Cell { number: *number, bytes: Span::new(*start, end) })
    }

    /// The line and column of a byte offset in the text this index was made of.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let line = self.line_of(offset);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let column = Span::new(start, offset).of(text).chars().count() + 1;
        match self.cell(text, offset) {
            Some(cell) => LineColumn { line: line + 1 - self.line_of(cell.bytes.start), column, cell: Some(cell) },
            None => LineColumn { line: line + 1, column, cell: None },
        }
    }

    /// The whole lines that a span touches, with the last line's end of line.
    #[must_use]
    pub fn whole_lines(&self, text: &str, span: Span) -> Span {
        let first = self.line_of(span.start);
        let last = self.line_of(if span.is_empty() { span.end } else { span.end - 1 });
        let start = self.starts.get(first).copied().unwrap_or_default();
        let end = self.starts.get(last + 1).copied().unwrap_or(text.len());
        Span::new(start, end)
    }

    /// The line of an offset in the whole text, from 1, whatever cell it is in.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.line_of(offset) + 1
    }

    /// The bytes of a line, from 1, counted over the whole text.
    #[must_use]
    pub fn span_of_line(&self, text: &str, line: usize) -> Option<Span> {
        let start = self.starts.get(line.checked_sub(1)?)?;
        Some(Span::new(*start, self.starts.get(line).copied().unwrap_or(text.len())))
    }

    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_in_their_cell() {
        let text = "a\nb\nc\n";
        let index = LineIndex::new(text).with_cells(vec![(0, 2), (2, 5)]);
        let cell = Cell { number: 5, bytes: Span::new(2, 6) };
        assert_eq!(index.line_column(text, 4), LineColumn { line: 2, column: 1, cell: Some(cell) });
    }

    #[test]
    fn columns_count_characters() {
        let text = "a\nöä=1\r\nb";
        let index = LineIndex::new(text);
        let equals = text.find('=').unwrap();
        assert_eq!(index.line_column(text, equals), LineColumn { line: 2, column: 3, cell: None });
        assert_eq!(index.whole_lines(text, Span::new(equals, equals + 1)).of(text), "öä=1\r\n");
    }
}
