//! Escape sequences in string literals.

/// The characters that the source text of a literal stands for.
///
/// Knows the sequences that JavaScript, Python and JSON share; an unknown one stays as written.
pub(super) fn unescape(source: &str) -> String {
    if !source.contains('\\') {
        return source.to_owned();
    }
    let mut res = String::with_capacity(source.len());
    let mut rest = source.chars();
    while let Some(char) = rest.next() {
        if char != '\\' {
            res.push(char);
            continue;
        }
        match rest.next() {
            Some('n') => res.push('\n'),
            Some('t') => res.push('\t'),
            Some('r') => res.push('\r'),
            Some('\n') => {}
            Some(plain @ ('\\' | '\'' | '"' | '`' | '/' | '$')) => res.push(plain),
            Some(digit @ ('u' | 'x')) => {
                let width = if digit == 'u' { 4 } else { 2 };
                let hex: String = rest.clone().take(width).collect();
                match u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) {
                    Some(decoded) if hex.len() == width => {
                        res.push(decoded);
                        rest.by_ref().take(width).for_each(drop);
                    }
                    _ => res.extend(['\\', digit]),
                }
            }
            Some(other) => res.extend(['\\', other]),
            None => res.push('\\'),
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sequences_are_resolved_and_others_stay() {
        assert_eq!(unescape(r"a\/b\n\u0041\x42\q"), "a/b\nAB\\q");
        assert_eq!(unescape("plain"), "plain");
        assert_eq!(unescape("\\"), "\\");
    }
}
