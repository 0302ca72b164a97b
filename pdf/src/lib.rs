//! A meeting as a PDF that is tagged for assistive technology (PDF/UA-1) and fit for archives (PDF/A-2a).
//!
//! Owns how the paper is set. Takes Meeting JSON that has already been cut to what its reader may see; knows no storage, no HTTP, no
//! clock. The same input gives the same bytes. Setting takes a core for some tenths of a second: call it on a thread that may block.

mod content;
mod fonts;
mod lists;
mod tables;
mod text;
mod world;

use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::meeting_json::MeetingJson;
use typst::comemo;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use content::Content;
use world::Paper;

/// Setting needs about a kilobyte and a half per character of the data.
const MOST_BYTES: usize = 4 << 20;

/// What is said on the paper beside the meeting itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Language of labels and of the document.
    pub language: Language,
    /// Whether „UDKAST“ lies behind the text of each page.
    pub draft: bool,
    /// Which version this is, for the foot of each page and the end of the paper.
    pub version: Option<VersionMark>,
    /// When the file was made, as its properties say.
    pub timestamp: jiff::Timestamp,
    /// What the file's id is made from: the same for all versions of one meeting.
    pub ident: String,
}

/// A version of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMark {
    /// Its number.
    pub number: u32,
    /// Its hash in hexadecimal figures.
    pub hash: String,
    /// Whether it was approved.
    pub approved: bool,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// More than can be set within the memory there is.
    #[error("the meeting is too large for a PDF; export it as HTML or text instead")]
    TooLarge,
    /// What was set does not follow the standards. There is no untagged PDF in its place.
    #[error("the meeting cannot be set as an accessible PDF: {0}; export it as Word or HTML instead")]
    Refused(String),
}

/// The PDF of a meeting.
///
/// # Errors
/// A meeting that is too large, or that cannot be set so that it follows the standards.
pub fn render(meeting: &MeetingJson, options: &Options) -> Result<Vec<u8>, PdfError> {
    let content = Content::new(meeting, options);
    let data = serde_json::to_vec(&content).map_err(|error| PdfError::Refused(error.to_string()))?;
    if data.len() > MOST_BYTES {
        return Err(PdfError::TooLarge);
    }
    let watermark = options.draft.then(|| fonts::drawn(Catalogue::of(options.language).export.draft));
    let pdf = set(&Paper::new(data, watermark), options);
    // typst keeps what it worked out for the next time; the next export is another meeting.
    comemo::evict(0);
    pdf
}

fn set(paper: &Paper, options: &Options) -> Result<Vec<u8>, PdfError> {
    let document: PagedDocument = typst::compile(paper).output.map_err(|errors| refused(&errors))?;
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).map_err(|error| PdfError::Refused(error.message().to_string()))?;
    let pdf = PdfOptions {
        ident: Smart::Custom(options.ident.clone()),
        creator: Smart::Custom(Some("Dagsorden".to_owned())),
        timestamp: timestamp(options.timestamp),
        standards,
        tagged: true,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &pdf).map_err(|errors| refused(&errors))
}

/// What the errors say, each once.
fn refused(errors: &[SourceDiagnostic]) -> PdfError {
    let mut messages: Vec<String> = errors.iter().map(|error| error.message.to_string()).collect();
    messages.dedup();
    PdfError::Refused(messages.join("; "))
}

fn timestamp(timestamp: jiff::Timestamp) -> Option<Timestamp> {
    let time = jiff::tz::Offset::UTC.to_datetime(timestamp);
    let part = |number: i8| u8::try_from(number).ok();
    let datetime = Datetime::from_ymd_hms(
        i32::from(time.year()),
        part(time.month())?,
        part(time.day())?,
        part(time.hour())?,
        part(time.minute())?,
        part(time.second())?,
    )?;
    Some(Timestamp::new_utc(datetime))
}
