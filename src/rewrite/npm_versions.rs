//! Versions as `package.json` asks for them: whether what is asked for is new enough, and how to ask for more.

/// What becomes of an entry that may ask for too little.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// It asks for enough, or for what cannot be told.
    Enough,
    /// The entry that does.
    To(String),
    /// It asks for another series, which raising would break; its version.
    Not(String),
}

/// Raises an entry `"name": "^1.2.0"` to a version of the same series: the number changes, its operator stays.
pub(super) fn raised(entry: &str, least: &str) -> Raised {
    let asked = entry.rsplit('"').nth(1).unwrap_or_default();
    let number = asked.trim_start_matches(['^', '~', '=', 'v']);
    let least = least.trim_start_matches('^');
    let (Some(old), Some(new)) = (numbers(number), numbers(least)) else { return Raised::Enough };
    if old >= new {
        return Raised::Enough;
    }
    if old.first() != new.first() {
        return Raised::Not(asked.to_owned());
    }
    let Some(start) = entry.rfind(number) else { return Raised::Enough };
    let mut res = entry.to_owned();
    res.replace_range(start..start + number.len(), least);
    Raised::To(res)
}

/// The three numbers of a plain version; none for ranges, tags and addresses.
fn numbers(version: &str) -> Option<Vec<u32>> {
    let mut res = version.split('.').map(|it| it.parse().ok()).collect::<Option<Vec<u32>>>()?;
    res.resize(3, 0);
    Some(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_raised_within_their_series() {
        let to = |it: &str| Raised::To(it.to_owned());
        assert_eq!(raised(r#""a": "3.3.0""#, "3.4.0"), to(r#""a": "3.4.0""#));
        assert_eq!(raised(r#""a3.1": "^3.1""#, "^3.4.0"), to(r#""a3.1": "^3.4.0""#));
        assert_eq!(raised(r#""a": "~3.4.2""#, "3.4.0"), Raised::Enough);
        assert_eq!(raised(r#""a": "^2.2.0""#, "3.4.0"), Raised::Not("^2.2.0".to_owned()));
        assert_eq!(raised(r#""a": "latest""#, "3.4.0"), Raised::Enough);
        assert_eq!(raised(r#""a": ">=2 <4""#, "3.4.0"), Raised::Enough);
    }
}
