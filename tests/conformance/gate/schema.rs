//! Each file against the schema of whoever reads it.

use super::{Proof, ends_with, own, tool};

pub(super) const PROOFS: &[Proof] = &[
    ("action.yml fits its schema", || fits("vendor.github-actions", "action.yml")),
    ("the workflow fits its schema", || fits("vendor.github-workflows", "src/cli/init/github-workflow.yml")),
    ("the GitLab template fits its schema", || fits("vendor.gitlab-ci", "templates/gitlab-ci.yml")),
    ("the GitLab pipeline fits its schema", || fits("vendor.gitlab-ci", "src/cli/init/gitlab-ci.yml")),
    ("pre-commit takes the hooks", || pre_commit("validate-manifest", ".pre-commit-hooks.yaml")),
    ("pre-commit takes the configuration", || pre_commit("validate-config", "src/cli/init/pre-commit-config.yaml")),
];

fn fits(schema: &str, path: &str) -> Result<(), String> {
    let mut command = tool("check-jsonschema")?;
    command.args(["--builtin-schema", schema]);
    if schema == "vendor.gitlab-ci" {
        // GitLab has YAML tags of its own, which a reader of plain YAML refuses.
        command.args(["--data-transform", "gitlab-ci"]);
    }
    command.arg(own(path));
    ends_with(0, command).map(drop)
}

fn pre_commit(command: &str, path: &str) -> Result<(), String> {
    let mut res = tool("pre-commit")?;
    res.arg(command).arg(own(path));
    // It warns of what it will not take for long; so far that shall fail too.
    match ends_with(0, res)? {
        said if said.is_empty() => Ok(()),
        said => Err(said),
    }
}
