//! The types of a module: those that nothing in it names are left out.
//!
//! Splitting gives every file of a part the types of the whole app, which cost more than the code of the small ones. Changes nothing but numbers.

use std::collections::BTreeSet;
use std::convert::Infallible;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{Module, TypeSection};
use wasmparser::{Parser, TypeSectionReader};

/// The same module with the types that it uses.
pub(crate) fn used(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut seen = Seen(BTreeSet::new());
    encode(&mut seen, wasm)?;
    encode(&mut Kept(seen.0.into_iter().collect()), wasm)
}

fn encode(encoder: &mut impl Reencode<Error = Infallible>, wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    encoder.parse_core_module(&mut module, Parser::new(0), wasm).map_err(|error| anyhow!("the types cannot be read: {error}"))?;
    Ok(module.finish())
}

/// The types that are named outside of the section that defines them.
struct Seen(BTreeSet<u32>);

impl Reencode for Seen {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.0.insert(index);
        Ok(index)
    }
}

/// The types that stay, in their order.
struct Kept(Vec<u32>);

impl Reencode for Kept {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        // Every type that is asked for was seen.
        Ok(self.0.binary_search(&index).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(index))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<(), Error<Infallible>> {
        for (index, group) in (0..).zip(section) {
            let group = group?;
            // A group of several types is kept whole; rustc makes none.
            if group.is_explicit_rec_group() || self.0.binary_search(&index).is_ok() {
                utils::parse_recursive_type_group(self, types.ty(), group)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{CodeSection, ExportKind, ExportSection, Function, FunctionSection, ValType};
    use wasmparser::Payload;

    #[test]
    fn a_module_keeps_the_types_that_it_uses_and_still_names_them() {
        let (mut types, mut functions, mut code, mut exports) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new(), ExportSection::new());
        types.ty().function([ValType::F32], []);
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::F64], []);
        types.ty().function([ValType::I64], [ValType::I32]);
        functions.function(1);
        functions.function(3);
        for result in [4, 9] {
            let mut function = Function::new([]);
            function.instructions().i32_const(result).end();
            code.function(&function);
        }
        exports.export("second", ExportKind::Func, 1);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        let lean = used(&module.finish()).unwrap();
        wasmparser::validate(&lean).unwrap();
        let (mut defined, mut named) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&lean) {
            match payload.unwrap() {
                Payload::TypeSection(section) => {
                    defined = section.into_iter_err_on_gc_types().map(|kind| kind.unwrap().params().to_vec()).collect();
                }
                Payload::FunctionSection(section) => named = section.into_iter().map(Result::unwrap).collect(),
                _ => {}
            }
        }
        assert_eq!((defined, named), (vec![vec![], vec![wasmparser::ValType::I64]], vec![0, 1]));
        assert_eq!(used(&lean).unwrap(), lean, "what is used stays");
    }
}
