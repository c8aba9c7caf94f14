//! jwt-dependency: a manifest entry that only the JWT flow needs.
//!
//! ## What it finds
//!
//! A dependency on a library that does nothing but exchange JWTs, or on a JWT library whose only uses in the package are
//! the flows that were found.
//!
//! ## Why
//!
//! The dependency dies with the flow. Left behind it keeps asking for updates and security reviews.
//!
//! ## Example
//!
//! ```json
//! { "dependencies": { "@adobe/jwt-auth": "^2.0.0" } }
//! ```
//!
//! ## Instead
//!
//! Remove the entry together with the flow; `jwt-sunset fix` does both. A JWT library that something else still uses
//! stays and is not reported.
//!
//! ## How to silence
//!
//! JSON has no comments, so an entry of `package.json` stays until it goes; in a requirements file or in TOML a comment
//! `jwt-sunset: ignore[jwt-dependency] <reason>` on the line or the line before.

use crate::facts::manifest_language;
use crate::flow::{Analysis, Confidence, Flow, FlowKind};
use crate::knowledge::same_distribution;
use crate::lang::ModuleStyle;
use crate::link::{Expr, ManifestFile, Project, chain_of};
use crate::text::FileId;

use super::{Finding, Fingerprint, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-dependency",
    level: Level::Warning,
    summary: "a manifest entry that only the JWT flow needs",
    source: include_str!("jwt_dependency.rs"),
};

pub(super) struct JwtDependency;

impl Rule for JwtDependency {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for manifest in project.manifests() {
            for dependency in &manifest.manifest.dependencies {
                let Some(confidence) = serves_only_jwt(project, analysis, manifest, &dependency.name) else { continue };
                let message = format!("only the JWT flow needs {}", dependency.name);
                let text = (manifest.path(), manifest.source.text.as_str(), &*manifest.lines);
                let mut finding = Finding::in_text(&INFO, text, dependency.span, message);
                finding.confidence = confidence;
                // A new version of it is the same debt.
                finding.fingerprint = Fingerprint::new(INFO.id, &dependency.name);
                acc.push(finding);
            }
        }
    }
}

fn serves_only_jwt(
    project: &Project,
    analysis: &Analysis<'_>,
    manifest: &ManifestFile,
    name: &str,
) -> Option<Confidence> {
    let language = manifest_language(manifest.manifest.kind);
    let knowledge = project.knowledge();
    let exempt = knowledge.exemptions.packages.iter().any(|it| same_distribution(it, name));
    let dedicated = knowledge
        .libraries
        .iter()
        .any(|row| row.jwt_only && row.language == language && same_distribution(&row.package, name));
    let own: Vec<&Flow<'_>> = analysis
        .flows
        .iter()
        .filter(|flow| {
            let sign = flow.assertion.as_ref().or(flow.beside.as_ref()).map(|it| it.sign.file);
            let mut files = [Some(flow.anchor.file), sign].into_iter().flatten();
            files.any(|it| project.file(it).path().starts_with(manifest.folder()))
        })
        .collect();
    if dedicated {
        let spared = exempt || own.iter().any(|flow| flow.exempt.is_some());
        return (!spared).then_some(Confidence::Certain);
    }
    if own.iter().any(|flow| flow.exempt.is_some()) {
        return None;
    }
    let package = knowledge.package(language, name);
    if package.is_some_and(|it| it.signs) {
        return only_in_flow_files(project, &own, manifest, name).then_some(Confidence::Likely);
    }
    let signer = knowledge.signers.iter().any(|row| {
        row.language == language && row.package.as_deref().is_some_and(|package| same_distribution(package, name))
    });
    (signer && serves_only(project, &own, manifest, name)).then_some(Confidence::Likely)
}

/// Whether everything that code does with a signing library is to make the JWTs of flows.
fn serves_only(project: &Project, own: &[&Flow<'_>], manifest: &ManifestFile, name: &str) -> bool {
    let language = manifest_language(manifest.manifest.kind);
    let requests = own.iter().filter(|flow| !matches!(flow.kind, FlowKind::Library(row) if row.jwt.is_none()));
    let signed: Vec<Expr> =
        requests.filter_map(|flow| flow.assertion.as_ref().or(flow.beside.as_ref()).map(|it| it.sign)).collect();
    let modules = project.modules_of(language, name);
    let uses: Vec<Expr> = modules.iter().flat_map(|it| project.uses_of_module(manifest.folder(), it)).collect();
    let keys: Vec<Expr> = own.iter().filter_map(|flow| flow.assertion.as_ref().or(flow.beside.as_ref())?.key).collect();
    let inside = |expr: &Expr| {
        signed.iter().any(|sign| {
            let whole = chain_of(project, *sign).last().map_or(*sign, |it| it.1);
            let function = project.function(*sign);
            let in_it = project.node(whole).span.contains(project.node(*expr).span);
            let beside = function.index() > 0 && project.function(*expr) == function;
            sign.file == expr.file && (in_it || beside)
        })
    };
    let elsewhere = modules.iter().any(|it| project.mentions().below(manifest.folder(), it));
    // In Rust types of errors name the library too, and what goes is worked out on the crate as a whole.
    let loose = signed.first().is_some_and(|it| {
        let language = project.facts(it.file).language;
        !language.rewritten || language.modules == ModuleStyle::Rust
    });
    if loose {
        return !elsewhere && only_signs(project, manifest, &modules, &uses, &signed);
    }
    !uses.is_empty()
        && uses.iter().any(inside)
        && uses.iter().all(|it| inside(it) || is_type(project, *it) || feeds(project, *it, &signed, &keys))
        && !elsewhere
}

/// Whether a library is used only in files that sign, and only to sign: for languages whose code is not rewritten, where
/// nothing is removed on the strength of it.
fn only_signs(project: &Project, manifest: &ManifestFile, modules: &[String], uses: &[Expr], signed: &[Expr]) -> bool {
    let verifies = |it: &Expr| {
        let statement = project.statement(*it).map(|id| project.facts(it.file).statements[id].span);
        let text = statement.map(|it2| it2.of(project.file(it.file).text()).to_lowercase()).unwrap_or_default();
        ["decode", "verif", "parse", "validat"].iter().any(|word| text.contains(word)) && !text.contains("import")
    };
    // A wildcard import brings names that cannot be told from others; it is one use.
    let brings = |file: FileId| {
        project.facts(file).imports.iter().any(|(_, it)| {
            it.wildcards.iter().any(|path| modules.iter().any(|it| path == it || path.starts_with(&format!("{it}."))))
        })
    };
    let below = project.files().filter(|(_, it)| it.path().starts_with(manifest.folder())).map(|it| it.0);
    let users: Vec<FileId> = uses.iter().map(|it| it.file).chain(below.filter(|it| brings(*it))).collect();
    !users.is_empty() && users.iter().all(|file| signed.iter().any(|it| it.file == *file)) && !uses.iter().any(verifies)
}

/// Whether a name stands only for a type: of a field, a parameter, an exception that is declared or caught.
fn is_type(project: &Project, expr: Expr) -> bool {
    let facts = project.facts(expr.file);
    if facts.functions.iter().any(|(_, it)| it.throws.contains(&expr.id)) {
        return true;
    }
    let declared = |id| facts.bindings.iter().any(|(_, it)| it.definitions.iter().any(|it| it.declared == Some(id)));
    declared(expr.id) || facts.handlers.iter().any(|it| it.filter == Some(expr.id))
}

/// Whether only files with a part of a flow name a library, in languages that are known as tokens.
fn only_in_flow_files(project: &Project, own: &[&Flow<'_>], manifest: &ManifestFile, name: &str) -> bool {
    let language = manifest_language(manifest.manifest.kind);
    let modules = project.modules_of(language, name);
    let names = |text: &str| modules.iter().any(|it| text.contains(it.as_str()));
    let mut users = project
        .files()
        .filter(|(_, it)| it.facts.language.id == language && it.path().starts_with(manifest.folder()))
        .filter(|(_, it)| names(it.text()))
        .peekable();
    let of_flow = |file: FileId| {
        let folder = project.file(file).path().parent();
        own.iter().any(|flow| {
            let at_endpoint = flow.endpoint.iter().any(|it| it.file == file);
            flow.anchor.file == file
                || at_endpoint
                || project.file(flow.anchor.file).path().parent() == folder && speaks_of_claims(project, file)
        })
    };
    let elsewhere = modules.iter().any(|it| project.mentions().below(manifest.folder(), it));
    users.peek().is_some() && !elsewhere && users.all(|(file, _)| of_flow(file))
}

/// Whether a file has the claims of a service account.
fn speaks_of_claims(project: &Project, file: FileId) -> bool {
    let endpoints = &project.knowledge().endpoints;
    let text = project.file(file).text();
    endpoints.metascope.is_match(text) && endpoints.audience.is_match(text) || endpoints.host.is_match(text)
}

/// Whether a use of the library only prepares what a signing call gets, such as a key object made for it.
fn feeds(project: &Project, expr: Expr, signed: &[Expr], keys: &[Expr]) -> bool {
    project.reach(topmost(project, expr)).iter().any(|reach| {
        keys.contains(&reach.expr)
            || signed.iter().any(|sign| {
                sign.file == reach.expr.file && project.node(*sign).span.contains(project.node(reach.expr).span)
            })
    })
}

/// The largest expression that an expression is part of.
fn topmost(project: &Project, expr: Expr) -> Expr {
    std::iter::successors(Some(expr), |it| project.parent(*it)).last().unwrap_or(expr)
}
