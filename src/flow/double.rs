//! Test doubles: code in tests that answers an exchange rather than asking for one.

use crate::link::Project;
use crate::text::FileId;

use super::{Flow, FlowKind};

/// Whether a file is one of tests.
pub(super) fn is_test(project: &Project, file: FileId) -> bool {
    project.knowledge().doubles.is_test(project.file(file).path())
}

/// Whether what looks like a flow is a double of one: in a test that answers requests itself, and not the call of a client
/// that is known to send them.
pub(super) fn is_double(project: &Project, flow: &Flow<'_>) -> bool {
    let sends = matches!(flow.kind, FlowKind::Request(Some(_)) | FlowKind::Library(_));
    !sends && answers(project, flow.anchor.file)
}

/// Whether a flow stands in a test and is not the test's own request: answered in place of a server, or made by a library.
pub(super) fn in_double(project: &Project, flow: &Flow<'_>) -> bool {
    let file = flow.anchor.file;
    answers(project, file) || (is_test(project, file) && matches!(flow.kind, FlowKind::Library(_)))
}

/// Whether a file is a test with a library that answers requests in place of a server.
fn answers(project: &Project, file: FileId) -> bool {
    let text = project.file(file).text();
    is_test(project, file) && project.knowledge().doubles.words.iter().any(|it| text.contains(it.as_str()))
}
