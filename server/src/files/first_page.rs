//! The first page of a PDF as a picture: the worker's end. Rasterised by `hayro`, which typst has along anyway; runs in a process that may die of it.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};

/// The largest file that is drawn, in bytes: a larger one does not fit into the worker beside its page.
pub const MAX_BYTES: u64 = 64 << 20;

/// The largest picture, in bytes.
pub const MAX_PICTURE: usize = 4 << 20;

/// Pixels of a page at most, a sheet of A4 at 150 dots an inch.
const WIDE: f32 = 1240.0;
const HIGH: f32 = 1754.0;

/// Pixels for each point of the page at most: a label is not blown up.
const SCALE: f32 = 2.0;

/// What a PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Whether a worker's answer is a picture that may be kept.
pub fn is_picture(answer: &[u8]) -> bool {
    answer.starts_with(PNG) && answer.len() <= MAX_PICTURE
}

/// Draws the first page as PNG. `None` where there is none, or the file is encrypted, damaged or too large.
pub fn draw(bytes: Vec<u8>) -> Option<Vec<u8>> {
    if bytes.len() as u64 > MAX_BYTES {
        return None;
    }
    let pdf = Pdf::new(bytes).ok()?;
    let page = pdf.pages().iter().next()?;
    let (width, height) = page.render_dimensions();
    if !(width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0) {
        return None;
    }
    let scale = SCALE.min(WIDE / width).min(HIGH / height);
    // A page of photographs is drawn once more, coarser.
    [scale, scale / 2.0, scale / 4.0].into_iter().find_map(|scale| {
        let settings = RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
        let page = render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
        let is_empty = page.width() == 0 || page.height() == 0;
        page.into_png().ok().filter(|png| !is_empty && png.len() <= MAX_PICTURE)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of so many points, with a black square at its lower left.
    fn pdf(width: u32, height: u32) -> Vec<u8> {
        let content = "0 0 72 72 re f";
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R >>"),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        ];
        let (mut bytes, mut places) = (b"%PDF-1.4\n".to_vec(), Vec::new());
        for (object, number) in objects.iter().zip(1..) {
            places.push(bytes.len());
            bytes.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
        }
        let table = bytes.len();
        bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
        bytes.extend(places.iter().flat_map(|place| format!("{place:010} 00000 n \n").into_bytes()));
        bytes.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF", places.len() + 1).bytes());
        bytes
    }

    fn size(png: &[u8]) -> (u32, u32) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
        (number(16), number(20))
    }

    #[test]
    fn a_page_is_drawn_within_its_bounds_whatever_its_size() {
        for ((width, height), expected) in [((595, 842), (1190, 1684)), ((100, 50), (200, 100)), ((14_400, 1000), (1240, 86))] {
            let png = draw(pdf(width, height)).expect("a picture");
            assert!(is_picture(&png));
            let (wide, high) = size(&png);
            assert!(wide.abs_diff(expected.0) <= 1 && high.abs_diff(expected.1) <= 1, "{wide} by {high} of {width} by {height}");
        }
    }

    #[test]
    fn what_is_no_page_is_no_picture() {
        let whole = pdf(595, 842);
        for bytes in [Vec::new(), b"%PDF-1.7 notat".to_vec(), whole[..40].to_vec()] {
            assert!(draw(bytes).is_none());
        }
        assert!(!is_picture(b"%PDF-1.7"));
    }
}
