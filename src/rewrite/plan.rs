//! The ladder: for each flow the best pattern that survives verification, or a refusal with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{BindingId, Value, manifest};
use crate::flow::{self, Analysis, Flow, FlowKind};
use crate::lang::Grammars;
use crate::link::{FieldForm, ManifestFile, Project, chain_of};
use crate::source::SourceFile;
use crate::text::{FileId, Location};

use super::change::{Change, Declined, Need, at};
use super::config_forms;
use super::dead;
use super::manifests::{self, ManifestChanges};
use super::oauth_branch::{file_line, files_with_both};
use super::outcome::{Applicability, Migration, Outcome, Refusal};
use super::patterns::{Pattern, offers};
use super::removal::{item_span, statement_span};
use super::site::Site;
use super::test_doubles;
use super::verify::{FilePatch, overlay, patched, verify};

/// Gives the names of the patterns that are asked for in a file and its language, as [`super::pattern_names`] lists them;
/// none for the best ones. A language for which none of them is has its best one.
pub type AskedPatterns<'a> = &'a (dyn Fn(&Utf8Path, &str) -> Vec<String> + Sync);

/// What a plan may do.
#[derive(Clone, Copy)]
pub struct PlanSettings<'a> {
    /// The patterns that are asked for.
    pub patterns: AskedPatterns<'a>,
    /// The least that a migration must reach to be carried out; others are only described.
    pub least: Applicability,
}

/// The migrations of a whole project.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is offered for each flow, by the file and offset of its anchor.
    pub outcomes: BTreeMap<(Utf8PathBuf, usize), Outcome>,
    /// The files that change, ordered by path.
    pub patches: Vec<FilePatch>,
    /// The files that each migration changes, by the file and offset of its flow's anchor.
    pub touched: BTreeMap<(Utf8PathBuf, usize), BTreeSet<Utf8PathBuf>>,
    /// The distributions the new code needs, with the file that needs each.
    pub needs: Vec<(Utf8PathBuf, Need)>,
    /// The environment variables the new code reads, with the file that reads each.
    pub settings: Vec<(Utf8PathBuf, String)>,
}

/// One verified step.
struct Step {
    migration: Migration,
    patches: Vec<FilePatch>,
    needs: Vec<(Utf8PathBuf, Need)>,
    settings: Vec<(Utf8PathBuf, String)>,
    project: Project,
}

/// Plans every flow of a part of a project in turn, each on top of those before it. Silenced flows are left alone.
#[must_use]
pub fn plan(
    grammars: &Grammars,
    project: &Project,
    silenced: &BTreeSet<(Utf8PathBuf, usize)>,
    settings: &PlanSettings<'_>,
) -> Plan {
    let mut left: BTreeSet<(Utf8PathBuf, usize)> = BTreeSet::new();
    loop {
        let res = plan_besides(grammars, project, silenced, &left, settings);
        let split = split_by_address(project, &res);
        if split.iter().all(|it| left.contains(it)) {
            return res;
        }
        left.extend(split);
    }
}

/// The flows that would change the address of others that stay: an address that several requests share changes for all
/// of them or for none.
fn split_by_address(project: &Project, plan: &Plan) -> Vec<(Utf8PathBuf, usize)> {
    let analysis = flow::analyze(project);
    let outcome = |flow: &Flow<'_>| plan.outcomes.get(&anchor_place(project, flow));
    let stays = |flow: &&Flow<'_>| matches!(outcome(flow), Some(Outcome::Refusal(_)));
    let kept: BTreeSet<Location> = analysis.flows.iter().filter(stays).flat_map(|it| it.endpoint.clone()).collect();
    let moves = analysis.flows.iter().filter(|it| matches!(outcome(it), Some(Outcome::Migration(_))));
    let split = moves.filter(|it| it.endpoint.iter().any(|at| kept.contains(at)));
    split.map(|it| anchor_place(project, it)).collect()
}

/// As [`plan`], with some flows left to a person since others with the same address are.
fn plan_besides(
    grammars: &Grammars,
    project: &Project,
    silenced: &BTreeSet<(Utf8PathBuf, usize)>,
    left: &BTreeSet<(Utf8PathBuf, usize)>,
    settings: &PlanSettings<'_>,
) -> Plan {
    let mut res = Plan::default();
    let (origins, both) = {
        let analysis = flow::analyze(project);
        let origins: Vec<_> = analysis.flows.iter().map(|flow| anchor_place(project, flow)).collect();
        (origins, files_with_both(project, &analysis))
    };
    let mut current = project.clone();
    let mut texts: BTreeMap<Utf8PathBuf, FilePatch> = BTreeMap::new();
    let mut migrated = 0;
    let mut pending = origins.into_iter().enumerate();
    loop {
        let analysis = flow::analyze(&current);
        // The places are those of the project as it was; a flow that was migrated is no longer among the others.
        let step = pending.by_ref().find_map(|(index, place)| {
            let flow = analysis.flows.get(index - migrated).filter(|_| !silenced.contains(&place))?;
            let (outcome, step) = match both.get(&place.0).filter(|_| flow.exempt.is_none()) {
                Some(branch) => (refused_beside(&current, flow, branch), None),
                None if left.contains(&place) => (refusal(&current, flow, SHARED.to_owned()), None),
                None => one(grammars, &current, &analysis, flow, settings),
            };
            res.outcomes.insert(place.clone(), outcome);
            Some((place, step.filter(|it| it.migration.applicability >= settings.least)?))
        });
        let Some((place, step)) = step else { break };
        migrated += 1;
        res.touched.insert(place, step.patches.iter().map(|it| it.path.clone()).collect());
        for patch in step.patches {
            match texts.get_mut(&patch.path) {
                Some(earlier) => earlier.after = patch.after,
                None => drop(texts.insert(patch.path.clone(), patch)),
            }
        }
        res.needs.extend(step.needs);
        res.settings.extend(step.settings);
        current = step.project;
    }
    res.patches = texts.into_values().filter(|it| it.after.as_deref() != Some(it.before.as_str())).collect();
    res
}

/// Why a flow is left to a person though it could be migrated.
const SHARED: &str = "another exchange uses the same address and has to be changed by hand, both at once";

/// What is offered for a flow beside code that asks for a token with client credentials: a second such branch would be one
/// too many.
fn refused_beside(project: &Project, flow: &Flow<'_>, branch: &str) -> Outcome {
    let file = project.file(flow.anchor.file);
    let start = file.lines.line_column(file.text(), project.node(flow.anchor).span.start);
    let mut steps = vec!["remove this request, and what chooses between the two".to_owned()];
    steps.extend(signing_step(project, flow));
    Outcome::Refusal(Refusal {
        reason: format!("client credentials are sent to the token endpoint at {branch} already"),
        steps,
        path: file.path().to_path_buf(),
        start,
    })
}

/// That the signing goes, where it is known.
fn signing_step(project: &Project, flow: &Flow<'_>) -> Option<String> {
    let sign = flow.assertion.as_ref()?.sign;
    let place = file_line(project, project.location(sign));
    Some(format!("remove the signing at {place} and what only it needs"))
}

/// The file and offset by which a flow is known in reports.
#[must_use]
pub fn anchor_place(project: &Project, flow: &Flow<'_>) -> (Utf8PathBuf, usize) {
    (project.file(flow.anchor.file).path().to_path_buf(), project.node(flow.anchor).span.start)
}

/// What is offered for a flow in a language without patterns.
#[must_use]
pub fn not_rewritten(project: &Project, flow: &Flow<'_>) -> Outcome {
    if flow.exempt.is_some() {
        return Outcome::Exempt;
    }
    let language = project.facts(flow.anchor.file).language;
    refusal(project, flow, format!("{} code is not rewritten", language.name))
}

fn one(
    grammars: &Grammars,
    project: &Project,
    analysis: &Analysis<'_>,
    flow: &Flow<'_>,
    settings: &PlanSettings<'_>,
) -> (Outcome, Option<Step>) {
    if flow.exempt.is_some() {
        return (Outcome::Exempt, None);
    }
    if !project.facts(flow.anchor.file).language.rewritten {
        return (not_rewritten(project, flow), None);
    }
    if matches!(flow.kind, FlowKind::Evidence) {
        let reason = "how the JWT gets from here to the endpoint cannot be followed".to_owned();
        return (refusal(project, flow, reason), None);
    }
    if !project.file(flow.anchor.file).source.is_utf8 {
        return (refusal(project, flow, "the file is not UTF-8".to_owned()), None);
    }
    if flow.confidence == flow::Confidence::Possible {
        let reason = "too little speaks for this being an exchange".to_owned();
        return (refusal(project, flow, reason), None);
    }
    let mut declined: Vec<(&dyn Pattern, String)> = Vec::new();
    if let Some(name) = own_library(project, flow) {
        let reason = format!("this is {name} itself; its users move to another library");
        return (refusal(project, flow, reason), None);
    }
    if broken(project, flow) {
        let reason = "the code around the request does not parse".to_owned();
        return (refusal(project, flow, reason), None);
    }
    let language = project.facts(flow.anchor.file).language.id;
    let asked = (settings.patterns)(project.file(flow.anchor.file).path(), language);
    for pattern in offers(language, &asked).into_iter().filter(|it| it.concerns(flow)) {
        match attempt(grammars, project, analysis, flow, pattern) {
            Ok(mut step) => {
                step.migration.declined = declined.iter().map(|(it, why)| format!("{}: {why}", it.name())).collect();
                return (Outcome::Migration(step.migration.clone()), Some(step));
            }
            Err(reason) => declined.push((pattern, reason.0)),
        }
    }
    // What the pattern of an SDK says of its call tells more than that the others know none.
    let said = if matches!(flow.kind, FlowKind::Library(_)) { declined.first() } else { declined.last() };
    (refusal(project, flow, said.map(|(_, why)| why.clone()).unwrap_or_default()), None)
}

/// The names that hold the JWT, or what it is sent in, or that the signing call is given.
fn jwt_names(project: &Project, flow: &Flow<'_>) -> BTreeSet<(FileId, BindingId)> {
    let mut res = signing_names(project, flow);
    if let Some(field) = flow.parameter(&project.knowledge().endpoints.exchange_parameter) {
        let facts = project.facts(field.at.file);
        let records = facts.bindings.iter().filter(|(_, it)| {
            let mut values = it.definitions.iter().filter_map(|it| it.value);
            values.any(|id| {
                matches!(facts.values[id].value, Value::Record(_) | Value::Operation { .. } | Value::Text(_))
                    && facts.values[id].span.contains(field.at.span)
            })
        });
        res.extend(records.map(|(id, _)| (field.at.file, id)));
    }
    res
}

fn signing_names(project: &Project, flow: &Flow<'_>) -> BTreeSet<(FileId, BindingId)> {
    let Some(assertion) = &flow.assertion else { return BTreeSet::new() };
    // A builder signs at the end of its chain.
    let sign = chain_of(project, assertion.sign).last().map_or(assertion.sign, |it| it.1);
    let span = project.node(sign).span;
    let inside = project.exprs(sign.file).filter(|it| span.contains(project.node(*it).span));
    let held = project.reach(sign).into_iter().map(|it| it.expr);
    inside.chain(held).filter_map(|it| Some((it.file, project.binding(it)?))).collect()
}

/// Removes the JWT from a body that stays because more than the request uses it.
fn drop_jwt_field(project: &Project, flow: &Flow<'_>, change: &mut Change) -> Result<(), Declined> {
    let parameter = flow.parameter(&project.knowledge().endpoints.exchange_parameter);
    let Some(field) = parameter.filter(|it| !change.removes_span(it.at)) else { return Ok(()) };
    let file = project.file(field.at.file);
    match field.form {
        FieldForm::Entry => change.delete(at(field.at.file, item_span(file, field.at.span))),
        FieldForm::Store | FieldForm::Append => {
            let Some(statement) = project.statement(field.value) else { return Ok(()) };
            // A link of a chain is part of what the chain makes, which goes or is written anew as a whole.
            let bindings = project.facts(field.at.file).bindings.iter();
            let makes = bindings.flat_map(|(_, it)| &it.definitions).any(|it| it.statement == Some(statement));
            let link = makes || project.parent(field.value).is_some_and(|it| project.parent(it).is_some());
            if link && field.form == FieldForm::Append {
                return Ok(());
            }
            let whole = statement_span(file, statement, &|_| false);
            change.delete(at(field.at.file, whole))
        }
        FieldForm::Keyword | FieldForm::Item | FieldForm::Text | FieldForm::Composed | FieldForm::Declared => Ok(()),
    }
}

/// The library whose own source a flow is part of.
fn own_library(project: &Project, flow: &Flow<'_>) -> Option<String> {
    let file = project.file(flow.anchor.file);
    let manifests = project.manifests_of(file.path(), file.facts.language.id);
    let names = manifests.iter().filter_map(|it| it.manifest.name.as_ref());
    let libraries = &project.knowledge().libraries;
    names.into_iter().find(|name| libraries.iter().any(|row| row.jwt_only && row.package == **name)).cloned()
}

/// Whether the function of the request holds a place that did not parse.
fn broken(project: &Project, flow: &Flow<'_>) -> bool {
    let file = flow.request.file;
    let facts = project.facts(file);
    let function = project.function(flow.request);
    match facts.functions[function].parent {
        Some(_) => project.is_broken(file, facts.functions[function].span),
        None => project.is_broken(file, project.node(flow.request).span),
    }
}

fn attempt(
    grammars: &Grammars,
    project: &Project,
    analysis: &Analysis<'_>,
    flow: &Flow<'_>,
    pattern: &dyn Pattern,
) -> Result<Step, Declined> {
    let site = Site::new(project, flow);
    let mut change = Change { jwt_names: jwt_names(project, flow), ..Change::default() };
    // The JWT is asked for by nothing any more, whatever making it did.
    let parameter = flow.parameter(&project.knowledge().endpoints.exchange_parameter);
    change.replaced.extend(parameter.map(|it| project.location(it.value)));
    pattern.plan(&site, &mut change)?;
    drop_jwt_field(project, flow, &mut change)?;
    dead::eliminate(project, &mut change)?;
    let (patches, after) = overlay(grammars, project, &change)?;
    verify(project, &after, analysis, &patches)?;
    let path = |file: FileId| project.file(file).path().to_path_buf();
    let migration = Migration {
        rung: pattern.rung(),
        applicability: if change.unproved { Applicability::Review } else { Applicability::Safe },
        pattern: pattern.name(),
        notes: change.notes,
        declined: Vec::new(),
    };
    let needs = change.needs.iter().map(|(file, it)| (path(*file), it.clone())).collect();
    let settings = change.settings.iter().map(|(file, it)| (path(*file), it.clone())).collect();
    Ok(Step { migration, patches, needs, settings, project: after })
}

/// A whole migration: the changed code with the manifests that follow from it.
#[derive(Debug)]
pub struct Finished {
    /// The files that change, ordered by path.
    pub patches: Vec<FilePatch>,
    /// The project as it will be.
    pub after: Project,
    /// What a person has to do besides.
    pub notes: Vec<String>,
}

impl Finished {
    /// Takes a change of files that belong to no flow, if what comes of it can be read.
    fn take(&mut self, grammars: &Grammars, change: &Change, notes: Vec<String>) {
        let Ok((patches, after)) = overlay(grammars, &self.after, change) else { return };
        for patch in patches {
            match self.patches.iter_mut().find(|it| it.path == patch.path) {
                Some(earlier) => earlier.after = patch.after,
                None => self.patches.push(patch),
            }
        }
        self.after = after;
        self.notes.extend(notes);
    }
}

/// Puts the plans of all parts together and updates the manifests of the whole project.
#[must_use]
pub fn finish(grammars: &Grammars, project: &Project, plans: Vec<Plan>, settings: &PlanSettings<'_>) -> Finished {
    let mut res = Finished { patches: Vec::new(), after: project.clone(), notes: Vec::new() };
    let (mut needs, mut variables) = (Vec::new(), Vec::new());
    for plan in plans {
        // Parts share settings; where two change the same file, the first one's change stands.
        let known = |patch: &FilePatch, all: &[FilePatch]| all.iter().any(|it| it.path == patch.path);
        let new: Vec<FilePatch> = plan.patches.into_iter().filter(|it| !known(it, &res.patches)).collect();
        res.patches.extend(new);
        needs.extend(plan.needs);
        variables.extend(plan.settings);
    }
    if !res.patches.is_empty() {
        let after = patched(grammars, project, &res.patches);
        let changes = manifests::update(project, &after, &needs, &variables);
        let (after, changed) = with_manifests(&after, &changes);
        res.patches.extend(changed);
        res.after = after;
        res.notes = changes.notes;
        res.notes.extend(test_doubles::stale_mocks(project, &res.after));
    }
    let migrated = !res.patches.is_empty();
    if settings.least <= Applicability::Review {
        for (change, note) in config_forms::unread(&res.after) {
            res.take(grammars, &change, vec![note]);
        }
    }
    if let Some((change, notes)) = test_doubles::moved(&res.after).filter(|_| migrated) {
        res.take(grammars, &change, notes);
    }
    res.patches.sort_by(|one, other| one.path.cmp(&other.path));
    res
}

fn with_manifests(project: &Project, changes: &ManifestChanges) -> (Project, Vec<FilePatch>) {
    let mut files = project.manifests().to_vec();
    let mut patches = Vec::new();
    for file in &mut files {
        let Some(text) = changes.texts.get(file.path()) else { continue };
        let Some(parsed) = manifest(file.manifest.kind, text) else { continue };
        patches.push(FilePatch {
            path: file.path().to_path_buf(),
            before: file.source.text.clone(),
            after: Some(text.clone()),
        });
        let source = SourceFile::new(file.path().to_path_buf(), file.source.on_disk.clone(), text.clone());
        *file = ManifestFile::new(source, parsed);
    }
    let mentions = Arc::new(project.mentions().clone());
    (project.clone().with_manifests(files, mentions), patches)
}

fn refusal(project: &Project, flow: &Flow<'_>, reason: String) -> Outcome {
    let file = project.file(flow.anchor.file);
    let endpoints = &project.knowledge().endpoints;
    let mut steps = Vec::new();
    let scopes = flow.scopes.known.join(",");
    match flow.kind {
        FlowKind::Library(library) => {
            steps.push(library.guide.clone());
            if !scopes.is_empty() {
                steps.push(format!("its scopes become {scopes}"));
            }
        }
        FlowKind::Request(_) | FlowKind::Evidence => {
            let scope = if scopes.is_empty() { "scope".to_owned() } else { format!("scope={scopes}") };
            steps.push(format!(
                "post the form grant_type={}, client_id, client_secret, {scope} to /{}",
                endpoints.grant_type, endpoints.token_path
            ));
            if flow.endpoint.is_empty() {
                steps.push(format!("put /{} where the address is configured", endpoints.token_path));
            }
            steps.extend(signing_step(project, flow));
            for lifetime in &flow.reply.lifetimes {
                let place = file_line(project, project.location(*lifetime));
                steps.push(format!("the lifetime read at {place} counts seconds from then on"));
            }
        }
    }
    let start = file.lines.line_column(file.text(), project.node(flow.anchor).span.start);
    Outcome::Refusal(Refusal { reason, steps, path: file.path().to_path_buf(), start })
}
