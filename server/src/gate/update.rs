//! The update format V1: what a client's bytes hold beyond what the document already has.
//!
//! One pass over the bytes. Structs and deletions that the document holds are read and forgotten at once; only the rest takes
//! memory and counts against the budgets. Does not know where content belongs: that is judged afterwards.

use std::borrow::Cow;

use dagsorden_shared::id::ClientId;

use super::limits::{MAX_DELETED_RUN, MAX_FORMAT_BYTES, MAX_NEW_CLIENTS, MAX_NEW_DELETIONS, MAX_NEW_STRUCTS};
use super::reader::{Id, MAX_CLOCK, Reader, after_units, utf16_length};
use super::refusal::{Budget, Malformed, Refusal};
use super::schema::Kind;
use super::value::{Values, check_key};

pub(super) const HAS_ORIGIN: u8 = 0x80;
pub(super) const HAS_RIGHT_ORIGIN: u8 = 0x40;
pub(super) const HAS_KEY: u8 = 0x20;
pub(super) const COLLECTED: u8 = 0;
pub(super) const DELETED: u8 = 1;
pub(super) const TEXT: u8 = 4;
pub(super) const FORMAT: u8 = 6;
pub(super) const TYPE: u8 = 7;
pub(super) const VALUES: u8 = 8;
const SKIP: u8 = 10;
pub(super) const TYPE_MAP: u8 = 1;
pub(super) const TYPE_TEXT: u8 = 2;

/// Whose bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A client's: budgets apply.
    Client,
    /// Our own.
    Server,
}

/// What the reader asks of the document while it reads.
pub(super) trait Known {
    /// The first clock of `client` that the document lacks.
    fn end(&self, client: ClientId) -> u32;
    /// Calls `new` with each part of the range that is not yet deleted.
    fn not_deleted(&self, client: ClientId, start: u32, end: u32, new: &mut dyn FnMut(u32, u32));
}

/// Where an item says it belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Parent<'a> {
    /// Where its neighbours are.
    Neighbours,
    /// In the root of this name.
    Root(&'a str),
    /// In the type that this item holds.
    Type(Id),
}

/// What a struct holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content<'a> {
    /// Nothing any more: collected together with its parent.
    Collected,
    /// Nothing any more.
    Deleted,
    /// Text. After a cut inside a surrogate pair, a replacement character stands before it.
    Text { text: &'a str, replaced: bool },
    /// A formatting mark; its value is JSON.
    Format { key: &'a str, value: Cow<'a, str> },
    /// A nested type.
    Type(Kind),
    /// Values.
    Values(Values<'a>),
}

impl Content<'_> {
    /// Its number in the update format.
    pub(super) fn tag(&self) -> u8 {
        match self {
            Self::Collected => COLLECTED,
            Self::Deleted => DELETED,
            Self::Text { .. } => TEXT,
            Self::Format { .. } => FORMAT,
            Self::Type(_) => TYPE,
            Self::Values(_) => VALUES,
        }
    }

    /// Bytes of text and values that it keeps.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Collected | Self::Deleted | Self::Type(_) => 0,
            Self::Text { text, .. } => text.len(),
            Self::Format { key, value } => key.len() + value.len(),
            Self::Values(values) => values.size(),
        }
    }
}

/// A run of one client's clocks that came about in one piece.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Struct<'a> {
    pub(super) clock: u32,
    pub(super) length: u32,
    pub(super) origin: Option<Id>,
    pub(super) right_origin: Option<Id>,
    pub(super) parent: Parent<'a>,
    pub(super) key: Option<&'a str>,
    pub(super) content: Content<'a>,
}

/// The new structs of one client, in a row from the first clock that the document lacks.
#[derive(Debug, PartialEq)]
pub(super) struct Section<'a> {
    pub(super) client: ClientId,
    pub(super) structs: Vec<Struct<'a>>,
}

/// A range of one client's clocks to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deletion {
    pub(super) client: ClientId,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// What is new in an update.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Update<'a> {
    /// By client id, highest first, as Yjs writes them; each once, and none empty unless there is a gap.
    pub(super) sections: Vec<Section<'a>>,
    /// As they stood, without what is deleted already.
    pub(super) deletions: Vec<Deletion>,
    /// Whether there are structs beyond a missing one. They are not in `sections`.
    pub(super) gap: bool,
}

impl<'a> Update<'a> {
    /// Reads an update to its last byte.
    pub(super) fn read(bytes: &'a [u8], source: Source, known: &impl Known) -> Result<Self, Refusal> {
        let mut reader = Reader::new(bytes);
        let mut update = Self::default();
        let mut budget = Allowance { source, structs: 0 };
        // A section has a count, a client id, a clock and a struct of at least two bytes.
        for _ in 0..reader.count(5)? {
            update.read_section(&mut reader, &mut budget, known)?;
        }
        update.sections.sort_by_key(|section| std::cmp::Reverse(section.client));
        if let Some(pair) = update.sections.windows(2).find(|pair| pair[0].client == pair[1].client) {
            return Err(Malformed::Duplicate(pair[0].client.get()).into());
        }
        for _ in 0..reader.count(2)? {
            let client = reader.client()?;
            for _ in 0..reader.count(2)? {
                update.read_deletion(&mut reader, client, source, known)?;
            }
        }
        reader.finish()?;
        Ok(update)
    }

    /// Whether there is nothing new.
    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty() && self.deletions.is_empty() && !self.gap
    }

    fn read_section(&mut self, reader: &mut Reader<'a>, budget: &mut Allowance, known: &impl Known) -> Result<(), Refusal> {
        let count = reader.count(2)?;
        if count == 0 {
            return Err(Malformed::Empty.into());
        }
        let client = reader.client()?;
        let mut clock = reader.clock()?;
        let mut expected = known.end(client);
        let mut structs = Vec::new();
        let mut gap = false;
        for _ in 0..count {
            let found = read_struct(reader, clock)?;
            let start = clock;
            clock = start.checked_add(found.length()).filter(|end| *end <= MAX_CLOCK).ok_or(Malformed::Number)?;
            let Found::Struct(found) = found else { continue };
            if clock <= expected {
                continue;
            }
            if start > expected {
                gap = true;
                continue;
            }
            let mut new = found.cut(client, expected - start)?;
            budget.take(&mut new)?;
            structs.push(new);
            expected = clock;
        }
        if !structs.is_empty() || gap {
            if budget.source == Source::Client && self.sections.len() == MAX_NEW_CLIENTS {
                return Err(Budget::Clients.into());
            }
            self.sections.push(Section { client, structs });
        }
        self.gap |= gap;
        Ok(())
    }

    fn read_deletion(&mut self, reader: &mut Reader<'a>, client: ClientId, source: Source, known: &impl Known) -> Result<(), Refusal> {
        let start = reader.clock()?;
        let end = start.checked_add(reader.clock()?).filter(|end| *end <= MAX_CLOCK).ok_or(Malformed::Number)?;
        let deletions = &mut self.deletions;
        known.not_deleted(client, start, end, &mut |start, end| deletions.push(Deletion { client, start, end }));
        if source == Source::Client && self.deletions.len() > MAX_NEW_DELETIONS {
            return Err(Budget::Deletions.into());
        }
        Ok(())
    }
}

/// What one update may still bring.
struct Allowance {
    source: Source,
    structs: usize,
}

impl Allowance {
    fn take(&mut self, new: &mut Struct<'_>) -> Result<(), Refusal> {
        if let Some(key) = new.key {
            check_key(key)?;
        }
        if let Content::Format { key, value } = &mut new.content {
            check_key(key)?;
            *value = Cow::Owned(format_value(value)?);
        }
        if self.source == Source::Server {
            return Ok(());
        }
        self.structs += 1;
        if self.structs > MAX_NEW_STRUCTS {
            return Err(Budget::Structs.into());
        }
        if matches!(new.content, Content::Collected | Content::Deleted) && new.length > MAX_DELETED_RUN {
            return Err(Budget::DeletedRun.into());
        }
        Ok(())
    }
}

/// A formatting value in one way of writing: null, a boolean, a number or text.
fn format_value(json: &str) -> Result<String, Refusal> {
    if json.len() > MAX_FORMAT_BYTES {
        return Err(Budget::Format.into());
    }
    let value: serde_json::Value = serde_json::from_str(json).map_err(|_| Malformed::Json)?;
    match &value {
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => Err(Budget::ValueDepth.into()),
        // Beyond 2^53 a browser reads another number.
        serde_json::Value::Number(number) if !number.as_f64().is_some_and(|number| number.abs() <= (1u64 << 53) as f64) => {
            Err(Malformed::Number.into())
        }
        value => Ok(value.to_string()),
    }
}

/// What a section holds at one place.
enum Found<'a> {
    Struct(Struct<'a>),
    /// Clocks left out.
    Skip(u32),
}

impl Found<'_> {
    fn length(&self) -> u32 {
        match self {
            Self::Struct(found) => found.length,
            Self::Skip(length) => *length,
        }
    }
}

fn read_struct<'a>(reader: &mut Reader<'a>, clock: u32) -> Result<Found<'a>, Refusal> {
    let info = reader.byte()?;
    if info == SKIP {
        return Ok(Found::Skip(reader.length()?));
    }
    if info == COLLECTED {
        let length = reader.length()?;
        let parent = Parent::Neighbours;
        return Ok(Found::Struct(Struct {
            clock,
            length,
            origin: None,
            right_origin: None,
            parent,
            key: None,
            content: Content::Collected,
        }));
    }
    let tag = info & 0x1f;
    if tag == COLLECTED || tag == SKIP {
        return Err(Malformed::Tag(info).into());
    }
    let origin = if info & HAS_ORIGIN != 0 { Some(reader.id()?) } else { None };
    let right_origin = if info & HAS_RIGHT_ORIGIN != 0 { Some(reader.id()?) } else { None };
    let (mut parent, mut key) = (Parent::Neighbours, None);
    if origin.is_none() && right_origin.is_none() {
        parent = match reader.number()? {
            1 => Parent::Root(reader.text()?),
            0 => Parent::Type(reader.id()?),
            _ => return Err(Malformed::Number.into()),
        };
        if info & HAS_KEY != 0 {
            key = Some(reader.text()?);
        }
    }
    let (length, content) = read_content(reader, tag)?;
    Ok(Found::Struct(Struct { clock, length, origin, right_origin, parent, key, content }))
}

fn read_content<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<(u32, Content<'a>), Refusal> {
    match tag {
        DELETED => Ok((reader.length()?, Content::Deleted)),
        TEXT => {
            let text = reader.text()?;
            let length = u32::try_from(utf16_length(text)).map_err(|_| Malformed::Number)?;
            if length == 0 { Err(Malformed::Empty.into()) } else { Ok((length, Content::Text { text, replaced: false })) }
        }
        FORMAT => Ok((1, Content::Format { key: reader.text()?, value: Cow::Borrowed(reader.text()?) })),
        TYPE => match u8::try_from(reader.number()?) {
            Ok(TYPE_MAP) => Ok((1, Content::Type(Kind::Map))),
            Ok(TYPE_TEXT) => Ok((1, Content::Type(Kind::Text))),
            _ => Err(Refusal::Content(TYPE)),
        },
        VALUES => {
            let count = u32::try_from(reader.count(1)?).map_err(|_| Malformed::Number)?;
            if count == 0 { Err(Malformed::Empty.into()) } else { Ok((count, Content::Values(Values::read(reader, count)?))) }
        }
        tag => Err(Refusal::Content(tag)),
    }
}

impl Struct<'_> {
    /// What follows its first `known` clocks: as if it had been written after them.
    fn cut(mut self, client: ClientId, known: u32) -> Result<Self, Refusal> {
        if known == 0 {
            return Ok(self);
        }
        self.clock += known;
        self.length -= known;
        match &mut self.content {
            // A collected struct has no neighbours.
            Content::Collected => return Ok(self),
            Content::Text { text, replaced } => (*text, *replaced) = after_units(text, known as usize),
            Content::Values(values) => *values = values.skip(known)?,
            Content::Deleted | Content::Format { .. } | Content::Type(_) => {}
        }
        self.origin = Some(Id { client, clock: self.clock - 1 });
        self.parent = Parent::Neighbours;
        self.key = None;
        Ok(self)
    }
}
