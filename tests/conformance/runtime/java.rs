//! Java: each program is compiled by Maven with its own settings, then by another compiler that knows unused names, and run
//! on the classes. All share a local repository that is kept between runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::RwLock;

use crate::ims::{Ims, World};

use super::{Installed, Runtime, made_once, redirect, success};

/// The compiler of Eclipse, whose warnings name what nothing uses.
const LINTER: &str = "org.eclipse.jdt:ecj:3.40.0";
/// What it must not find.
const LINTS: &str = "-err:+unusedImport,unusedLocal,unusedPrivate,unusedThrown,unusedLabel,dep-ann";
/// The plugin that tells the class path.
const CLASS_PATH: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
/// The password of the store that holds the test authority, which protects nothing.
const STORE_PASSWORD: &str = "changeit";

pub(super) struct Java;

impl Runtime for Java {
    fn language(&self) -> &'static str {
        "java"
    }

    fn missing(&self) -> Option<String> {
        let runs = |command: &str, argument: &str| {
            Command::new(command).arg(argument).output().is_ok_and(|it| it.status.success())
        };
        if !runs("javac", "-version") || !runs("mvn", "--version") {
            return Some("a JDK (17 or later) with Maven is missing".to_owned());
        }
        redirect::missing()
    }

    fn install(&self, _: &Path) -> Result<Installed, String> {
        Ok(Installed { folder: repository() })
    }

    fn prepare(&self, folder: &Path, _: &Installed) -> Result<(), String> {
        let list = folder.join("target/class-path");
        let path = format!("-Dmdep.outputFile={}", list.display());
        maven(folder, &["compile", &format!("{CLASS_PATH}:build-classpath"), &path])?;
        let class_path = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
        let sources = folder.join("src/main/java");
        let output = Command::new("java")
            .arg("-jar")
            .arg(linter()?)
            .args(["-17", "-proc:none", "-warn:none", LINTS, "-d", "none", "-cp", &class_path])
            .arg(sources)
            .output();
        success("ecj", output).map(drop)
    }

    fn command(&self, folder: &Path, command: &[String], _: &Installed, ims: &Ims, world: &World) -> Command {
        let main = ["com.example.Main".to_owned()];
        let words = if command.is_empty() { &main } else { command };
        let listed = fs::read_to_string(folder.join("target/class-path")).unwrap_or_default();
        let store = authority_store(world);
        let mut res = Command::new("java");
        res.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"]);
        res.arg(format!("-Djavax.net.ssl.trustStore={}", store.display()));
        res.arg(format!("-Djavax.net.ssl.trustStorePassword={STORE_PASSWORD}"));
        res.arg("-cp").arg(format!("{}:{listed}", folder.join("target/classes").display()));
        res.args(words).current_dir(folder).env_clear();
        res.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder);
        res.env("LD_PRELOAD", redirect::library().unwrap_or_default()).env("IMS_DOUBLE_PORT", ims.port.to_string());
        res
    }

    fn lint(&self, _: &Path) -> Result<(), String> {
        // It needs the class path, which `prepare` finds out, and so looks there.
        Ok(())
    }

    fn last_error(&self, stderr: &str) -> Option<String> {
        let line = stderr.lines().find(|it| it.starts_with("Exception in thread"))?;
        let name = line.rsplit_once("\" ")?.1;
        Some(name.split(':').next().unwrap_or_default().trim().to_owned())
    }

    fn token_errors(&self) -> &'static [&'static str] {
        // The exchange answers a wrong secret with 401, the token endpoint with 400.
        &[
            "org.springframework.security.oauth2.core.OAuth2AuthorizationException",
            "org.springframework.web.client.HttpClientErrorException$BadRequest",
        ]
    }
}

/// The local repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("maven")
}

/// Runs Maven in a folder: with what is there already, beside others; alone where something has to be fetched, since a
/// repository takes only one writer.
fn maven(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    static WRITING: RwLock<()> = RwLock::new(());
    let run = |mode: &[&str]| {
        let mut command = Command::new("mvn");
        command.args(["--batch-mode", "--quiet"]).args(mode).args(arguments);
        command.arg(format!("-Dmaven.repo.local={}", repository().display())).current_dir(folder);
        command.env("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        success("mvn", command.output()).map(drop)
    };
    let there = {
        let _reading = WRITING.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        run(&["--offline"])
    };
    if there.is_ok() {
        return Ok(());
    }
    let _writing = WRITING.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    run(&[])
}

/// The linter's archive.
fn linter() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ecj").join(LINTER.replace(':', "-"));
    let made = made_once(folder, |folder| {
        let (artifact, to) = (format!("-Dartifact={LINTER}"), format!("-DoutputDirectory={}", folder.display()));
        maven(folder, &[&format!("{CLASS_PATH}:copy"), &artifact, &to, "-Dmdep.stripVersion=true"])
    })?;
    Ok(made.folder.join("ecj.jar"))
}

/// The test authority as a store of the Java VM, made once for each.
fn authority_store(world: &World) -> PathBuf {
    let folder = world.authority_file.with_extension("store");
    let made = made_once(folder.clone(), |folder| {
        let mut keytool = Command::new("keytool");
        keytool.args(["-importcert", "-noprompt", "-alias", "authority", "-storetype", "PKCS12"]);
        keytool.args(["-storepass", STORE_PASSWORD]).arg("-keystore").arg(folder.join("store.p12"));
        success("keytool", keytool.arg("-file").arg(&world.authority_file).output()).map(drop)
    });
    made.unwrap_or_else(|why| panic!("{why}")).folder.join("store.p12")
}
