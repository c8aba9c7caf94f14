//! Private keys committed to the tree, where they belong to a JWT credential.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::Regex;

use crate::lang::{ConfigFormat, Syntax};
use crate::link::{Project, nearest_folder};
use crate::text::{FileId, Location, Span};

use super::{Credential, Flow, double};

/// A private key in the tree.
#[derive(Debug, Clone)]
pub struct PrivateKey {
    /// The line that begins it.
    pub at: Location,
    /// Whether it stands in a test.
    pub in_test: bool,
}

/// The names that files with the key of such a credential have.
const NAMES: &[&str] = &[
    "private.key",
    "private.pem",
    "private.pkcs8.key",
    "secret.key",
    "secret.pem",
    "private_key.pem",
    "privatekey.pem",
    "adobe.key",
    "adobe.pem",
];

/// A key in PEM with a body; a header alone, or one with a placeholder, is none.
fn keys(text: &str) -> Vec<Span> {
    static KEY: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = KEY.get_or_init(|| {
        Regex::new(r"-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----(?:\\r|\\n|[\s'\x22+,])*(?:[A-Za-z0-9+/=]{40,}(?:\\r|\\n|[\s'\x22+,])*){2,}").ok()
    });
    let found = pattern.iter().flat_map(|it| it.find_iter(text));
    found
        .map(|it| {
            Span::new(it.start(), it.start() + it.as_str().find("KEY-----").map_or(1, |end| end + "KEY-----".len()))
        })
        .collect()
}

/// The keys that a block of settings, a flow, or their name and place tie to a JWT credential.
pub(super) fn private_keys(project: &Project, flows: &[Flow<'_>], credentials: &[Credential]) -> Vec<PrivateKey> {
    let mut res = Vec::new();
    for (file, data) in project.files() {
        for span in keys(data.text()) {
            let at = Location { file, span };
            let in_block =
                credentials.iter().any(|it| it.at.file == file && it.block.contains(span) && it.exempt.is_none());
            let signs = |it: &Flow<'_>| {
                let source = it.assertion.as_ref().or(it.beside.as_ref()).and_then(|it| it.key_source);
                source.is_some_and(|it| it.file == file && it.span.contains(span)) && it.exempt.is_none()
            };
            if in_block || flows.iter().any(signs) || is_beside(project, flows, credentials, file) {
                res.push(PrivateKey { at, in_test: double::is_test(project, file) });
            }
        }
    }
    res
}

/// The files that may name a flow's key: of its request, its assertion and its key, and what they import.
fn signing_files(project: &Project, flow: &Flow<'_>) -> BTreeSet<FileId> {
    let assertion = flow.assertion.as_ref().or(flow.beside.as_ref());
    let signing = assertion.into_iter().flat_map(|it| [Some(it.sign.file), it.key_source.map(|at| at.file)]);
    let own: BTreeSet<FileId> = signing.flatten().chain([flow.anchor.file]).collect();
    let imported = own.iter().flat_map(|it| project.imports(*it)).copied();
    own.iter().copied().chain(imported).collect()
}

/// Whether a file that is a key belongs to a flow or a credential of its package: by its usual name, or because they name it.
fn is_beside(project: &Project, flows: &[Flow<'_>], credentials: &[Credential], file: FileId) -> bool {
    let data = project.file(file);
    if !matches!(data.facts.language.syntax, Syntax::Config(ConfigFormat::Key)) {
        return false;
    }
    let name = data.path().file_name().unwrap_or_default();
    let folder = nearest_folder(project, data.path());
    let own = flows.iter().filter(|it| it.exempt.is_none()).flat_map(|it| signing_files(project, it));
    let own = own.chain(credentials.iter().filter(|it| it.exempt.is_none()).map(|it| it.at.file));
    let mut own = own.filter(|it| project.file(*it).path().starts_with(&folder));
    own.any(|it| NAMES.contains(&name.to_ascii_lowercase().as_str()) || project.file(it).text().contains(name))
}
