//! Embeds the built pages: writes a table of the files in the folder named by `DAGSORDEN_WEB`, with an entity tag for each.
//!
//! The folder is made by `cargo xtask build`, which also puts `NAME.br` and `NAME.gz` beside each file. Without the variable the table is
//! empty, so that a plain `cargo build` works; the server then says how to make the pages.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

const VARIABLE: &str = "DAGSORDEN_WEB";

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let mut table = String::from("&[\n");
    if let Some(folder) = env::var_os(VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from) {
        println!("cargo::rerun-if-changed={}", folder.display());
        write_table(&folder, &mut table).with_context(|| format!("{VARIABLE}={}", folder.display()))?;
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    fs::write(out.join("assets.rs"), table).context("writing the table of assets")
}

fn write_table(folder: &Path, table: &mut String) -> Result<()> {
    let folder = folder.canonicalize()?;
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            names.insert(entry.file_name().into_string().map_err(|name| anyhow::anyhow!("{name:?} is not UTF-8"))?);
        }
    }
    for name in names.iter().filter(|name| !is_encoded(name)) {
        let bytes = fs::read(folder.join(name))?;
        let tag: String = Sha256::digest(&bytes).iter().take(12).fold(String::new(), |mut tag, byte| {
            let _ = write!(tag, "{byte:02x}");
            tag
        });
        let encoded = |ending: &str| {
            let encoded = format!("{name}.{ending}");
            if names.contains(&encoded) { format!("Some({})", include(&folder, &encoded)) } else { "None".to_owned() }
        };
        writeln!(
            table,
            "    Asset {{ name: {name:?}, tag: {tag:?}, plain: {}, brotli: {}, gzip: {} }},",
            include(&folder, name),
            encoded("br"),
            encoded("gz")
        )?;
    }
    Ok(())
}

fn is_encoded(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn include(folder: &Path, name: &str) -> String {
    format!("include_bytes!({:?})", folder.join(name).display().to_string())
}
