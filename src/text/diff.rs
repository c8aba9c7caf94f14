//! Unified diffs in the form that `git apply` reads.

use similar::TextDiff;

/// The unified diff that turns `before` into `after`, with three lines of context; empty when they are the same.
///
/// `path` is relative to the directory in which the diff will be applied, with forward slashes.
#[must_use]
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let diff = TextDiff::from_lines(before, after);
    let body = diff.unified_diff().context_radius(3).missing_newline_hint(true).to_string();
    format!("--- a/{path}\n+++ b/{path}\n{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_both_sides_and_the_missing_newline() {
        let diff = unified_diff("src/a.py", "one\ntwo", "one\nthree");
        assert_eq!(
            diff,
            "--- a/src/a.py\n+++ b/src/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n\\ No newline at end of file\n+three\n\\ No newline at end of file\n"
        );
        assert_eq!(unified_diff("a", "x", "x"), "");
    }
}
