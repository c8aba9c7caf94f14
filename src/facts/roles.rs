//! Runs the query of a grammar over a tree and gathers, for each node, what it is and which parts it has.

use std::collections::HashMap;

use streaming_iterator::StreamingIterator;
use tree_sitter::{Node, QueryCursor, Tree};

use crate::lang::{Grammar, Part, Role};

use crate::text::Span;

use super::extract::{DEPTH, span};

/// The roles of one node, with the parts of each.
#[derive(Debug, Default)]
pub(super) struct NodeRoles<'t> {
    roles: Vec<Role>,
    parts: Vec<(Role, Part, Node<'t>)>,
}

/// How deep in the tree a captured node may be: each level that is read takes a few nodes of the grammar.
const START_DEPTH: u32 = 4 * DEPTH as u32;

/// The captures of a file, by node.
pub(super) struct RoleMap<'t> {
    nodes: HashMap<usize, NodeRoles<'t>>,
    /// All comments, in source order.
    pub(super) comments: Vec<Span>,
}

impl<'t> RoleMap<'t> {
    /// Runs the joined query once.
    pub(super) fn capture(grammar: &Grammar, tree: &'t Tree, text: &str) -> Self {
        let mut nodes: HashMap<usize, NodeRoles<'t>> = HashMap::new();
        let mut comments = Vec::new();
        let mut cursor = QueryCursor::new();
        // What is nested deeper is not read, and looking for it in a chain of ten thousand calls takes seconds.
        cursor.set_max_start_depth(Some(START_DEPTH));
        let mut matches = cursor.matches(&grammar.query, tree.root_node(), text.as_bytes());
        while let Some(found) = matches.next() {
            let captures: Vec<(Role, Part, Node<'t>)> = found
                .captures()
                .iter()
                .filter_map(|it| grammar.captures.get(it.index as usize).map(|(role, part)| (*role, *part, it.node)))
                .collect();
            let wholes: Vec<(Role, Node<'t>)> =
                captures.iter().filter(|it| it.1 == Part::Whole).map(|it| (it.0, it.2)).collect();
            comments.extend(wholes.iter().filter(|it| it.0 == Role::Comment).map(|it| span(it.1)));
            for (role, node) in &wholes {
                let entry = nodes.entry(node.id()).or_default();
                if !entry.roles.contains(role) {
                    entry.roles.push(*role);
                }
            }
            for (role, part, node) in captures.into_iter().filter(|it| it.1 != Part::Whole) {
                // A part belongs to the node of its role in the same match, or to the only node there is.
                let owner = wholes.iter().find(|it| it.0 == role).or_else(|| wholes.first());
                if let Some((role, owner)) = owner {
                    nodes.entry(owner.id()).or_default().parts.push((*role, part, node));
                }
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each node's parts are sorted on their own")]
        for roles in nodes.values_mut() {
            // Several patterns may capture the same part of a node.
            roles.parts.sort_by_key(|it| (it.2.start_byte(), it.2.end_byte(), it.2.id(), it.0, it.1));
            roles.parts.dedup_by_key(|it| (it.0, it.1, it.2.id()));
        }
        comments.sort();
        comments.dedup();
        Self { nodes, comments }
    }

    /// Whether a node has a role.
    pub(super) fn is(&self, node: Node<'t>, role: Role) -> bool {
        self.nodes.get(&node.id()).is_some_and(|it| it.roles.contains(&role))
    }

    /// The parts of a node in one of its roles, in source order.
    pub(super) fn parts(&self, node: Node<'t>, role: Role, part: Part) -> Vec<Node<'t>> {
        let parts = self.nodes.get(&node.id()).map(|it| it.parts.as_slice()).unwrap_or_default();
        parts.iter().filter(|it| it.0 == role && it.1 == part).map(|it| it.2).collect()
    }

    /// The first part of a kind.
    pub(super) fn part(&self, node: Node<'t>, role: Role, part: Part) -> Option<Node<'t>> {
        self.parts(node, role, part).into_iter().next()
    }

    /// Whether a node, in one of its roles, has a part of a kind.
    pub(super) fn has(&self, node: Node<'t>, role: Role, part: Part) -> bool {
        self.part(node, role, part).is_some()
    }
}
