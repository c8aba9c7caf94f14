//! The name that someone may have meant.

/// The name that is most like `wanted`, if one is like it at all.
#[must_use]
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |name: &str| strsim::jaro_winkler(&wanted.to_lowercase(), &name.to_lowercase());
    let scored = names.into_iter().map(|it| (likeness(it), it)).filter(|it| it.0 > LEAST);
    scored.max_by(|one, other| one.0.total_cmp(&other.0)).map(|it| it.1)
}

/// How alike two names must be for one to be taken for the other misspelt: of 0 to 1.
const LEAST: f64 = 0.8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_guessed_and_others_are_not() {
        assert_eq!(nearest("exclud", ["exclude", "rules"]), Some("exclude"));
        assert_eq!(nearest("jwt-exchang", ["jwt-endpoint", "jwt-exchange"]), Some("jwt-exchange"));
        assert_eq!(nearest("colour", ["exclude", "rules"]), None);
    }
}
