//! The fonts that are set: Source Serif 4 in five cuts, in the program itself.
//!
//! Owns their bytes, which characters they have, how wide text is, and outlines of letters. No other font is ever looked for.

use std::sync::LazyLock;

use ttf_parser::{Face, OutlineBuilder};

/// Light, for the title alone; then regular, italic, bold, bold italic.
pub(crate) const FILES: [&[u8]; 5] = [
    include_bytes!("../fonts/SourceSerif4-Light.ttf"),
    include_bytes!("../fonts/SourceSerif4-Regular.ttf"),
    include_bytes!("../fonts/SourceSerif4-Italic.ttf"),
    include_bytes!("../fonts/SourceSerif4-Bold.ttf"),
    include_bytes!("../fonts/SourceSerif4-BoldItalic.ttf"),
];
/// Millimetres of a point.
pub(crate) const MILLIMETRES: f32 = 25.4 / 72.0;
const REGULAR: usize = 1;
const BOLD: usize = 3;

static FACES: LazyLock<Vec<Face<'static>>> = LazyLock::new(|| FILES.iter().filter_map(|file| Face::parse(file, 0).ok()).collect());

/// Whether every cut has this character.
pub(crate) fn have(character: char) -> bool {
    character.is_ascii_graphic()
        || character == ' '
        || FACES.iter().all(|face| face.glyph_index(character).is_some_and(|glyph| glyph.0 != 0))
}

/// How wide a text is, in em, without what kerning takes.
pub(crate) fn width(text: &str, bold: bool) -> f32 {
    let Some(face) = FACES.get(if bold { BOLD } else { REGULAR }) else { return 0.0 };
    let units: u32 = text.chars().filter_map(|c| face.glyph_hor_advance(face.glyph_index(c)?)).map(u32::from).sum();
    units as f32 / f32::from(face.units_per_em())
}

/// A word drawn as one path: an SVG file without any text in it.
pub(crate) fn drawn(word: &str) -> String {
    let mut path = Path::default();
    let mut height = 0.0;
    if let Some(face) = FACES.get(BOLD) {
        height = f32::from(face.capital_height().unwrap_or(700));
        path.baseline = height;
        for glyph in word.chars().filter_map(|c| face.glyph_index(c)) {
            face.outline_glyph(glyph, &mut path);
            path.x += f32::from(face.glyph_hor_advance(glyph).unwrap_or(0));
        }
    }
    let (width, data) = (path.x, path.data);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"><path fill="#f0f0f0" d="{data}"/></svg>"##
    )
}

/// Letters side by side, turned from the font's axes to those of SVG.
#[derive(Default)]
struct Path {
    data: String,
    x: f32,
    baseline: f32,
}

impl Path {
    fn add(&mut self, command: char, points: &[(f32, f32)]) {
        self.data.push(command);
        for (x, y) in points {
            self.data.push_str(&format!("{} {} ", x + self.x, self.baseline - y));
        }
    }
}

impl OutlineBuilder for Path {
    fn move_to(&mut self, x: f32, y: f32) {
        self.add('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.add('L', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.add('Q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.add('C', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.data.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_have_what_danish_papers_need() {
        assert_eq!(FACES.len(), FILES.len());
        for character in "abcæøåÆØÅéüßŁłΩµ§½²€–—…„“”»«’→✓☐•·−×\u{a0}".chars() {
            assert!(have(character), "{character} U+{:04X}", u32::from(character));
        }
        for character in "😀漢אب\u{e000}".chars() {
            assert!(!have(character), "{character}");
        }
    }

    #[test]
    fn bold_is_wider_and_words_add_up() {
        assert!(width("Beslutning", true) > width("Beslutning", false));
        assert!((width("to ord", false) - width("to", false) - width(" ", false) - width("ord", false)).abs() < 0.001);
    }

    #[test]
    fn a_drawn_word_holds_no_text() {
        let drawing = drawn("UDKAST");
        assert!(drawing.matches('M').count() >= 6, "{drawing}");
        assert!(!drawing.contains("UDKAST") && !drawing.contains("<text"));
    }
}
