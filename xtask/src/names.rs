//! Short names between the script and the module, and a script without comments and indentation.
//!
//! wasm-bindgen names what the module takes of the script, and the reverse, by long names with hashes, which cost more than the code behind
//! many of them. Only names change.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ExportSection, ImportSection, Module};
use wasmparser::{Export, Import, ImportSectionReader, Parser, Payload};

/// How the module calls the functions that wasm-bindgen wrote.
const SCRIPT: &str = "./app_bg.js";
/// How it calls them afterwards.
const SHORT_SCRIPT: &str = "w";

/// The same script and module with short names. What `loader` names keeps its name.
pub(crate) fn shorten(script: &str, module: &[u8], loader: &str) -> Result<(String, Vec<u8>)> {
    let mut names = Names { imports: BTreeMap::new(), exports: BTreeMap::new() };
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("the module cannot be read")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    if import.module == SCRIPT {
                        let next = short(names.imports.len());
                        names.imports.entry(import.name.to_owned()).or_insert(next);
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let name = export?.name;
                    if !words(loader).any(|(_, word)| word == name) && uses(script, name) {
                        names.exports.insert(name.to_owned(), short(names.exports.len()));
                    }
                }
            }
            _ => {}
        }
    }
    let script = names.rename(script)?;
    let mut renamed = Module::new();
    names.parse_core_module(&mut renamed, Parser::new(0), module).map_err(|error| anyhow!("the names cannot be shortened: {error}"))?;
    Ok((script, renamed.finish()))
}

/// The same script without comments, indentation and empty lines, with what wasm-bindgen writes for each import in fewer words, and with short
/// names for its functions that are called as rustc calls theirs.
pub(crate) fn lean(script: &str) -> Result<String> {
    let script = &rename_mangled(script)?;
    let mut lean = String::new();
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        if line.matches('`').count() % 2 == 1 {
            bail!("a text of several lines would lose its indentation: {line}");
        }
        let begins = !in_comment && line.starts_with("/*");
        if in_comment || begins {
            in_comment = !line.ends_with("*/");
        } else if line == "return ret;"
            && let Some(at) = lean.trim_end().rfind('\n').filter(|at| lean[at + 1..].starts_with(RESULT))
        {
            lean.replace_range(at + 1..at + 1 + RESULT.len(), "return ");
        } else if !line.is_empty() && !line.starts_with("//") {
            lean.push_str(&line.replacen(": function(", "(", usize::from(is_method(line))));
            lean.push('\n');
        }
    }
    Ok(lean)
}

fn rename_mangled(script: &str) -> Result<String> {
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    let mut renamed = String::new();
    let mut copied = 0;
    for (at, word) in words(script).filter(|(_, word)| word.starts_with(MANGLED)) {
        if script[..at].ends_with(EXPORTS) {
            bail!("the name of an export cannot be changed here: {word}");
        }
        let next = names.len();
        let name = names.entry(word).or_insert_with(|| format!("_{next}"));
        renamed.push_str(&script[copied..at]);
        renamed.push_str(name);
        copied = at + word.len();
    }
    renamed.push_str(&script[copied..]);
    if let Some((_, taken)) = words(script).find(|(_, word)| names.values().any(|name| name == word)) {
        bail!("the script has a name already that is to be given: {taken}");
    }
    Ok(renamed)
}

/// How the names begin that rustc gives.
const MANGLED: &str = "_ZN";

/// What stands before a value that the next line returns.
const RESULT: &str = "const ret = ";

/// Whether a line begins a function of an object: `name: function(…) {`.
fn is_method(line: &str) -> bool {
    line.split_once(": function(").is_some_and(|(name, _)| words(name).next() == Some((0, name)))
}

/// New names by old ones.
struct Names {
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

impl Names {
    fn rename(&self, script: &str) -> Result<String> {
        let mut renamed = String::new();
        let mut copied = 0;
        let mut keys = 0;
        for (at, word) in words(script) {
            let end = at + word.len();
            let new = if script[..at].ends_with(EXPORTS) {
                self.exports.get(word)
            } else if script[end..].starts_with(": ") {
                self.imports.get(word).inspect(|_| keys += 1)
            } else {
                None
            };
            if let Some(new) = new {
                renamed.push_str(&script[copied..at]);
                renamed.push_str(new);
                copied = end;
            }
        }
        renamed.push_str(&script[copied..]);
        let module = format!("{SCRIPT:?}: ");
        if keys != self.imports.len() || renamed.matches(&module).count() != 1 {
            bail!("of {} names that the module imports the script has {keys}", self.imports.len());
        }
        Ok(renamed.replace(&module, &format!("{SHORT_SCRIPT:?}: ")))
    }
}

impl Reencode for Names {
    type Error = std::convert::Infallible;

    fn parse_import_section(&mut self, imports: &mut ImportSection, section: ImportSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        for import in section.into_imports() {
            let import = import?;
            let name = self.imports.get(import.name).filter(|_| import.module == SCRIPT).cloned();
            match &name {
                Some(name) => utils::parse_import(self, imports, Import { module: SHORT_SCRIPT, name, ty: import.ty })?,
                None => utils::parse_import(self, imports, import)?,
            }
        }
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<(), Error<Self::Error>> {
        let name = self.exports.get(export.name).cloned();
        match &name {
            Some(name) => utils::parse_export(self, exports, Export { name, kind: export.kind, index: export.index }),
            None => utils::parse_export(self, exports, export),
        }
    }
}

/// What stands before the name of an export where the script uses it.
const EXPORTS: &str = "wasm.";

fn uses(script: &str, export: &str) -> bool {
    words(script).any(|(at, word)| word == export && script[..at].ends_with(EXPORTS))
}

/// The words of a script, with their places.
fn words(script: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + script[from..].find(is_letter)?;
        let length = script[at..].find(|letter| !is_letter(letter)).unwrap_or(script.len() - at);
        from = at + length;
        Some((at, &script[at..from]))
    })
}

/// The `index`th name: a, b, … z, aa, ba, …
fn short(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        name.push(char::from(b'a' + u8::try_from(index % 26).unwrap_or_default()));
        index /= 26;
        if index == 0 {
            return name;
        }
        index -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wasm_encoder::{EntityType, ExportKind, TypeSection};

    fn module() -> Vec<u8> {
        let (mut types, mut imports, mut exports) = (TypeSection::new(), ImportSection::new(), ExportSection::new());
        types.ty().function([], []);
        for (module, name) in [(SCRIPT, "__wbg_log_1f"), (SCRIPT, "__wbg_log_1f2"), ("./other.js", "__wbg_log_1f")] {
            imports.import(module, name, EntityType::Function(0));
        }
        for (index, name) in ["start_long", "shared_long", "unused_long"].into_iter().enumerate() {
            exports.export(name, ExportKind::Func, u32::try_from(index).unwrap());
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&exports);
        module.finish()
    }

    const TEXT: &str = r#"const import0 = {
    __wbg_log_1f: function() { wasm.start_long(wasm.shared_long); },
    __wbg_log_1f2: start_long,
};
return { "./app_bg.js": import0 };
"#;

    #[test]
    fn both_sides_get_the_same_short_names() {
        let (script, module) = shorten(TEXT, &module(), "const { shared_long } = main;").unwrap();
        let expected = r#"const import0 = {
    a: function() { wasm.a(wasm.shared_long); },
    b: start_long,
};
return { "w": import0 };
"#;
        assert_eq!(script, expected);
        let (mut imports, mut exports) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&module) {
            match payload.unwrap() {
                Payload::ImportSection(section) => {
                    imports.extend(
                        section.into_imports().map(|import| import.unwrap()).map(|import| format!("{} {}", import.module, import.name)),
                    );
                }
                Payload::ExportSection(section) => exports.extend(section.into_iter().map(|export| export.unwrap().name.to_owned())),
                _ => {}
            }
        }
        assert_eq!(imports, ["w a", "w b", "./other.js __wbg_log_1f"]);
        assert_eq!(exports, ["a", "shared_long", "unused_long"]);
    }

    #[test]
    fn a_name_that_the_script_does_not_have_is_refused() {
        let error = shorten(&TEXT.replace("__wbg_log_1f2", "other"), &module(), "").unwrap_err().to_string();
        assert!(error.contains("of 2 names that the module imports the script has 1"), "{error}");
    }

    #[test]
    fn functions_of_rustc_are_called_by_short_names() {
        let script = "_ZN4core17h1E(a, _ZN4core17h2E);\nfunction _ZN4core17h2E() {}\n_ZN4core17h1E();\n";
        assert_eq!(lean(script).unwrap(), "_0(a, _1);\nfunction _1() {}\n_0();\n");
        assert!(lean("_ZN1E(_0);").is_err(), "a name that is taken");
        assert!(lean("wasm._ZN1E();").is_err(), "a name of the module");
    }

    #[test]
    fn names_are_never_the_same() {
        let names: BTreeSet<String> = (0..2000).map(short).collect();
        assert_eq!((names.len(), short(0), short(25), short(26), short(701)), (2000, "a".into(), "z".into(), "aa".into(), "zz".into()));
    }

    #[test]
    fn comments_and_indentation_are_left_out() {
        let script = "/** one\n * two\n */\nlet a = 1;\n\n    // three\n    if (a) { /* four */\n        b('//');\n    }\n/* five */\n";
        assert_eq!(lean(script).unwrap(), "let a = 1;\nif (a) { /* four */\nb('//');\n}\n");
        assert!(lean("let a = `one\n two`;").is_err());
        let import = "a: function(arg0) {\n    const ret = arg0.b;\n    return ret;\n},\nc.d(e ? f : g: function() {});\nconst ret = 1;\nh();\nreturn ret;\n";
        let expected = "a(arg0) {\nreturn arg0.b;\n},\nc.d(e ? f : g: function() {});\nconst ret = 1;\nh();\nreturn ret;\n";
        assert_eq!(lean(import).unwrap(), expected);
    }
}
