//! What a browser downloads: printed by `cargo xtask sizes` and `cargo xtask build`, and held against the budgets.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::web::Manifest;

/// The most wasm, with brotli, that a meeting may load before it can be edited.
const MODULE_BUDGET: usize = 355_000;
/// The most that one part may be, with brotli. The points and the talk are the largest: they are fetched when the page is at rest.
const PART_BUDGET: usize = 45_000;
/// The most that the script may be, with brotli.
const SCRIPT_BUDGET: usize = 8_000;

/// The parts of which a page loads one before it starts.
const LANGUAGES: [&str; 2] = ["da", "en"];

/// Sizes with brotli.
pub(crate) struct Sizes {
    /// The main module, and the largest language.
    module: usize,
    script: usize,
    parts: Vec<(String, usize)>,
}

impl Sizes {
    /// Prints the sizes of a built folder.
    pub(crate) fn print(folder: &Path) -> Result<Self> {
        let manifest = Manifest::read(folder)?;
        println!("{:<20} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli");
        let mut sums = [0; 3];
        let mut start = |key: &str| -> Result<usize> {
            let name = manifest.files.get(key).with_context(|| format!("{key} is not in manifest.json"))?;
            let sizes = sizes(folder, name);
            row(key, sizes);
            sums.iter_mut().zip(sizes).for_each(|(sum, size)| *sum += size);
            Ok(sizes[2])
        };
        let (mut module, script) = (start("app.wasm")?, start("app.js")?);
        start("style.css")?;
        row("all of these", sums);
        let mut parts = Vec::new();
        for (part, files) in &manifest.parts {
            let mut sums = [0; 3];
            for name in files {
                sums.iter_mut().zip(sizes(folder, name)).for_each(|(sum, size)| *sum += size);
            }
            row(&format!("part {part} ({})", files.len()), sums);
            parts.push((part.clone(), sums[2]));
        }
        module += parts.iter().filter(|(part, _)| LANGUAGES.contains(&part.as_str())).map(|(_, size)| *size).max().unwrap_or_default();
        println!("wasm before a meeting can be edited {module:>28}");
        Ok(Self { module, script, parts })
    }

    /// Whether a build of these sizes may be deployed.
    pub(crate) fn check(&self) -> Result<()> {
        let parts = self.parts.iter().map(|(part, size)| (format!("the part {part}"), *size, PART_BUDGET));
        let start = [
            ("the wasm before a meeting can be edited".to_owned(), self.module, MODULE_BUDGET),
            ("the script".to_owned(), self.script, SCRIPT_BUDGET),
        ];
        let over: Vec<String> = start
            .into_iter()
            .chain(parts)
            .filter(|(_, size, budget)| size > budget)
            .map(|(name, size, budget)| format!("{name} is {size} bytes with brotli, {budget} are allowed"))
            .collect();
        if !over.is_empty() {
            bail!("the download is too large: {}", over.join("; "));
        }
        Ok(())
    }
}

/// Raw, gzip, brotli.
fn sizes(folder: &Path, name: &str) -> [usize; 3] {
    [name.to_owned(), format!("{name}.gz"), format!("{name}.br")]
        .map(|name| fs::metadata(folder.join(name)).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX)))
}

fn row(name: &str, [raw, gzip, brotli]: [usize; 3]) {
    println!("{name:<20} {raw:>10} {gzip:>10} {brotli:>10}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_its_budget_is_named() {
        let sizes = |part| Sizes { module: MODULE_BUDGET, script: SCRIPT_BUDGET, parts: vec![("talk".to_owned(), part)] };
        assert!(sizes(PART_BUDGET).check().is_ok());
        let error = sizes(PART_BUDGET + 1).check().unwrap_err().to_string();
        assert!(error.contains(&format!("the part talk is {} bytes", PART_BUDGET + 1)), "{error}");
    }
}
