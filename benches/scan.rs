//! How long a clean tree takes: `jwt-sunset check` against `rg` looking for two of the needles in the same 20,000 files.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const FILES: usize = 20_000;
/// Files in one folder.
const FOLDER: usize = 40;
const SIZES: std::ops::RangeInclusive<usize> = 512..=12_288;
const ROUNDS: usize = 10;
/// How many files in a hundred have the extension.
const KINDS: &[(&str, usize, Kind)] = &[
    ("js", 35, Kind::Script),
    ("jsx", 15, Kind::Component),
    ("py", 22, Kind::Python),
    ("json", 10, Kind::Data),
    ("md", 8, Kind::Prose),
    ("css", 10, Kind::Style),
];
const WORDS: &[&str] = &[
    "account", "asset", "audience", "banner", "batch", "campaign", "card", "cart", "channel", "chart", "client",
    "column", "content", "country", "customer", "dataset", "delivery", "event", "filter", "folder", "header", "image",
    "invoice", "item", "label", "layout", "locale", "market", "menu", "message", "metric", "offer", "order", "page",
    "panel", "payment", "product", "profile", "query", "report", "request", "result", "schema", "segment", "session",
    "state", "status", "table", "template", "theme", "tracker", "update", "user", "value", "vendor", "visitor",
    "widget", "window", "worker", "zone",
];

#[derive(Clone, Copy)]
enum Kind {
    Script,
    Component,
    Python,
    Data,
    Prose,
    Style,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    // `cargo test --benches` runs this too, without `--bench`: there is nothing to measure then.
    if !std::env::args().any(|it| it == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    if Command::new("rg").arg("--version").stdout(Stdio::null()).status().is_err() {
        writeln!(io::stderr(), "NO BENCHMARK: `rg` is not installed, so there is nothing to compare with")?;
        return Ok(ExitCode::FAILURE);
    }
    let tree = tempfile::tempdir()?;
    let bytes = grow(tree.path())?;
    let mut out = io::stdout().lock();
    writeln!(out, "{FILES} files, {} MiB, {ROUNDS} rounds", bytes >> 20)?;
    let [ours, theirs] = measure(tree.path())?;
    for (name, times) in [("jwt-sunset", &ours), ("rg", &theirs)] {
        writeln!(out, "{name:<12} min {:>7.1?}   median {:>7.1?}", minimum(times), median(times))?;
    }
    let ratio = |of: fn(&[Duration]) -> Duration| of(&ours).as_secs_f64() / of(&theirs).as_secs_f64();
    writeln!(out, "ratio        min {:>7.2}     median {:>7.2}", ratio(minimum), ratio(median))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs both by turns, so that whatever else the machine does hits both; the first round warms the caches.
fn measure(tree: &Path) -> Result<[Vec<Duration>; 2], Box<dyn Error>> {
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..=ROUNDS {
        ours.push(time(Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).arg("check").arg(tree), 0)?);
        theirs.push(time(Command::new("rg").args(["-l", "ims/exchange|jwt_token"]).arg(tree), 1)?);
    }
    Ok([ours, theirs].map(|times| times.into_iter().skip(1).collect()))
}

/// How long a command takes that has to end with the code of a run that finds nothing.
fn time(command: &mut Command, expected: i32) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let time = start.elapsed();
    if status.code() == Some(expected) { Ok(time) } else { Err(format!("{command:?}: {status}").into()) }
}

fn minimum(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

/// The mean of the middle two, or of the one in the middle.
fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let middle = [times.len().saturating_sub(1) / 2, times.len() / 2];
    middle.iter().filter_map(|it| times.get(*it)).sum::<Duration>() / 2
}

/// Writes the tree and gives its size in bytes.
fn grow(root: &Path) -> io::Result<usize> {
    let mut random = Random(1);
    let mut folder = root.to_path_buf();
    let mut bytes = 0;
    for index in 0..FILES {
        if index % FOLDER == 0 {
            let number = index / FOLDER;
            folder = root.join(format!("packages/{}-{}", random.word(), number / 20));
            folder.push(format!("src/{}-{number}", random.word()));
            fs::create_dir_all(&folder)?;
        }
        let (extension, kind) = random.kind();
        let text = random.file(kind);
        bytes += text.len();
        fs::write(folder.join(format!("{}-{}-{index}.{extension}", random.word(), random.word())), text)?;
    }
    Ok(bytes)
}

/// A small linear congruential generator: the same tree every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }

    fn word(&mut self) -> &'static str {
        let index = self.below(WORDS.len());
        WORDS.get(index).copied().unwrap_or_default()
    }

    fn kind(&mut self) -> (&'static str, Kind) {
        let mut left = self.below(100);
        for (extension, share, kind) in KINDS {
            if left < *share {
                return (extension, *kind);
            }
            left -= share;
        }
        ("js", Kind::Script)
    }

    fn file(&mut self, kind: Kind) -> String {
        let span = SIZES.end() - SIZES.start();
        // Of two draws the smaller: most files are short.
        let size = SIZES.start() + self.below(span).min(self.below(span));
        let mut text = String::from(start_of(kind));
        while text.len() < size {
            let words = [self.word(), self.word(), self.word(), self.word()];
            let number = self.below(1000);
            text.push_str(&piece(kind, words, number));
        }
        text.push_str(end_of(kind));
        text
    }
}

fn start_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Script => "'use strict';\n\nconst path = require('path');\nconst log = require('./log');\n\n",
        Kind::Component => "import React, { useEffect, useState } from 'react';\n\n",
        Kind::Python => "import logging\nfrom pathlib import Path\n\nlogger = logging.getLogger(__name__)\n\n",
        Kind::Data => "{\n",
        Kind::Prose => "# Notes\n\n",
        Kind::Style => ":root {\n  --gap: 8px;\n}\n\n",
    }
}

fn end_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Data => "  \"end\": true\n}\n",
        _ => "",
    }
}

/// One function, component, record, paragraph or rule.
fn piece(kind: Kind, [a, b, c, d]: [&str; 4], number: usize) -> String {
    match kind {
        Kind::Script => format!(
            "/** Loads the {a} of a {b}. */\nasync function {a}_{b}_{number}({c}, options = {{}}) {{\n  const {d} = await \
             client.get(`/api/v2/{b}/${{{c}.id}}/{a}?limit={number}`);\n  if (!{d} || {d}.status !== 200) {{\n    \
             log.warn('no {a} for {b}', {{ {c}, attempt: options.attempt }});\n    return null;\n  }}\n  return \
             {d}.data.items.filter((it) => it.{a} === '{b}').map((it) => ({{ ...it, {c}: it.id }}));\n}}\n\n"
        ),
        Kind::Component => format!(
            "export function {a}{number}({{ {b}, on{c} }}) {{\n  const [{d}, set{d}] = useState(null);\n  useEffect(() \
             => {{\n    fetch(`/api/{b}/{number}`).then((response) => response.json()).then(set{d});\n  }}, [{b}]);\n  \
             return (\n    <section className=\"{a}-{b}\">\n      <h2>{{{b}.title}}</h2>\n      <button \
             onClick={{() => on{c}({d})}} disabled={{!{d}}}>Show {c}</button>\n    </section>\n  );\n}}\n\n"
        ),
        Kind::Python => format!(
            "def {a}_{b}_{number}({c}, *, limit={number}):\n    \"\"\"Collects the {a} of each {b}.\"\"\"\n    {d} = \
             {{}}\n    for row in {c}.rows[:limit]:\n        key = (row[\"{a}\"], row.get(\"{b}\", 0))\n        \
             {d}.setdefault(key, []).append(row)\n    logger.info(\"%d of {b}\", len({d}))\n    return sorted({d}, \
             key=lambda it: it[1])\n\n\n"
        ),
        Kind::Data => format!(
            "  \"{a}_{b}_{number}\": {{\n    \"{c}\": \"{d} {number}\",\n    \"enabled\": true,\n    \"{d}\": [{number}, \
             \"{a}\", null]\n  }},\n"
        ),
        Kind::Prose => format!(
            "## The {a} and its {b}\n\nEach {b} has one {c}; the {d} is made when the {a} changes, see item {number}.\n\n\
             - the {c} keeps the {d}\n- run `npm run {a}:{b}` before a release\n\n"
        ),
        Kind::Style => format!(
            ".{a}-{b} .{c}__{d} {{\n  display: flex;\n  margin: {number}px auto 0;\n  color: #3b3b{:02x};\n}}\n\n",
            number % 256
        ),
    }
}
