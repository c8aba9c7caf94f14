//! Proof by running: every folder of `fixtures/programs/<language>/` is a program that gets its token by the JWT
//! exchange. It is run against a local double of Adobe IMS, migrated, and run again without its private key.
//!
//! A runtime that is missing fails the tests where `CONFORMANCE_REQUIRED` is set, as `.ci/run` does; elsewhere its
//! programs are skipped, loudly and with a count. `UPDATE=1` rewrites the `expected.diff` of each program.
//! `CONFORMANCE_PATTERN=name` proves every program with that pattern besides. The trials of `gate` run the files that put
//! the check into other people's pipelines.

// This is a test without the harness that lints know tests by; a set-up that fails shall end it loudly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

mod case;
mod gate;
mod generated;
mod ims;
mod outcome;
mod runtime;
mod steps;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use runtime::RUNTIMES;

/// How many programs of a language there must be at least, and how many of them must reach the first rung.
const LEAST: &[(&str, usize, usize)] = &[("java", 24, 16), ("node", 36, 28), ("python", 30, 24), ("rust", 16, 11)];

fn main() -> ExitCode {
    // Another provider that was installed before serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments = Arguments::from_args();
    let required = std::env::var_os("CONFORMANCE_REQUIRED").is_some();
    let world = Arc::new(ims::World::new());
    let mut trials = Vec::new();
    for runtime in RUNTIMES.iter().copied() {
        let cases =
            case::discover(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs"), runtime.language());
        let missing = runtime.missing();
        if let Some(what) = missing.as_ref().filter(|_| !required) {
            eprintln!("SKIPPED: {} {} programs, because {what}", cases.len(), runtime.language());
        }
        trials.push(Trial::test(format!("{}::enough programs", runtime.language()), {
            let cases = cases.clone();
            move || enough(runtime.language(), &cases)
        }));
        if runtime.language() == "python" {
            let run = {
                let missing = missing.clone();
                move || match missing {
                    Some(what) => Err(Failed::from(what)),
                    None => generated::prove(runtime).map_err(Failed::from),
                }
            };
            let ignored = missing.is_some() && !required;
            trials.push(Trial::test("python::generated programs", run).with_ignored_flag(ignored));
        }
        let tried = std::env::var("CONFORMANCE_PATTERN").ok();
        for case in cases {
            let others = case.also.iter().chain(&tried).map(|it| case.with_pattern(it));
            for case in std::iter::once(case.clone()).chain(others.collect::<Vec<_>>()) {
                let (world, missing, language) = (Arc::clone(&world), missing.clone(), runtime.language());
                let pattern = case.pattern.as_ref().map(|it| format!(" with {it}")).unwrap_or_default();
                let name = format!("{language}::{}{pattern}", case.name);
                let run = move || match missing {
                    Some(what) => Err(Failed::from(what)),
                    None => steps::prove(runtime, &world, &case).map_err(Failed::from),
                };
                trials.push(Trial::test(name, run).with_ignored_flag(runtime.missing().is_some() && !required));
            }
        }
    }
    trials.extend(gate::trials(required));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn enough(language: &str, cases: &[case::Case]) -> Result<(), Failed> {
    let (_, least, on_first) = LEAST.iter().find(|it| it.0 == language).ok_or("no count for this language")?;
    let first = cases.iter().filter(|it| it.rung == 1).count();
    if cases.len() < *least || first < *on_first {
        return Err(
            format!("{} programs, {first} of them on rung 1; {least} and {on_first} are wanted", cases.len()).into()
        );
    }
    let typed = cases.iter().filter(|it| it.folder.join("before/tsconfig.json").exists()).count();
    if language == "node" && typed * 3 < *least {
        return Err(format!("{typed} programs in TypeScript; a third of {least} is wanted").into());
    }
    Ok(())
}
