//! Which flows are migrated together: those whose migrations change a file in common, a manifest too.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::verify::FilePatch;

/// A change that leaves the tree whole: the flows it ends, and every file that changes for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The indices of the flows in the analysis, in order.
    pub flows: Vec<usize>,
    /// The files that change, ordered by path.
    pub patches: Vec<FilePatch>,
}

/// Parts patches among flows, each given with the files of code that its migration changes. A patch of another file, such
/// as a manifest, belongs to all flows below its folder.
#[must_use]
pub fn fixes(flows: &[(usize, BTreeSet<Utf8PathBuf>)], patches: &[FilePatch]) -> Vec<Fix> {
    let code: BTreeSet<&Utf8Path> = flows.iter().flat_map(|it| &it.1).map(Utf8PathBuf::as_path).collect();
    let concerns = |patch: &FilePatch, touched: &BTreeSet<Utf8PathBuf>| {
        let folder = patch.path.parent().unwrap_or(Utf8Path::new(""));
        match code.contains(patch.path.as_path()) {
            true => touched.contains(&patch.path),
            false => touched.iter().any(|it| it.starts_with(folder)),
        }
    };
    let mut groups: Vec<(BTreeSet<usize>, BTreeSet<usize>)> = Vec::new();
    for (flow, touched) in flows {
        let own: BTreeSet<usize> =
            patches.iter().enumerate().filter(|it| concerns(it.1, touched)).map(|it| it.0).collect();
        let mut joined = (BTreeSet::from([*flow]), own);
        groups.retain(|group| {
            let apart = group.1.is_disjoint(&joined.1);
            if !apart {
                joined.0.extend(&group.0);
                joined.1.extend(&group.1);
            }
            apart
        });
        groups.push(joined);
    }
    let fix = |(flows, own): (BTreeSet<usize>, BTreeSet<usize>)| Fix {
        flows: flows.into_iter().collect(),
        patches: own.into_iter().filter_map(|it| patches.get(it).cloned()).collect(),
    };
    groups.into_iter().map(fix).filter(|it| !it.patches.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_of_one_package_go_together() {
        let patch = |path: &str| FilePatch { path: path.into(), before: "a".to_owned(), after: Some("b".to_owned()) };
        let touched = |path: &str| BTreeSet::from([Utf8PathBuf::from(path)]);
        let flows = [(0, touched("one/a.js")), (1, touched("one/b.js")), (2, touched("two/c.js"))];
        let all = [patch("one/a.js"), patch("one/b.js"), patch("two/c.js"), patch("one/package.json")];
        let found: Vec<_> = fixes(&flows, &all).into_iter().map(|it| (it.flows, it.patches.len())).collect();
        assert_eq!(found, [(vec![0, 1], 3), (vec![2], 1)]);
        assert_eq!(fixes(&flows, &all[..3]).len(), 3);
    }
}
