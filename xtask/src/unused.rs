//! Classes that a dependency offers to scripts and no script uses.
//!
//! leptos brings `wasm-streams`, which exports classes to JavaScript. What is exported stays, with all it reaches, and the script gets the classes. Here their
//! exports go, with what describes them to wasm-bindgen; the linker's leftovers are then reached by nothing.

use anyhow::{Context, Result, bail};
use wasm_encoder::{CustomSection, ExportSection, Module, RawSection, reencode};
use wasmparser::{Parser, Payload};

/// Where the macros of wasm-bindgen leave word of what they made: pairs of a version and a program, each behind its length.
const PROGRAMS: &str = "__wasm_bindgen_unstable";

/// The same module without what `package` exports. Code and data stay where they are, since relocations count their bytes.
pub(crate) fn without(wasm: &[u8], package: &str) -> Result<Vec<u8>> {
    let mark = format!("{package}-");
    let mut kept = Vec::new();
    let mut suffix = None;
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CustomSection(section) = payload.context("the module cannot be read")?
            && section.name() == PROGRAMS
        {
            let mut rest = section.data();
            while !rest.is_empty() {
                let (version, after) = piece(rest)?;
                let (program, after) = piece(after)?;
                let at = program.windows(mark.len()).position(|window| window == mark.as_bytes());
                match at {
                    // The package is named with the hash that its exports end in.
                    Some(at) => {
                        let hash = program[at + mark.len()..].iter().copied().take_while(u8::is_ascii_hexdigit);
                        suffix = Some(format!("_{}", hash.map(char::from).collect::<String>()));
                    }
                    None => kept.extend_from_slice(&rest[..version.len() + program.len() + 8]),
                }
                rest = after;
            }
        }
    }
    let Some(suffix) = suffix else { return Ok(wasm.to_owned()) };
    if suffix.len() < 9 {
        bail!("the exports of {package} cannot be told from others");
    }
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    if !export.name.ends_with(&suffix) {
                        let kind = reencode::Reencode::export_kind(&mut reencode::RoundtripReencoder, export.kind)?;
                        exports.export(export.name, kind, export.index);
                    }
                }
                module.section(&exports);
            }
            Payload::CustomSection(section) if section.name() == PROGRAMS => {
                module.section(&CustomSection { name: PROGRAMS.into(), data: kept.as_slice().into() });
            }
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    module.section(&RawSection { id, data: &wasm[range] });
                }
            }
        }
    }
    Ok(module.finish())
}

/// The first piece behind its length, and what comes after.
fn piece(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>().context("a program of wasm-bindgen ends early")?;
    let length = usize::try_from(u32::from_le_bytes(*length))?;
    rest.split_at_checked(length).context("a program of wasm-bindgen ends early")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CodeSection, ExportKind, Function, FunctionSection, TypeSection};

    fn programs(of: &[&str]) -> Vec<u8> {
        let pieces = of.iter().flat_map(|program| ["1", program]);
        pieces.flat_map(|piece| [&u32::try_from(piece.len()).unwrap().to_le_bytes(), piece.as_bytes()].concat()).collect()
    }

    fn module(of: &[&str]) -> Vec<u8> {
        let (mut types, mut functions, mut code, mut exports) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new(), ExportSection::new());
        types.ty().function([], []);
        functions.function(0);
        code.function(Function::new([]).instruction(&wasm_encoder::Instruction::End));
        for name in ["start_00000000aa", "class_pull_00000000bb"] {
            exports.export(name, ExportKind::Func, 0);
        }
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.section(&CustomSection { name: PROGRAMS.into(), data: programs(of).into() });
        module.finish()
    }

    #[test]
    fn exports_and_word_of_a_package_go_and_the_rest_stays() {
        let lean = without(&module(&["app-00000000aa ", "streams-00000000bb!", "web-00000000cc "]), "streams").unwrap();
        wasmparser::validate(&lean).unwrap();
        let (mut names, mut word) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&lean) {
            match payload.unwrap() {
                Payload::ExportSection(section) => names = section.into_iter().map(|export| export.unwrap().name.to_owned()).collect(),
                Payload::CustomSection(section) => word = section.data().to_owned(),
                _ => {}
            }
        }
        assert_eq!(names, ["start_00000000aa"]);
        assert_eq!(word, programs(&["app-00000000aa ", "web-00000000cc "]));
        assert_eq!(without(&lean, "streams").unwrap(), lean, "a module that does not have the package");
        assert!(without(&module(&["streams-0!"]), "streams").is_err(), "any export ends in that");
    }
}
