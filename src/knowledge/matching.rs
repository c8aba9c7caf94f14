//! How an API path seen in code is compared with one in the data.

/// Whether `path`, as seen in code, is the API that `row` names.
///
/// Node's `node:` prefix and a `default` export do not count. A `*` in a row stands for anything.
#[must_use]
pub fn path_matches(row: &str, path: &str) -> bool {
    let path = path.strip_prefix("node:").unwrap_or(path);
    match row.split_once('*') {
        Some((start, end)) => path.len() >= start.len() + end.len() && path.starts_with(start) && path.ends_with(end),
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
        assert!(path_matches(
            "org.apache.http*.execute",
            "org.apache.http.impl.client.HttpClients.createDefault().execute"
        ));
        assert!(!path_matches("a*.execute", "a.executeAll"));
    }
}
