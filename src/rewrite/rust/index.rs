//! What a crate defines, and where it makes, matches and calls what it defines.

use syn::visit::Visit;

use crate::link::Project;
use crate::text::{FileId, Location, Span};

use super::indexer::Indexer;
use super::source::RustFile;

/// Something with a name that the compiler warns of when nothing uses it.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct Item {
    /// What it is.
    pub(in crate::rewrite) kind: ItemKind,
    /// Its name.
    pub(in crate::rewrite) name: String,
    /// All of it, with its attributes and documentation.
    pub(in crate::rewrite) whole: Location,
    /// Where its own name stands.
    pub(in crate::rewrite) name_at: Span,
    /// Whether it is marked as public.
    pub(in crate::rewrite) public: bool,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rewrite) enum ItemKind {
    /// A function, or a method of a type.
    Function {
        /// The type it is a method of.
        owner: Option<String>,
        /// Whether a trait demands it.
        demanded: bool,
        /// Its parameters, `self` included.
        parameters: Vec<Span>,
        /// Its block.
        body: Span,
    },
    /// A struct, enum, union, type alias or trait.
    Type,
    /// A constant or static.
    Constant,
    /// A module.
    Module,
    /// A field of a struct.
    Field {
        /// The struct.
        of: String,
    },
    /// A variant of an enum.
    Variant {
        /// The enum.
        of: String,
        /// Whether code that is derived makes it.
        derived: bool,
    },
    /// A variable.
    Local {
        /// Where it is known.
        scope: Span,
        /// The whole pattern that declares it.
        pattern: Span,
        /// Whether it is an entry of a pattern of fields.
        entry: Option<Span>,
    },
    /// A parameter of a function.
    Parameter {
        /// The function, among the items.
        function: usize,
        /// Which, `self` included.
        position: usize,
        /// Whether it is nothing but a name.
        plain: bool,
    },
}

/// An `impl` block.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct Impl {
    /// The name of the type.
    pub(in crate::rewrite) of: String,
    /// Everything from `impl` to the opening brace.
    pub(in crate::rewrite) head: Location,
    /// All of it.
    pub(in crate::rewrite) whole: Location,
    /// The last name of the trait.
    pub(in crate::rewrite) of_trait: Option<String>,
    /// What it holds.
    pub(in crate::rewrite) members: Vec<Span>,
}

/// A field where a struct is made or taken apart.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct FieldUse {
    /// The struct or variant, as far as it is known.
    pub(in crate::rewrite) of: String,
    /// The field.
    pub(in crate::rewrite) name: String,
    /// The whole entry.
    pub(in crate::rewrite) at: Location,
    /// Whether it is made rather than taken apart.
    pub(in crate::rewrite) made: bool,
}

/// A call.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct CallSite {
    /// The function or method.
    pub(in crate::rewrite) name: String,
    /// The type it is called of, where the call says so.
    pub(in crate::rewrite) of: Option<String>,
    /// Whether it is a call of a method on something.
    pub(in crate::rewrite) on: bool,
    /// What it is given.
    pub(in crate::rewrite) arguments: Vec<Span>,
    /// All of it.
    pub(in crate::rewrite) at: Location,
}

/// An arm of a `match`.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct Arm {
    /// What it matches.
    pub(in crate::rewrite) pattern: Span,
    /// All of it.
    pub(in crate::rewrite) whole: Location,
}

/// A statement that does nothing but change a variable.
#[derive(Debug, Clone)]
pub(in crate::rewrite) struct Feed {
    /// The variable.
    pub(in crate::rewrite) name: String,
    /// Where its name stands.
    pub(in crate::rewrite) name_at: Span,
    /// The field that is changed of it, where it is one.
    pub(in crate::rewrite) field: Option<(String, Span)>,
    /// The statement.
    pub(in crate::rewrite) whole: Location,
}

/// The files of a crate, or of a workspace, with all that they define.
pub(in crate::rewrite) struct Crate {
    /// The files.
    pub(in crate::rewrite) files: Vec<RustFile>,
    /// What they define.
    pub(in crate::rewrite) items: Vec<Item>,
    /// The `impl` blocks.
    pub(in crate::rewrite) impls: Vec<Impl>,
    /// Fields where structs are made or taken apart.
    pub(in crate::rewrite) field_uses: Vec<FieldUse>,
    /// The calls.
    pub(in crate::rewrite) calls: Vec<CallSite>,
    /// The arms.
    pub(in crate::rewrite) arms: Vec<Arm>,
    /// Statements that only change a variable.
    pub(in crate::rewrite) feeds: Vec<Feed>,
    /// Statements that are nothing but a macro, with its name.
    pub(in crate::rewrite) macros: Vec<(String, Location)>,
    /// Places of patterns, in which names match rather than make.
    pub(in crate::rewrite) patterns: Vec<Location>,
    /// Blocks of loops and branches, with the statement that each is.
    pub(in crate::rewrite) blocks: Vec<(Vec<Span>, Location)>,
}

impl Crate {
    /// Reads the Rust files of a project.
    pub(in crate::rewrite) fn read(project: &Project) -> Self {
        let mut res = Self {
            files: Vec::new(),
            items: Vec::new(),
            impls: Vec::new(),
            field_uses: Vec::new(),
            calls: Vec::new(),
            arms: Vec::new(),
            feeds: Vec::new(),
            macros: Vec::new(),
            patterns: Vec::new(),
            blocks: Vec::new(),
        };
        let rust = project.files().filter(|(_, it)| it.facts.language.id == "rust").map(|it| it.0);
        for file in rust.collect::<Vec<_>>() {
            let source = RustFile::read(project, file);
            let mut indexer = Indexer::new(file, &mut res, &project.knowledge().feeding);
            indexer.visit_file(&source.syntax);
            res.files.push(source);
        }
        res
    }

    /// A file.
    pub(in crate::rewrite) fn file(&self, id: FileId) -> Option<&RustFile> {
        self.files.iter().find(|it| it.file == id)
    }
}
