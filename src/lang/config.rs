//! Configuration formats: what holds keys and values, and prose.

use super::{BASE, Language, Syntax};

/// How a configuration file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigFormat {
    /// YAML 1.2.
    Yaml,
    /// TOML.
    Toml,
    /// `key = value` or `key: value`, a line each, as Java reads them.
    Properties,
    /// `KEY=value`, a line each.
    Environment,
    /// Sections of `key = value`.
    Ini,
    /// XML: elements and attributes.
    Xml,
    /// HCL, as Terraform has it, by its lines.
    Terraform,
    /// JSON without quotes and commas, as the Adobe I/O command line writes it.
    Hjson,
    /// A key in PEM.
    Key,
    /// The settings of a Dockerfile.
    Dockerfile,
    /// No keys: text for people.
    Prose,
}

const fn row(name: &'static str, format: ConfigFormat, extensions: &'static [&'static str]) -> Language {
    Language { id: "config", name, extensions, syntax: Syntax::Config(format), ..BASE }
}

pub(super) static YAML: Language = row("YAML", ConfigFormat::Yaml, &["yml", "yaml"]);
pub(super) static TOML: Language = Language { file_names: &["Pipfile"], ..row("TOML", ConfigFormat::Toml, &["toml"]) };
pub(super) static PROPERTIES: Language = row("properties", ConfigFormat::Properties, &["properties"]);
pub(super) static ENVIRONMENT: Language = Language {
    file_names: &[".env*", "env.example", "example.env", "sample.env"],
    ..row("environment file", ConfigFormat::Environment, &["env", "envrc"])
};
pub(super) static INI: Language = row("INI", ConfigFormat::Ini, &["ini", "cfg", "conf", "config"]);
pub(super) static XML: Language = row("XML", ConfigFormat::Xml, &["xml", "csproj"]);
pub(super) static TERRAFORM: Language = row("Terraform", ConfigFormat::Terraform, &["tf", "tfvars", "hcl"]);
pub(super) static DOCKERFILE: Language = Language {
    file_names: &["Dockerfile*", "Containerfile*"],
    ..row("Dockerfile", ConfigFormat::Dockerfile, &["dockerfile"])
};
pub(super) static AIO: Language =
    Language { file_names: &[".aio"], ..row("Adobe I/O settings", ConfigFormat::Hjson, &[]) };
pub(super) static KEY: Language = row("private key", ConfigFormat::Key, &["key", "pem", "p8", "pk8"]);
pub(super) static PROSE: Language =
    row("documentation", ConfigFormat::Prose, &["md", "mdx", "markdown", "rst", "adoc", "txt"]);
