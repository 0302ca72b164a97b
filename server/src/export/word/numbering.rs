//! Lists: one definition for marks and one for numbers, each with all nine levels, and a list of its own for each numbered one, with its first number.
//!
//! Word counts on through a document unless a list says that it starts again.

use super::{DECLARATION, MAIN};

/// `w:numId` of all lists with marks.
pub(super) const BULLETS: usize = 1;

/// `w:numId` of the first numbered list.
pub(super) const FIRST_ORDERED: usize = 2;

/// Levels of a definition; with fewer, Word calls a file damaged.
const LEVELS: u8 = 9;

/// How far each level is set in, in twentieths of a point.
const STEP: u32 = 360;

/// The part. `ordered` has the level and the first number of each numbered list.
pub(super) fn part(ordered: &[(u8, u16)]) -> String {
    let lists = ordered.iter().zip(FIRST_ORDERED..).map(|((level, start), id)| {
        format!(
            "<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"1\"/>\
             <w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/></w:lvlOverride></w:num>"
        )
    });
    format!(
        "{DECLARATION}<w:numbering xmlns:w=\"{MAIN}\">{}{}<w:num w:numId=\"{BULLETS}\"><w:abstractNumId w:val=\"0\"/></w:num>{}</w:numbering>",
        definition(0, |level| ("bullet", ["–", "•", "·"][usize::from(level % 3)].to_owned())),
        definition(1, |level| (["decimal", "lowerLetter", "lowerRoman"][usize::from(level % 3)], format!("%{}.", level + 1))),
        lists.collect::<String>()
    )
}

fn definition(id: u8, level: impl Fn(u8) -> (&'static str, String)) -> String {
    let levels = (0..LEVELS).map(|at| {
        let (format, mark) = level(at);
        let left = STEP * (u32::from(at) + 1);
        format!(
            "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{mark}\"/><w:lvlJc w:val=\"left\"/>\
             <w:pPr><w:ind w:left=\"{left}\" w:hanging=\"{STEP}\"/></w:pPr></w:lvl>"
        )
    });
    format!(
        "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"hybridMultilevel\"/>{}</w:abstractNum>",
        levels.collect::<String>()
    )
}
