//! The app's wasm in several files: the main module, and the parts that the page loads when they are first needed.
//!
//! `app/src/parts.rs` marks where a part begins; `wasm_split_cli_support` finds what only that part reaches. What several parts share becomes
//! a file of its own. Knows neither the compression nor the folder that is served.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use crate::{order, types};

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
        files.push(PartFile { stem, module: order::side_by_side(&types::used(&read(path)?)?)? });
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
        merge(script, &self.loader, &self.parts, served)
    }
}

fn merge(script: &str, loader: &str, parts: &BTreeMap<String, Vec<String>>, served: &BTreeMap<String, String>) -> Result<String> {
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
    for (stem, name) in served {
        let part = name.strip_prefix("part-").and_then(|name| name.rsplit_once('-')).map(|(part, _)| part);
        if part != Some(stem.trim_start_matches("split_")) || !parts.values().flatten().any(|needed| needed == stem) {
            bail!("no part needs {stem}.wasm, or it is served under a strange name: {name}");
        }
    }
    merged.push_str(&brief(loader, parts)?);
    Ok(merged)
}

/// How the loader fetches a file.
const FETCH: &str = "makeLoad(() => {\n    const src = fetch(new URL(";

/// What fetches a file instead: the page says what each is called, so the script needs no hashes, which cost more than all else of the loader.
/// Files that several parts share are known by their numbers.
const LOAD: &str = r#"const files = (document.body.dataset.parts || "").split(" ");
const load = (name, deps) => makeLoad(() => {
    const src = fetch(files.find((file) => file.includes(`/part-${name}-`)));
    src.catch(() => {});
    return async (imports) => WebAssembly.instantiateStreaming(src, imports);
}, deps);
const shared = {};
const part = (name, ...needs) => wrapAsyncCb(load(name, needs.map((need) => shared[need] ??= load(`chunk_${need}`, []))));
"#;

/// The same loader with one line for each part, where it has five for each file.
fn brief(loader: &str, parts: &BTreeMap<String, Vec<String>>) -> Result<String> {
    let files: BTreeSet<&String> = parts.values().flatten().collect();
    if loader.matches(FETCH).count() != files.len() || files.iter().any(|stem| !loader.contains(&format!("\"./{stem}.wasm\""))) {
        bail!("the loader of parts fetches its files in a way that is not known here");
    }
    // Behind the functions, before the first file is named.
    let end = loader.find("/* ").or_else(|| loader.find("export const ")).unwrap_or(loader.len());
    let mut brief: String = loader[..end].lines().filter(|line| !line.starts_with("import ")).map(|line| format!("{line}\n")).collect();
    brief.push_str(LOAD);
    brief.push_str("const loaders = {\n");
    for (part, needs) in parts {
        let name = format!("__wasm_split_load_{part}");
        let (own, shared) = needs.split_last().context("a part has no file")?;
        let numbers: Option<Vec<&str>> = shared.iter().map(|stem| stem.strip_prefix("chunk_")).collect();
        let Some(numbers) = numbers.filter(|_| *own == format!("split_{part}") && loader.contains(&format!("export const {name} = ")))
        else {
            bail!("the part {part} is not loaded in a way that is known here");
        };
        let numbers: String = numbers.iter().map(|number| format!(", {number}")).collect();
        brief.push_str(&format!("    {name}: part({part:?}{numbers}),\n"));
    }
    brief.push_str("};\n");
    Ok(brief)
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

    /// A loader as the tool writes it, with two parts that share a file.
    fn link() -> String {
        let load = |stem: &str, needs: &str| {
            let rest = ", import.meta.url));\n    src.catch(() => {});\n    return async (imports) => (…);\n}\n";
            format!("{FETCH}\"./{stem}.wasm\"{rest}, [{needs}])")
        };
        let of = |part| format!("export const __wasm_split_load_{part} = wrapAsyncCb({});\n", load(&format!("split_{part}"), "__chunk_7"));
        let shared = load("chunk_7", "");
        format!(
            "import {{ initSync }} from \"./app.js\";\nfunction makeLoad(fetcher) {{}}\n/* a, b */\nconst __chunk_7 = {shared};\n{}{}",
            of("b"),
            of("a")
        )
    }

    fn parts() -> BTreeMap<String, Vec<String>> {
        ["a", "b"].map(|part| (part.to_owned(), vec!["chunk_7".to_owned(), format!("split_{part}")])).into()
    }

    fn served() -> BTreeMap<String, String> {
        ["split_a", "split_b", "chunk_7"].map(|stem| (stem.to_owned(), format!("part-{}-1.wasm", stem.trim_start_matches("split_")))).into()
    }

    #[test]
    fn the_loader_stands_in_the_script_and_names_the_served_files() {
        let merged = merge(SCRIPT, &link(), &parts(), &served()).unwrap();
        let expected = r#"function imports() {
    return {
        "./app_bg.js": import0,
"./__wasm_split.js": loaders,
    };
}
export { initSync };
function makeLoad(fetcher) {}
LOADconst loaders = {
    __wasm_split_load_a: part("a", 7),
    __wasm_split_load_b: part("b", 7),
};
"#;
        assert_eq!(merged, expected.replace("LOAD", LOAD));
    }

    #[test]
    fn an_unknown_form_is_refused() {
        let merge = |script: &str, loader: &str, served: &BTreeMap<String, String>| merge(script, loader, &parts(), served);
        assert!(merge("import \"./__wasm_split.js\"\n", &link(), &served()).is_err(), "the import object does not name it");
        let other = [("split_c".to_owned(), "part-c-1.wasm".to_owned())].into();
        assert!(merge(SCRIPT, &link(), &other).is_err(), "a file that nothing loads");
        let strange = [("split_a".to_owned(), "part-b-1.wasm".to_owned())].into();
        assert!(merge(SCRIPT, &link(), &strange).is_err(), "a file under the name of another");
        assert!(merge(SCRIPT, &link().replace("new URL", "URL"), &served()).is_err(), "files are fetched in another way");
        assert!(merge(SCRIPT, &link().replace("load_a ", "load_c "), &served()).is_err(), "a part is loaded by another function");
        assert_eq!(merge("alone\n", &link(), &served()).unwrap(), "alone\n", "a module without parts");
    }
}
