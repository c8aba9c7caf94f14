//! Manifests in XML: Maven and NuGet.

use roxmltree::{Document, Node, ParsingOptions};

use crate::text::Span;

use super::Dependency;

/// The `<dependency>` elements of a POM, named `group:artifact`; managed ones ask for nothing.
pub(super) fn maven(text: &str) -> Option<Vec<Dependency>> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).ok()?;
    let asked = document.descendants().filter(|it| {
        it.has_tag_name_local("dependency") && !it.ancestors().any(|it| it.has_tag_name_local("dependencyManagement"))
    });
    let name = |node: Node<'_, '_>| {
        let part = |tag: &str| {
            let child = node.children().find(|it| it.has_tag_name_local(tag))?;
            Some(child.text()?.trim().to_owned())
        };
        Some(format!("{}:{}", part("groupId")?, part("artifactId")?))
    };
    Some(asked.filter_map(|node| Some(dependency(node, name(node)?))).collect())
}

/// The package references of a project file, or the packages of `packages.config`.
pub(super) fn nuget(text: &str) -> Option<Vec<Dependency>> {
    let document = Document::parse(text.trim_start_matches('\u{FEFF}')).ok()?;
    let named = document.descendants().filter_map(|node| {
        let name = match node.tag_name().name() {
            "PackageReference" => node.attribute("Include"),
            "package" => node.attribute("id"),
            _ => None,
        };
        name.map(|name| dependency(node, name.to_owned()))
    });
    Some(named.collect())
}

fn dependency(node: Node<'_, '_>, name: String) -> Dependency {
    let range = node.range();
    Dependency { name, section: String::new(), span: Span::new(range.start, range.end) }
}

trait LocalName {
    /// Whether it is an element of a name, in whatever namespace.
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
