//! The web part: wasm through wasm-bindgen, styles, font and service worker into one folder of hashed files.
//!
//! The folder is what `server/build.rs` embeds: `app-HASH.js`, `app-HASH_bg.wasm`, `part-NAME-HASH.wasm`, `style-HASH.css`,
//! `SourceSerif4-HASH.woff2`, `sw.js`, each with `.br` and `.gz` beside it, and `manifest.json`, which says what each is called.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::command::{cargo, root, run, step, target};
use crate::compress::{Effort, brotli, gzip};
use crate::machine;
use crate::names;
use crate::order;
use crate::sizes::Sizes;
use crate::split::{self, Split};
use crate::unused;

/// The styles, in the order in which they stand in the one file that is sent.
const STYLES: [&str; 16] = [
    "tokens.css",
    "base.css",
    "page.css",
    "home.css",
    "search.css",
    "talk.css",
    "live.css",
    "files.css",
    "proposals.css",
    "people.css",
    "forum.css",
    "editor.css",
    "states.css",
    "steps.css",
    "positions.css",
    "print.css",
];
const FONT: &str = "SourceSerif4.woff2";
const SERVICE_WORKER: &str = "sw.js";

/// Which web part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The one that is deployed.
    Web,
    /// The one of the browser tests: quick to build, with the editor's test contract.
    Test,
}

impl Variant {
    fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Test => "test",
        }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Test => "web-test",
        }
    }

    fn effort(self) -> Effort {
        match self {
            Self::Web => Effort::Smallest,
            Self::Test => Effort::Quick,
        }
    }
}

/// Builds the folder of one variant where its inputs have changed, and says where it is.
pub(crate) fn build(variant: Variant) -> Result<PathBuf> {
    machine::ensure_wasm_target()?;
    let wasm = step(&format!("wasm (profile {})", variant.profile()), || build_wasm(variant))?;
    let folder = target().join("pages").join(variant.name());
    let stamp = folder.with_extension("stamp");
    let fingerprint = fingerprint(&wasm)?;
    if fs::read_to_string(&stamp).is_ok_and(|old| old == fingerprint) && folder.join("manifest.json").is_file() {
        return Ok(folder);
    }
    step("web files", || {
        // The stamp goes first and comes last: a run that is cut off in between starts over.
        remove(&stamp)?;
        write_files(variant, &wasm, &folder)?;
        fs::write(&stamp, &fingerprint).with_context(|| format!("cannot write {}", stamp.display()))
    })?;
    Ok(folder)
}

/// How the server is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// For the tests.
    Dev,
    /// What people start from the sources: optimised, but not linked as a whole, which takes minutes.
    Serve,
    /// The file to deploy.
    Release,
}

impl Server {
    fn profile(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Serve => "serve",
            Self::Release => "release",
        }
    }

    fn folder(self) -> &'static str {
        if self == Self::Dev { "debug" } else { self.profile() }
    }
}

/// The server with `web` embedded; answers the path of the binary.
pub(crate) fn build_server(web: &Path, server: Server) -> Result<PathBuf> {
    let profile = server.profile();
    step(&format!("server (profile {profile})"), || {
        run(cargo().args(["build", "--quiet", "--package", "dagsorden", "--profile", profile]).env("DAGSORDEN_WEB", web))
    })?;
    Ok(target().join(server.folder()).join(format!("dagsorden{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds what is deployed for browsers, and prints its sizes.
pub(crate) fn sizes() -> Result<Sizes> {
    Sizes::print(&build(Variant::Web)?)
}

/// Builds the file to deploy and prints what a browser downloads.
pub(crate) fn build_release() -> Result<Sizes> {
    let web = build(Variant::Web)?;
    let sizes = Sizes::print(&web)?;
    let server = build_server(&web, Server::Release)?;
    let size = fs::metadata(&server).with_context(|| format!("cannot read {}", server.display()))?.len();
    println!("{}  {:.1} MB", server.display(), size as f64 / 1e6);
    Ok(sizes)
}

/// What each file of the folder is called.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The files of each part, in the order in which they are loaded.
    pub(crate) parts: BTreeMap<String, Vec<String>>,
    /// All else, such as `app.js`.
    #[serde(flatten)]
    pub(crate) files: BTreeMap<String, String>,
}

impl Manifest {
    /// The one of a built folder.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        serde_json::from_slice(&read(&folder.join("manifest.json"))?).context("manifest.json cannot be read")
    }
}

fn build_wasm(variant: Variant) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["rustc", "--quiet", "--package", "dagsorden-app", "--lib", "--target", "wasm32-unknown-unknown"]);
    command.args(["--profile", variant.profile()]);
    if variant == Variant::Test {
        command.args(["--features", "test-hooks"]);
    }
    // Splitting follows the relocations. Only the last crate gets the argument, so no dependency is built twice.
    command.args(["--", "-Clink-arg=--emit-relocs"]);
    run(&mut command)?;
    Ok(target().join("wasm32-unknown-unknown").join(variant.profile()).join("dagsorden_app.wasm"))
}

fn style_path(name: &str) -> PathBuf {
    root().join("style").join(name)
}

fn font_path() -> PathBuf {
    root().join("style/fonts").join(FONT)
}

fn service_worker_path() -> PathBuf {
    root().join("app").join(SERVICE_WORKER)
}

/// A hash over everything that the folder is made from, the code that makes it included.
fn fingerprint(wasm: &Path) -> Result<String> {
    let mut hash = Sha256::new_with_prefix(concat!(
        include_str!("web.rs"),
        include_str!("split.rs"),
        include_str!("order.rs"),
        include_str!("names.rs"),
        include_str!("types.rs"),
        include_str!("unused.rs")
    ));
    for path in [wasm.to_owned(), font_path(), service_worker_path()].into_iter().chain(STYLES.map(style_path)) {
        let bytes = read(&path)?;
        hash.update(bytes.len().to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hex(&hash.finalize()))
}

fn write_files(variant: Variant, wasm: &Path, folder: &Path) -> Result<()> {
    check_style_folder()?;
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let split = split::split(&unused::without(&read(wasm)?, "wasm-streams")?, &folder.with_extension("split"))?;
    let (mut script, mut module) = bindgen(&split)?;
    if variant == Variant::Web {
        (script, module) = names::shorten(&script, &module, split.loader())?;
    }

    let mut files = Files { folder, effort: variant.effort(), manifest: Manifest::default() };
    let served = files.write_parts(&split)?;
    let module_name = files.write("app.wasm", &format!("app-{}_bg.wasm", hash(&module)), &module)?;
    script = split.merge(&script, &served)?.replace("app_bg.wasm", &module_name);
    if variant == Variant::Web {
        script = names::lean(&script)?;
    }
    files.write("app.js", &format!("app-{}.js", hash(script.as_bytes())), script.as_bytes())?;

    let font = read(&font_path())?;
    let font_name = files.write(FONT, &format!("SourceSerif4-{}.woff2", hash(&font)), &font)?;
    let style = styles(&font_name)?;
    files.write("style.css", &format!("style-{}.css", hash(style.as_bytes())), style.as_bytes())?;
    files.write(SERVICE_WORKER, SERVICE_WORKER, &read(&service_worker_path())?)?;

    let manifest = serde_json::to_string_pretty(&files.manifest)?;
    fs::write(folder.join("manifest.json"), manifest).context("cannot write manifest.json")
}

/// The files written so far.
struct Files<'a> {
    folder: &'a Path,
    effort: Effort,
    manifest: Manifest,
}

impl Files<'_> {
    /// Writes one file and its compressed forms, and answers its name.
    fn write(&mut self, key: &str, name: &str, bytes: &[u8]) -> Result<String> {
        self.put(name, bytes)?;
        self.manifest.files.insert(key.to_owned(), name.to_owned());
        Ok(name.to_owned())
    }

    /// Writes the files of the parts, and answers what each is called by its stem.
    fn write_parts(&mut self, split: &Split) -> Result<BTreeMap<String, String>> {
        let mut served = BTreeMap::new();
        for file in &split.files {
            let name = format!("part-{}-{}.wasm", file.stem.trim_start_matches("split_"), hash(&file.module));
            self.put(&name, &file.module)?;
            served.insert(file.stem.clone(), name);
        }
        for (part, stems) in &split.parts {
            let names = stems.iter().map(|stem| served.get(stem).cloned().with_context(|| format!("{stem}.wasm was not written")));
            self.manifest.parts.insert(part.clone(), names.collect::<Result<_>>()?);
        }
        Ok(served)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let put = |name: &str, bytes: &[u8]| fs::write(self.folder.join(name), bytes).with_context(|| format!("cannot write {name}"));
        put(name, bytes)?;
        // woff2 is brotli inside already.
        if !name.ends_with(".woff2") {
            put(&format!("{name}.br"), &brotli(bytes, self.effort)?)?;
            put(&format!("{name}.gz"), &gzip(bytes, self.effort)?)?;
        }
        Ok(())
    }
}

/// The script and the module that wasm-bindgen makes of the main module.
fn bindgen(split: &Split) -> Result<(String, Vec<u8>)> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_bytes("app", split.main.clone()).out_name("app").web(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    // The parts import what the main module exports, by the names that the linker gave.
    bindgen.keep_lld_exports(true).demangle(false);
    let mut output = bindgen.generate_output().context("wasm-bindgen refuses the wasm")?;
    if output.snippets().values().any(|files| !files.is_empty()) || !output.local_modules().is_empty() {
        bail!("a dependency brings JavaScript files of its own, which are not embedded: {:?}", output.snippets().keys());
    }
    Ok((output.js().to_owned(), order::side_by_side(&output.wasm_mut().emit_wasm())?))
}

/// All styles as one text, with the hashed name of the font.
fn styles(font_name: &str) -> Result<String> {
    let mut all = String::new();
    for name in STYLES {
        let text = String::from_utf8(read(&style_path(name))?).with_context(|| format!("style/{name} is not UTF-8"))?;
        all.push_str(&text);
        all.push('\n');
    }
    if !all.contains(FONT) {
        bail!("no file of style/ names the font {FONT}");
    }
    Ok(all.replace(FONT, font_name))
}

/// A style that is not in the list would be left out in silence.
fn check_style_folder() -> Result<()> {
    for entry in fs::read_dir(root().join("style")).context("cannot read style/")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".css") && !STYLES.contains(&name.as_str()) {
            bail!("style/{name} has no place in the order of styles: add it to STYLES in xtask/src/web.rs");
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Enough of the hash of a content to name a file by it.
fn hash(bytes: &[u8]) -> String {
    let mut text = hex(&Sha256::digest(bytes));
    // Forty bits: what a browser keeps by its name is never another file.
    text.truncate(10);
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
