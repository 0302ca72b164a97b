//! The order of the functions in the wasm: those that look alike stand side by side, which brotli thanks by four parts in a hundred.
//!
//! Changes nothing but places: every function keeps its code, and every mention of it gets its new number. Custom sections, such as names, are left out.

use anyhow::{Context, Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef};

/// The same module with its functions ordered by type, and within a type by what they begin with.
pub(crate) fn side_by_side(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut imported = 0;
    let mut functions: Vec<(u32, &[u8])> = Vec::new();
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("the module cannot be read")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(section) => types = section.into_iter().collect::<Result<_, _>>()?,
            Payload::CodeSectionEntry(body) => {
                let kind = *types.get(functions.len()).context("the module has more bodies than functions")?;
                functions.push((kind, &wasm[body.range()]));
            }
            _ => {}
        }
    }
    let mut old_of_new: Vec<usize> = (0..functions.len()).collect();
    old_of_new.sort_by_key(|old| functions[*old]);
    let mut new_of_old = vec![0; functions.len()];
    for (new, old) in (imported..).zip(&old_of_new) {
        new_of_old[*old] = new;
    }
    let mut module = Module::new();
    let mut order = Order { imported, old_of_new, new_of_old };
    order.parse_core_module(&mut module, Parser::new(0), wasm).map_err(|error| anyhow!("the module cannot be ordered: {error}"))?;
    Ok(module.finish())
}

struct Order {
    imported: u32,
    old_of_new: Vec<usize>,
    /// With the imported ones counted first, as the module counts.
    new_of_old: Vec<u32>,
}

impl Reencode for Order {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, Error<Self::Error>> {
        let own = old.checked_sub(self.imported).and_then(|old| self.new_of_old.get(old as usize));
        Ok(own.copied().unwrap_or(old))
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for old in &self.old_of_new {
            functions.function(types[*old]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error<Self::Error>> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for old in self.old_of_new.clone() {
            self.parse_function_body(code, bodies[old].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{ExportKind, ExportSection, Function, TypeSection};

    /// Two functions that return numbers and one that calls the second.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [wasm_encoder::ValType::I32]);
        let (mut functions, mut code, mut exports) = (FunctionSection::new(), CodeSection::new(), ExportSection::new());
        let bodies: [&dyn Fn(&mut Function); 3] = [
            &|function| {
                function.instructions().call(2).end();
            },
            &|function| {
                function.instructions().i32_const(9).end();
            },
            &|function| {
                function.instructions().i32_const(4).end();
            },
        ];
        for body in bodies {
            functions.function(0);
            let mut function = Function::new([]);
            body(&mut function);
            code.function(&function);
        }
        exports.export("calls", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&exports).section(&code);
        module.finish()
    }

    #[test]
    fn every_mention_of_a_function_moves_with_it() {
        let ordered = side_by_side(&module()).unwrap();
        let mut bodies: Vec<Vec<u8>> = Vec::new();
        let mut exported = None;
        for payload in Parser::new(0).parse_all(&ordered) {
            match payload.unwrap() {
                Payload::ExportSection(section) => exported = section.into_iter().next().map(|export| export.unwrap().index as usize),
                Payload::CodeSectionEntry(body) => bodies.push(ordered[body.range()].to_vec()),
                _ => {}
            }
        }
        let calls = &bodies[exported.unwrap()];
        // No locals, a call, its target, the end.
        let &[0, 0x10, target, 0x0b] = calls.as_slice() else { panic!("{calls:?} does not call") };
        assert_eq!(bodies[usize::from(target)], [0, 0x41, 4, 0x0b], "it calls the one that gives four");
        assert!(bodies.is_sorted());
        assert_eq!(side_by_side(&ordered).unwrap(), ordered, "what is in order stays");
    }
}
