//! How a Python manifest says which versions it wants: exactly, at least, compatibly, or not at all.

/// The versions of a distribution that new code works with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version<'v> {
    /// The least requirement, operator included.
    pub(super) least: &'v str,
    /// A version to pin.
    pub(super) pinned: Option<&'v str>,
    /// What it brings that has to be left out.
    pub(super) without: Option<&'v str>,
}

/// How most entries of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bare,
    Exact,
    Compatible,
    Least,
}

impl Version<'_> {
    /// A requirement as PEP 508 has it, in the style of those beside it.
    pub(super) fn requirement(&self, name: &str, beside: &[&str]) -> String {
        let (least, pinned) = (self.least, self.pinned.unwrap_or_default());
        match style(beside, "==") {
            Style::Bare => name.to_owned(),
            Style::Exact if !pinned.is_empty() => format!("{name}=={pinned}"),
            Style::Compatible if least.starts_with(">=") => {
                let number = least.trim_start_matches(">=");
                let series = number.rsplit_once('.').map_or(number, |it| it.0);
                format!("{name}~={series}")
            }
            _ => format!("{name}{least}"),
        }
    }

    /// An item of a conda environment.
    pub(super) fn conda(&self, name: &str, beside: &[&str]) -> String {
        match (style(beside, "="), self.pinned) {
            (Style::Bare, _) => name.to_owned(),
            (Style::Exact, Some(pinned)) if beside.iter().any(|it| it.contains("==")) => format!("{name}=={pinned}"),
            (Style::Exact, Some(pinned)) => format!("{name}={pinned}"),
            _ => format!("{name}{}", self.least),
        }
    }

    /// The value of a table of Poetry or Pipenv.
    pub(super) fn constraint(&self, beside: &[&str]) -> String {
        let values: Vec<&str> = beside
            .iter()
            .filter(|it| !it.starts_with("python"))
            .filter_map(|it| it.split_once('=')?.1.split(['"', '\'']).nth(1))
            .collect();
        let most = |fits: &dyn Fn(&str) -> bool| {
            !values.is_empty() && values.iter().filter(|it| fits(it)).count() * 2 > values.len()
        };
        let number = self.least.trim_start_matches(">=");
        let digit = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
        match self.pinned {
            Some(pinned) if most(&|it| it.starts_with("==")) => format!("=={pinned}"),
            Some(pinned) if most(&digit) => pinned.to_owned(),
            _ if most(&|it| it == "*") => "*".to_owned(),
            _ if most(&|it| it.starts_with('^')) => format!("^{number}"),
            _ => self.least.to_owned(),
        }
    }
}

fn style(beside: &[&str], exact: &str) -> Style {
    let code = beside.iter().map(|it| it.split([';', '#']).next().unwrap_or_default().trim());
    let count = |fits: &dyn Fn(&str) -> bool| code.clone().filter(|it| fits(it)).count();
    let all = beside.len();
    let operators: &[char] = &['=', '<', '>', '~', '!'];
    if all == 0 {
        Style::Least
    } else if count(&|it| !it.contains(operators)) == all {
        Style::Bare
    } else if count(&|it| it.contains(exact) && !it.contains(['<', '>', '~', '!'])) * 2 > all {
        Style::Exact
    } else if count(&|it| it.contains("~=")) * 2 > all {
        Style::Compatible
    } else {
        Style::Least
    }
}
