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
use crate::link::{Expr, ManifestFile, Project};

use super::{Finding, Level, Rule, RuleInfo};

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
                acc.push(Finding {
                    rule: &INFO,
                    level: INFO.level,
                    confidence,
                    message: format!("only the JWT flow needs {}", dependency.name),
                    path: manifest.path().to_path_buf(),
                    span: dependency.span,
                    start: manifest.lines.line_column(&manifest.source.text, dependency.span.start),
                    end: manifest.lines.line_column(&manifest.source.text, dependency.span.end),
                    related: Vec::new(),
                    flow: None,
                    exempt: None,
                });
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
        .filter(|flow| project.file(flow.anchor.file).path().starts_with(manifest.folder()))
        .collect();
    if dedicated {
        let spared = exempt || own.iter().any(|flow| flow.exempt.is_some());
        return (!spared).then_some(Confidence::Certain);
    }
    let signer = knowledge.signers.iter().any(|row| {
        row.language == language && row.package.as_deref().is_some_and(|package| same_distribution(package, name))
    });
    if !signer || own.iter().any(|flow| flow.exempt.is_some()) {
        return None;
    }
    let signed: Vec<Expr> = own
        .iter()
        .filter(|flow| matches!(flow.kind, FlowKind::Request(_)))
        .filter_map(|flow| flow.assertion.as_ref().map(|it| it.sign))
        .collect();
    let modules = project.modules_of(language, name);
    let uses: Vec<Expr> = modules.iter().flat_map(|it| project.uses_of_module(manifest.folder(), it)).collect();
    let inside = |expr: &Expr| {
        signed.iter().any(|sign| sign.file == expr.file && project.node(*sign).span.contains(project.node(*expr).span))
    };
    let elsewhere = modules.iter().any(|it| project.mentions().below(manifest.folder(), it));
    (!uses.is_empty()
        && uses.iter().any(inside)
        && uses.iter().all(|it| inside(it) || feeds(project, *it, &signed))
        && !elsewhere)
        .then_some(Confidence::Likely)
}

/// Whether a use of the library only prepares what a signing call gets, such as a key object made for it.
fn feeds(project: &Project, expr: Expr, signed: &[Expr]) -> bool {
    project.reach(topmost(project, expr)).iter().any(|reach| {
        signed.iter().any(|sign| {
            sign.file == reach.expr.file && project.node(*sign).span.contains(project.node(reach.expr).span)
        })
    })
}

/// The largest expression that an expression is part of.
fn topmost(project: &Project, expr: Expr) -> Expr {
    std::iter::successors(Some(expr), |it| project.parent(*it)).last().unwrap_or(expr)
}
