//! How an API path seen in code is compared with one in the data.

/// Whether `path`, as seen in code, is the API that `row` names.
///
/// Node's `node:` prefix and a `default` export do not count. A row that ends in `*` is a prefix.
#[must_use]
pub fn path_matches(row: &str, path: &str) -> bool {
    let path = path.strip_prefix("node:").unwrap_or(path);
    match row.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == row || path.replace(".default", "") == row,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_node_scheme() {
        assert!(path_matches("fs.readFileSync", "node:fs.readFileSync"));
        assert!(path_matches("Math.*", "Math.floor"));
        assert!(path_matches("axios.post", "axios.default.post"));
        assert!(!path_matches("axios", "axios.post"));
    }
}
