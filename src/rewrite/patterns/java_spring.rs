//! Java: the request becomes one of Spring Security's OAuth2 client, used by itself: a registration that holds endpoint, id,
//! secret and scope, and the client of the token endpoint. The scope is one element with commas in it and the secret goes
//! in the body, which gives the request that Adobe documents (measured, see `fixtures/targets/java`).

use crate::facts::{StatementId, StatementKind, Value};
use crate::flow::FlowKind;
use crate::link::{Expr, Origin, Project, TextValue};
use crate::text::Span;

use super::super::change::{Change, Declined, Need, at};
use super::super::java_level::{Series, Spring};
use super::super::outcome::Rung;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::super::{endpoint, java_imports, java_level, scope_source};
use super::java_guard::{Refused, refusal};
use super::java_reply::Reads;
use super::{Pattern, by_library};

/// The pattern.
pub(super) struct SpringSecurity;

/// What the new code needs.
const PACKAGE: &str = "org.springframework.security:spring-security-oauth2-client";
/// What parses the reply of the token endpoint for it: with Gson, Spring reads a lifetime of one second (measured).
const PARSER: &str = "com.fasterxml.jackson.core:jackson-databind";
/// The least Java of the current series.
const CURRENT_JAVA: u32 = 17;
/// Calls that give the request itself settings, in lower case.
const REQUEST_SETTINGS: &[&str] = &[
    "setconfig(",
    "timeout(",
    "setproxy(",
    ".proxy(",
    "proxyselector",
    "setsslsocketfactory(",
    "sethostnameverifier(",
];
/// What builds and code of OSGi bundles say.
const BUNDLE: &[&str] =
    &["bnd-maven-plugin", "maven-bundle-plugin", "biz.aQute.bnd", "aem-sdk-api", "uber-jar", "import org.osgi."];
/// Methods that give a promise of the reply.
const PROMISES: &[&str] = &["bodyToMono", "bodyToFlux", "thenApply", "thenApplyAsync", "thenCompose", "sendAsync"];
/// The series of Spring Boot that brought Spring Security 6.4.
const BOOT_WITH_CURRENT: Series = (3, 4);

const CLIENT: &str = "org.springframework.security.oauth2.client";
const CORE: &str = "org.springframework.security.oauth2.core";

/// Calls that give a client settings which the new one would not have.
const SETTINGS: &[&str] = &["proxy", "interceptor", "authenticator", "ssl", "credentialsprovider", "requestfactory"];

impl Pattern for SpringSecurity {
    fn name(&self) -> &'static str {
        "Spring-Security"
    }

    fn about(&self) -> &'static str {
        "Java: Spring Security's OAuth2 client, used by itself"
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        if let FlowKind::Library(library) = site.flow.kind {
            return Err(by_library(library));
        }
        site.own_client()?;
        refuse_bundle(site)?;
        refuse_settings(site)?;
        let reads = Reads::of(site)?;
        refuse_promise(site, reads.body.expr)?;
        let place = Place::of(site, reads.body.expr)?;
        let refused = refusal(site, &reads, place.statement)?;
        let scope = scope_source::scope_source(site, change)?;
        let (id, secret) = (site.needed("client_id")?.value, site.needed("client_secret")?.value);
        let (id, secret) = (plain(site, id), plain(site, secret));
        let (id_source, secret_source) = (site.portable(id)?, site.portable(secret)?);
        change.kept.extend([id, secret]);
        let url = url_text(site, change)?;
        let level = java_level::level(site.project, site.flow.request.file).unwrap_or(CURRENT_JAVA);
        let asked_for = version(site, level);
        let client = match asked_for.is_current {
            true => "RestClientClientCredentialsTokenResponseClient",
            false => "DefaultClientCredentialsTokenResponseClient",
        };
        let name = site.free_name(&["accessToken", "imsToken", "grantedToken"]);
        let registration = site.free_name(&["registration", "adobeIms", "imsRegistration"]);
        let made = format!(
            "ClientRegistration {registration} = ClientRegistration.withRegistrationId(\"adobe-ims\")\n\
             \t\t.tokenUri({url})\n\t\t.clientId({id_source})\n\t\t.clientSecret({secret_source})\n\
             \t\t.clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)\n\
             \t\t.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)\n\
             \t\t// One element, since Adobe separates scopes by commas.\n\t\t.scope({scope})\n\t\t.build();\n"
        );
        let asked = format!(
            "new {client}()\n\t\t.getTokenResponse(new OAuth2ClientCredentialsGrantRequest({registration}))\n\
             \t\t.getAccessToken();\n"
        );
        let sent = match &refused {
            None => format!("OAuth2AccessToken {name} = {asked}"),
            Some(refused) => guarded(&name, &asked, refused),
        };
        let mut imports: Vec<String> = vec![
            format!("{CLIENT}.endpoint.OAuth2ClientCredentialsGrantRequest"),
            format!("{CLIENT}.endpoint.{client}"),
            format!("{CLIENT}.registration.ClientRegistration"),
            format!("{CORE}.AuthorizationGrantType"),
            format!("{CORE}.ClientAuthenticationMethod"),
            format!("{CORE}.OAuth2AccessToken"),
        ];
        imports.extend(refused.iter().map(|_| format!("{CORE}.OAuth2AuthorizationException")));
        if let Some(refused) = &refused {
            refused.delete_guards(site, change)?;
        }
        let renewed = reads.replace(site, change, &name, level)?;
        place.write(site, change, &(made + &sent + &renewed.before))?;
        imports.extend(renewed.imports);
        change.replaced.extend([site.project.location(site.flow.request), site.project.location(site.flow.anchor)]);
        java_imports::require(site.project, change, site.flow.request.file, &imports)?;
        needs(site, change, &asked_for);
        Ok(())
    }
}

/// The request in a `try`, with what becomes of a refusal behind it.
fn guarded(name: &str, asked: &str, refused: &Refused) -> String {
    let indented = asked.trim_end().replace('\n', "\n\t");
    let handler = refused.handler.trim_end().replace('\n', "\n\t");
    let exception = &refused.name;
    format!(
        "OAuth2AccessToken {name};\ntry {{\n\t{name} = {indented}\n}} catch (OAuth2AuthorizationException {exception}) \
         {{\n\t{handler}\n}}\n"
    )
}

/// Which version of the library is asked for.
struct Version {
    /// What to write, where it is not the newest; empty where the build chooses it.
    written: Option<String>,
    /// Whether it has the clients that came with Spring Security 6.4.
    is_current: bool,
}

fn version(site: &Site<'_>, level: u32) -> Version {
    let row = site.project.knowledge().package("java", PACKAGE);
    match java_level::spring(site.project, site.flow.request.file) {
        Spring::Boot(series) => {
            Version { written: Some(String::new()), is_current: series.is_none_or(|it| it >= BOOT_WITH_CURRENT) }
        }
        Spring::Framework((major, minor)) => {
            let name = format!("{major}.{minor}");
            let older = row.and_then(|it| it.series.iter().find(|it| name.starts_with(&it.0)));
            Version { written: older.map(|it| it.1.clone()), is_current: older.is_none() }
        }
        Spring::Absent if level < CURRENT_JAVA => {
            Version { written: row.and_then(|it| it.legacy.clone()), is_current: false }
        }
        Spring::Absent => Version { written: None, is_current: true },
    }
}

fn needs(site: &Site<'_>, change: &mut Change, version: &Version) {
    let file = site.flow.request.file;
    let manifests = site.project.manifests_of(site.file().path(), "java");
    let managed = version.written.as_ref().is_some_and(String::is_empty);
    change.needs.push((file, Need { version: version.written.clone(), ..Need::from(PACKAGE) }));
    // The parser that is there stays, even where only the new request needs it now.
    let mut all = manifests.iter().flat_map(|it| &it.manifest.dependencies);
    if !managed || all.any(|it| it.name == PARSER) {
        change.needs.push((file, PARSER.into()));
    }
}

/// Declines where the reply is something that is still to come.
fn refuse_promise(site: &Site<'_>, body: Expr) -> Result<(), Declined> {
    let links = site.project.links(site.project.bare(body));
    match links.first().filter(|it| PROMISES.contains(&it.0.as_str())) {
        Some((name, _)) => Err(Declined::because(format!("the reply is handed on before it comes, by `{name}`"))),
        None => Ok(()),
    }
}

/// What an object is made of: the origins of the one that the chain of a call begins with.
fn client_origins(project: &Project, call: Expr) -> Vec<Origin> {
    let Value::Call { callee, .. } = project.value(call) else { return Vec::new() };
    let mut root = Expr { file: call.file, id: *callee };
    while let Some(inner) = match project.value(project.bare(root)) {
        Value::Member { object, .. } => {
            let object = Expr { file: root.file, id: *object };
            let own = project.own_class(object).is_some();
            (!own).then_some(object)
        }
        Value::Call { callee, .. } => Some(Expr { file: root.file, id: *callee }),
        _ => None,
    } {
        root = inner;
    }
    project.resolve(project.bare(root))
}

/// Declines in a bundle of OSGi, which would have to embed the library and all that it needs.
fn refuse_bundle(site: &Site<'_>) -> Result<(), Declined> {
    let manifests = site.project.manifests_of(site.file().path(), "java");
    let mut texts = manifests.iter().map(|it| it.source.text.as_str()).chain([site.file().text()]);
    match texts.any(|text| BUNDLE.iter().any(|it| text.contains(it))) {
        true => Err(Declined::because("an OSGi bundle would have to embed Spring")),
        false => Ok(()),
    }
}

/// How many makers of a client are looked at, one behind the other.
const MAKERS: usize = 3;

/// Declines where the HTTP client is made with what the new one would not have.
fn refuse_settings(site: &Site<'_>) -> Result<(), Declined> {
    let project = site.project;
    let facts = project.facts(site.flow.request.file);
    let around = facts.functions[project.function(site.flow.request)].span.of(site.file().text()).to_lowercase();
    if REQUEST_SETTINGS.iter().any(|it| around.contains(it)) {
        return Err(Declined::because("the request carries settings that must stay"));
    }
    client_origins(site.project, site.flow.anchor).into_iter().try_for_each(|it| refuse_origin(site, it, MAKERS))
}

fn refuse_origin(site: &Site<'_>, origin: Origin, depth: usize) -> Result<(), Declined> {
    let project = site.project;
    match origin {
        Origin::Parameter(..) => Err(Declined::because("the caller chooses the HTTP client")),
        Origin::Value(made) => {
            let whole = std::iter::successors(Some(made), |it| project.parent(*it)).last().unwrap_or(made);
            let source = project.source(whole).to_lowercase();
            if SETTINGS.iter().any(|it| source.contains(it)) {
                return Err(Declined::because("the HTTP client object carries settings that must stay"));
            }
            let makers = if depth > 0 { client_origins(project, made) } else { Vec::new() };
            makers
                .into_iter()
                .filter(|it| *it != Origin::Value(made))
                .try_for_each(|it| refuse_origin(site, it, depth - 1))
        }
        _ => Ok(()),
    }
}

/// The address as text: an object that is made of it gives way to what it is made of, or gives it back.
fn url_text(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let project = site.project;
    let url = site.flow.url.ok_or_else(|| Declined::because("the address of the request was not found"))?;
    let is_path = |it: &TextValue| it.flat().starts_with('/') || it.known().is_some_and(|it| !it.contains("://"));
    if project.texts(url).iter().all(is_path) {
        return with_base(site, change, url);
    }
    let makes = |expr: Expr| {
        let paths = project.callee_paths(expr);
        paths.iter().any(|it| matches!(it.as_str(), "java.net.URI.create" | "java.net.URI" | "java.net.URL"))
    };
    let made_of = |expr: Expr| match project.value(expr) {
        Value::Call { arguments, .. } if makes(expr) => match arguments.as_slice() {
            [only] => Some(Expr { file: expr.file, id: only.value }),
            _ => None,
        },
        _ => None,
    };
    let bare = project.bare(url);
    if let Some(inner) = made_of(bare) {
        return endpoint::source_of(site, change, inner);
    }
    let facts = project.facts(bare.file);
    let definition = project.binding(bare).and_then(|it| match facts.bindings[it].definitions.as_slice() {
        [only] => Some((facts.bindings[it].function, project.bare(Expr { file: bare.file, id: only.value? }))),
        _ => None,
    });
    let Some((function, value)) = definition else { return endpoint::source_of(site, change, url) };
    match made_of(value) {
        Some(inner) if function == project.function(site.flow.request) => endpoint::source_of(site, change, inner),
        Some(_) => Ok(format!("{}.toString()", endpoint::source_of(site, change, url)?)),
        None => endpoint::source_of(site, change, url),
    }
}

/// A path behind the address that the client was made with.
fn with_base(site: &Site<'_>, change: &mut Change, path: Expr) -> Result<String, Declined> {
    let project = site.project;
    let base = client_origins(project, site.flow.anchor).into_iter().find_map(|it| match it {
        Origin::Value(made) => project.method_argument(made, "baseUrl", 0).or_else(|| {
            let creates = project.callee_paths(made).iter().any(|it| it.ends_with(".create"));
            project.argument(made, 0).filter(|_| creates)
        }),
        _ => None,
    });
    let targeted = project.links(site.flow.anchor).into_iter().find(|it| it.0 == "target");
    let base = base.or_else(|| project.argument(targeted?.1, 0));
    let base = base.ok_or_else(|| Declined::because("the address of the request is only a path"))?;
    let source = site.portable(base)?;
    change.kept.push(base);
    let renewed = endpoint::source_of(site, change, path)?;
    let joined = project.texts(path).iter().all(|it| it.flat().starts_with('/'));
    Ok(match renewed.strip_prefix('"').filter(|_| !joined) {
        Some(rest) => format!("{source} + \"/{rest}"),
        None if joined => format!("{source} + {renewed}"),
        None => format!("{source} + \"/\" + {renewed}"),
    })
}

/// A parameter without what only encodes it for a form.
fn plain(site: &Site<'_>, value: Expr) -> Expr {
    let project = site.project;
    let bare = project.bare(value);
    let Value::Call { callee, arguments, .. } = project.value(bare) else { return value };
    let Some(first) = arguments.first().map(|it| Expr { file: bare.file, id: it.value }) else { return value };
    let encodes = |call: Expr| project.callee_paths(call).iter().any(|it| it.starts_with("java.net.URLEncoder"));
    let own = project.resolve(Expr { file: bare.file, id: *callee }).iter().any(|it| match it {
        Origin::Function(file, function) => {
            let returns = &project.facts(*file).functions[*function].returns;
            returns.iter().all(|id| encodes(project.bare(Expr { file: *file, id: *id }))) && !returns.is_empty()
        }
        _ => false,
    });
    if encodes(bare) || own { plain(site, first) } else { value }
}

/// Where the new statements stand: before the one in which the reply is parsed.
struct Place {
    statement: StatementId,
    start: usize,
}

impl Place {
    fn of(site: &Site<'_>, body: Expr) -> Result<Self, Declined> {
        let project = site.project;
        let request = site.flow.request;
        let elsewhere = || Declined::because("the reply is parsed elsewhere than where the request is sent");
        if body.file != request.file || project.function(body) != project.function(request) {
            return Err(elsewhere());
        }
        let facts = project.facts(body.file);
        let statement = project.statement(body).ok_or_else(elsewhere)?;
        let data = &facts.statements[statement];
        let plain = matches!(data.kind, StatementKind::Plain | StatementKind::Return | StatementKind::Throw);
        let function = data.function == project.function(request);
        if !plain || !function || data.parent.is_none() {
            return Err(elsewhere());
        }
        let text = site.file().text();
        let line = site.file().lines.whole_lines(text, Span::at(data.span.start)).start;
        match Span::new(line, data.span.start).of(text).trim().is_empty() {
            true => Ok(Self { statement, start: line }),
            false => Err(Declined::because("the statement does not begin its line")),
        }
    }

    fn write(&self, site: &Site<'_>, change: &mut Change, code: &str) -> Result<(), Declined> {
        let base = indentation_at(site.file().text(), self.start).to_owned();
        let text = site.style.laid_out(&base, code.trim_end());
        change.insert_lines(site.flow.request.file, self.start, format!("{base}{text}{}", site.style.newline))
    }
}

/// Removes a whole statement.
pub(super) fn drop_statement(site: &Site<'_>, change: &mut Change, statement: StatementId) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let span = super::super::removal::statement_span(site.file(), statement, &|_| false);
    change.delete(at(file, span))
}
