//! Flag-only languages: what is needed to tell comments and string literals from the rest.

use super::{BASE, Language, ModuleStyle, Syntax};

/// How comments and strings are written.
#[derive(Debug)]
pub struct Lexicon {
    /// What starts a comment that ends with the line.
    pub line_comments: &'static [&'static str],
    /// What starts and ends a comment over lines.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// How strings are written, longest opening first.
    pub strings: &'static [Quote],
    /// Whether words outside of strings are text too, as in a shell command.
    pub bare_words: bool,
}

/// One way to write a string.
#[derive(Debug)]
pub struct Quote {
    /// What opens it.
    pub open: &'static str,
    /// What closes it.
    pub close: &'static str,
    /// The character that takes the meaning of the next; none in raw strings.
    pub escape: Option<char>,
    /// Whether it may go over lines.
    pub lines: bool,
}

const fn quote(open: &'static str, close: &'static str, escape: Option<char>, lines: bool) -> Quote {
    Quote { open, close, escape, lines }
}

const DOUBLE: Quote = quote("\"", "\"", Some('\\'), false);
const SINGLE: Quote = quote("'", "'", Some('\\'), false);
const TRIPLE: Quote = quote("\"\"\"", "\"\"\"", None, true);
const C_COMMENTS: &[(&str, &str)] = &[("/*", "*/")];

const fn row(name: &'static str, id: &'static str, lexicon: &'static Lexicon) -> Language {
    Language { id, name, syntax: Syntax::Lexical(lexicon), modules: ModuleStyle::Folder, ..BASE }
}

static KOTLIN_WORDS: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: C_COMMENTS,
    strings: &[TRIPLE, DOUBLE, SINGLE],
    bare_words: false,
};
pub(super) static KOTLIN: Language = Language { extensions: &["kt", "kts"], ..row("Kotlin", "kotlin", &KOTLIN_WORDS) };
pub(super) static SCALA: Language =
    Language { extensions: &["scala", "sbt", "sc"], ..row("Scala", "scala", &KOTLIN_WORDS) };

static GROOVY_WORDS: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: C_COMMENTS,
    strings: &[TRIPLE, quote("'''", "'''", Some('\\'), true), DOUBLE, SINGLE],
    bare_words: false,
};
pub(super) static GROOVY: Language = Language {
    extensions: &["groovy", "gradle", "jenkinsfile"],
    file_names: &["Jenkinsfile*"],
    ..row("Groovy", "groovy", &GROOVY_WORDS)
};

static GO_WORDS: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: C_COMMENTS,
    strings: &[quote("`", "`", None, true), DOUBLE, SINGLE],
    bare_words: false,
};
pub(super) static GO: Language = Language { extensions: &["go"], ..row("Go", "go", &GO_WORDS) };

static C_SHARP_WORDS: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: C_COMMENTS,
    strings: &[TRIPLE, quote("@\"", "\"", None, true), DOUBLE, SINGLE],
    bare_words: false,
};
pub(super) static C_SHARP: Language = Language { extensions: &["cs"], ..row("C#", "csharp", &C_SHARP_WORDS) };

static PHP_WORDS: Lexicon = Lexicon {
    line_comments: &["//", "#"],
    block_comments: C_COMMENTS,
    strings: &[quote("\"", "\"", Some('\\'), true), quote("'", "'", Some('\\'), true)],
    bare_words: false,
};
pub(super) static PHP: Language = Language { extensions: &["php", "phtml"], ..row("PHP", "php", &PHP_WORDS) };

static RUBY_WORDS: Lexicon = Lexicon {
    line_comments: &["#"],
    block_comments: &[("\n=begin", "\n=end"), ("\n__END__\n", "\0")],
    strings: &[quote("\"", "\"", Some('\\'), true), quote("'", "'", Some('\\'), true)],
    bare_words: false,
};
pub(super) static RUBY: Language =
    Language { extensions: &["rb", "rake"], file_names: &["Rakefile"], ..row("Ruby", "ruby", &RUBY_WORDS) };

static POWERSHELL_WORDS: Lexicon = Lexicon {
    line_comments: &["#"],
    block_comments: &[("<#", "#>")],
    strings: &[
        quote("@\"", "\"@", None, true),
        quote("@'", "'@", None, true),
        quote("\"", "\"", Some('`'), true),
        quote("'", "'", None, true),
    ],
    bare_words: true,
};
pub(super) static POWERSHELL: Language =
    Language { extensions: &["ps1", "psm1"], ..row("PowerShell", "powershell", &POWERSHELL_WORDS) };

static SHELL_WORDS: Lexicon = Lexicon {
    line_comments: &["#"],
    block_comments: &[],
    strings: &[quote("\"", "\"", Some('\\'), true), quote("'", "'", None, true)],
    bare_words: true,
};
pub(super) static SHELL: Language =
    Language { extensions: &["sh", "bash", "zsh", "ksh", "bat", "cmd"], ..row("shell", "shell", &SHELL_WORDS) };

static R_WORDS: Lexicon = Lexicon {
    line_comments: &["#"],
    block_comments: &[],
    strings: &[quote("\"", "\"", Some('\\'), true), quote("'", "'", Some('\\'), true)],
    bare_words: false,
};
pub(super) static R: Language = Language { extensions: &["r", "rmd"], ..row("R", "r", &R_WORDS) };
