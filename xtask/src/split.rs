//! The app's wasm in several files: the main module, and the parts that the page loads when they are first needed.
//!
//! `app/src/parts.rs` marks where a part begins; `wasm_split_cli_support` finds what only that part reaches. What several parts share becomes
//! a file of its own. Knows neither the compression nor the folder that is served.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::order;

/// How the main module calls the script that loads parts. It becomes a piece of the one script.
const LOADER: &str = "./__wasm_split.js";

/// What splitting makes of one module.
pub(crate) struct Split {
    /// The main module, as wasm-bindgen takes it.
    pub(crate) main: Vec<u8>,
    /// The files of the parts.
    pub(crate) files: Vec<PartFile>,
    /// Which files each part needs, by their stems, in the order in which they are loaded.
    pub(crate) parts: BTreeMap<String, Vec<String>>,
    /// The script that loads parts.
    loader: String,
}

/// One file of a part, ready to be served.
pub(crate) struct PartFile {
    /// Its name without ending, unique in the build, such as `split_paste`.
    pub(crate) stem: String,
    pub(crate) module: Vec<u8>,
}

/// Splits the module that rustc linked. `folder` takes what the tool writes.
pub(crate) fn split(wasm: &[u8], folder: &Path) -> Result<Split> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    let main_path = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &main_path;
    options.main_module = "./app.js";
    options.link_name = LOADER;
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("the wasm cannot be split: {error:?}"))?;
    let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let mut files = Vec::new();
    for path in &split.split_modules {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).context("a part has no name")?.to_owned();
        files.push(PartFile { stem, module: order::side_by_side(&read(path)?)? });
    }
    let loader = String::from_utf8(read(&folder.join(LOADER))?).context("the loader of parts is not UTF-8")?;
    Ok(Split { main: read(&main_path)?, files, parts: split.prefetch_map.into_iter().collect(), loader })
}

impl Split {
    /// The script that loads parts.
    pub(crate) fn loader(&self) -> &str {
        &self.loader
    }

    /// The script of wasm-bindgen with the loader of parts in it. `served` says what each file is called.
    pub(crate) fn merge(&self, script: &str, served: &BTreeMap<String, String>) -> Result<String> {
        merge(script, &self.loader, served)
    }
}

fn merge(script: &str, loader: &str, served: &BTreeMap<String, String>) -> Result<String> {
    if !script.contains(LOADER) {
        return Ok(script.to_owned());
    }
    let mut merged = String::new();
    let mut is_named = false;
    for line in script.lines() {
        let code = line.trim();
        if code.starts_with("import ") && code.contains(LOADER) {
            continue;
        }
        // The import object names the loader once for each function it imports of it.
        if code.starts_with(&format!("{LOADER:?}: ")) {
            if !is_named {
                merged.push_str(&format!("{LOADER:?}: loaders,\n"));
            }
            is_named = true;
            continue;
        }
        merged.push_str(line);
        merged.push('\n');
    }
    if !is_named || merged.matches(LOADER).count() != 1 {
        bail!("wasm-bindgen names the loader of parts in a way that is not known here");
    }
    let loader = brief(loader)?;
    let mut loaders = Vec::new();
    for line in loader.lines().filter(|line| !line.starts_with("import ")) {
        let line = match line.strip_prefix("export const ") {
            Some(rest) => {
                loaders.push(rest.split(' ').next().unwrap_or_default());
                format!("const {rest}")
            }
            None => line.to_owned(),
        };
        merged.push_str(&line);
        merged.push('\n');
    }
    merged.push_str(&format!("const loaders = {{ {} }};\n", loaders.join(", ")));
    for (stem, name) in served {
        let (from, part) = (format!("\"./{stem}.wasm\""), name.strip_prefix("part-").and_then(|name| name.rsplit_once('-')));
        let Some((part, _)) = part.filter(|_| merged.contains(&from)) else {
            bail!("the loader of parts does not name {stem}.wasm, or it is served under a strange name: {name}");
        };
        merged = merged.replace(&from, &format!("{part:?}"));
    }
    Ok(merged)
}

/// What stands around the name of a file where the loader fetches it.
const FETCH: [&str; 2] = [
    "makeLoad(() => {\n    const src = fetch(new URL(",
    ", import.meta.url));\n    src.catch(() => {});\n    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));\n}\n, ",
];

/// What fetches a file instead: the page says what each is called, so the script needs no hashes, which cost more than all else of the loader.
const LOAD: &str = r#"const files = (document.body.dataset.parts || "").split(" ");
const load = (name, deps) => makeLoad(() => {
    const src = fetch(files.find((file) => file.includes(`/part-${name}-`)));
    src.catch(() => {});
    return async (imports) => WebAssembly.instantiateStreaming(src, imports);
}, deps);
"#;

/// The same loader with one function for what it says once for each file.
fn brief(loader: &str) -> Result<String> {
    let files = loader.matches(".wasm\"").count();
    if FETCH.iter().any(|piece| loader.matches(piece).count() != files) {
        bail!("the loader of parts fetches its files in a way that is not known here");
    }
    let brief = loader.replace(FETCH[0], "load(").replace(FETCH[1], ", ");
    // Behind the import and the functions, before the first file is named.
    let at = brief.find("/* ").or_else(|| brief.find("export const ")).unwrap_or(0);
    Ok(format!("{}{LOAD}{}", &brief[..at], &brief[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r#"import * as import1 from "./__wasm_split.js"
import * as import2 from "./__wasm_split.js"
function imports() {
    return {
        "./app_bg.js": import0,
        "./__wasm_split.js": import1,
        "./__wasm_split.js": import2,
    };
}
export { initSync };
"#;

    /// A loader as the tool writes it, with these parts.
    fn link(parts: [&str; 2]) -> String {
        let of = |part| format!("export const __wasm_split_load_{part} = {}\"./split_{part}.wasm\"{}[]);\n", FETCH[0], FETCH[1]);
        format!("import {{ initSync }} from \"./app.js\";\nfunction makeLoad(fetcher) {{}}\n{}{}", of(parts[0]), of(parts[1]))
    }

    fn served() -> BTreeMap<String, String> {
        ["a", "b"].map(|part| (format!("split_{part}"), format!("part-{part}-1.wasm"))).into()
    }

    #[test]
    fn the_loader_stands_in_the_script_and_names_the_served_files() {
        let merged = merge(SCRIPT, &link(["b", "a"]), &served()).unwrap();
        let expected = r#"function imports() {
    return {
        "./app_bg.js": import0,
"./__wasm_split.js": loaders,
    };
}
export { initSync };
function makeLoad(fetcher) {}
LOADconst __wasm_split_load_b = load("b", []);
const __wasm_split_load_a = load("a", []);
const loaders = { __wasm_split_load_b, __wasm_split_load_a };
"#;
        assert_eq!(merged, expected.replace("LOAD", LOAD));
    }

    #[test]
    fn an_unknown_form_is_refused() {
        assert!(merge("import \"./__wasm_split.js\"\n", &link(["b", "a"]), &served()).is_err(), "the import object does not name it");
        let other = [("split_c".to_owned(), "part-c.wasm".to_owned())].into();
        assert!(merge(SCRIPT, &link(["b", "a"]), &other).is_err(), "a file that nothing loads");
        assert!(merge(SCRIPT, &link(["b", "a"]).replace("new URL", "URL"), &served()).is_err(), "files are fetched in another way");
        assert_eq!(merge("alone\n", &link(["b", "a"]), &served()).unwrap(), "alone\n", "a module without parts");
    }
}
