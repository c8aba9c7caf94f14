//! A limit on how much is looked at for one answer, so that no input makes an evaluation run away.

use std::cell::Cell;

/// How deep an evaluation is, and how many steps it has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<'b> {
    levels: usize,
    steps: &'b Cell<usize>,
}

impl<'b> Bound<'b> {
    /// A bound of so many levels and, in all, so many steps.
    pub(super) fn new(levels: usize, steps: &'b Cell<usize>) -> Self {
        Self { levels, steps }
    }

    /// The bound one level further down; takes a step.
    pub(super) fn deeper(self) -> Self {
        self.steps.set(self.steps.get().saturating_sub(1));
        Self { levels: self.levels.saturating_sub(1), steps: self.steps }
    }

    /// Whether nothing more may be looked at.
    pub(super) fn is_spent(self) -> bool {
        self.levels == 0 || self.steps.get() == 0
    }
}
