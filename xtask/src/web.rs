//! The web part: wasm through wasm-bindgen, styles, font and service worker into one folder of hashed files.
//!
//! The folder is what `server/build.rs` embeds: `app-HASH.js`, `app-HASH_bg.wasm`, `style-HASH.css`, `SourceSerif4-HASH.woff2`,
//! `sw.js`, each with `.br` and `.gz` beside it, and `manifest.json`, which says what each is called.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::command::{cargo, root, run, step, target};
use crate::compress::{Effort, brotli, gzip};
use crate::machine;
use crate::order;

/// The styles, in the order in which they stand in the one file that is sent.
const STYLES: [&str; 8] = ["tokens.css", "base.css", "page.css", "home.css", "search.css", "editor.css", "states.css", "print.css"];
const FONT: &str = "SourceSerif4.woff2";
const SERVICE_WORKER: &str = "sw.js";
/// The most that the browser may have to download as wasm, with brotli.
const WASM_BUDGET: usize = 350_000;

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

/// The server with `web` embedded, in release or dev profile; answers the path of the binary.
pub(crate) fn build_server(web: &Path, release: bool) -> Result<PathBuf> {
    let profile = if release { "release" } else { "dev" };
    step(&format!("server (profile {profile})"), || {
        run(cargo().args(["build", "--quiet", "--package", "dagsorden", "--profile", profile]).env("DAGSORDEN_WEB", web))
    })?;
    Ok(target().join(if release { "release" } else { "debug" }).join(format!("dagsorden{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds the file to deploy and prints its sizes; answers that of the wasm with brotli.
pub(crate) fn build_release() -> Result<usize> {
    let web = build(Variant::Web)?;
    let wasm = print_sizes(&web)?;
    let server = build_server(&web, true)?;
    let size = fs::metadata(&server).with_context(|| format!("cannot read {}", server.display()))?.len();
    println!("{}  {:.1} MB", server.display(), size as f64 / 1e6);
    Ok(wasm)
}

/// Whether wasm of this size may be deployed.
pub(crate) fn check_size(wasm: usize) -> Result<()> {
    if wasm > WASM_BUDGET {
        bail!("the wasm is {wasm} bytes with brotli, more than the {WASM_BUDGET} that a browser may have to download");
    }
    Ok(())
}

fn build_wasm(variant: Variant) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "--quiet", "--package", "dagsorden-app", "--lib", "--target", "wasm32-unknown-unknown"]);
    command.args(["--profile", variant.profile()]);
    if variant == Variant::Test {
        command.args(["--features", "test-hooks"]);
    }
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

/// A hash over everything that the folder is made from, this file and the order of the functions included.
fn fingerprint(wasm: &Path) -> Result<String> {
    let mut hash = Sha256::new_with_prefix(concat!(include_str!("web.rs"), include_str!("order.rs")));
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
    let (script, module) = bindgen(wasm)?;

    let mut files = Files { folder, effort: variant.effort(), manifest: BTreeMap::new() };
    let module_name = files.write("app.wasm", &format!("app-{}_bg.wasm", hash(&module)), &module)?;
    let script = script.replace("app_bg.wasm", &module_name);
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
    manifest: BTreeMap<String, String>,
}

impl Files<'_> {
    /// Writes one file and its compressed forms, and answers its name.
    fn write(&mut self, key: &str, name: &str, bytes: &[u8]) -> Result<String> {
        let path = self.folder.join(name);
        let put = |path: PathBuf, bytes: &[u8]| fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()));
        put(path.clone(), bytes)?;
        // woff2 is brotli inside already.
        if !name.ends_with(".woff2") {
            put(self.folder.join(format!("{name}.br")), &brotli(bytes, self.effort)?)?;
            put(self.folder.join(format!("{name}.gz")), &gzip(bytes, self.effort)?)?;
        }
        self.manifest.insert(key.to_owned(), name.to_owned());
        Ok(name.to_owned())
    }
}

/// The script and the module that wasm-bindgen makes of `wasm`.
fn bindgen(wasm: &Path) -> Result<(String, Vec<u8>)> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).out_name("app").web(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
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

/// Prints what a browser downloads, and answers the size of the wasm with brotli.
fn print_sizes(folder: &Path) -> Result<usize> {
    let manifest: BTreeMap<String, String> = serde_json::from_slice(&read(&folder.join("manifest.json"))?)?;
    println!("{:<12} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli");
    let mut sums = [0, 0, 0];
    let mut wasm = 0;
    for key in ["app.wasm", "app.js", "style.css"] {
        let name = manifest.get(key).with_context(|| format!("{key} is not in manifest.json"))?;
        let sizes = [name.clone(), format!("{name}.gz"), format!("{name}.br")]
            .map(|name| fs::metadata(folder.join(name)).map_or(0, |file| file.len()));
        println!("{key:<12} {:>10} {:>10} {:>10}", sizes[0], sizes[1], sizes[2]);
        for (sum, size) in sums.iter_mut().zip(sizes) {
            *sum += size;
        }
        if key == "app.wasm" {
            wasm = usize::try_from(sizes[2])?;
        }
    }
    println!("{:<12} {:>10} {:>10} {:>10}", "all", sums[0], sums[1], sums[2]);
    Ok(wasm)
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
    text.truncate(16);
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
