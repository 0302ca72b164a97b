//! Reading lib0's primitives from untrusted bytes: never panics, never allocates.
//!
//! Owns numbers and texts. Does not know what an update is.

use dagsorden_shared::id::ClientId;

use super::refusal::Malformed;

/// The id of one unit of content: the client that wrote it, and its place among that client's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) client: ClientId,
    pub(super) clock: u32,
}

/// Clocks stay below 2^31: yrs subtracts them as signed numbers.
pub(super) const MAX_CLOCK: u32 = i32::MAX as u32;

/// A cursor over bytes.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// What `earlier`, a clone of this reader, had left and this one has not.
    pub(super) fn since(&self, earlier: &Self) -> &'a [u8] {
        let length = earlier.rest.len().saturating_sub(self.rest.len());
        earlier.rest.get(..length).unwrap_or_default()
    }

    /// Fails if there is anything left.
    pub(super) fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::Trailing(self.rest.len())) }
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed::End)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or(Malformed::End)?;
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Malformed::End)?;
        self.rest = rest;
        Ok(*head)
    }

    /// An unsigned number. Longer writings than needed are read, as other decoders do, but never a number that does not fit.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if shift >= 63 && part > u64::from(shift == 63) {
                return Err(Malformed::Number);
            }
            value |= part.checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 70 {
                return Err(Malformed::Number);
            }
        }
    }

    /// A signed number within ±2^53.
    pub(super) fn signed(&mut self) -> Result<i64, Malformed> {
        let first = self.byte()?;
        let mut value = i64::from(first & 0x3f);
        let mut shift = 6;
        let mut last = first;
        while last >= 0x80 {
            if shift > 48 {
                return Err(Malformed::Number);
            }
            last = self.byte()?;
            value |= i64::from(last & 0x7f) << shift;
            shift += 7;
        }
        if value > 1 << 53 {
            return Err(Malformed::Number);
        }
        Ok(if first & 0x40 == 0 { value } else { -value })
    }

    /// A clock or a length.
    #[inline]
    pub(super) fn clock(&mut self) -> Result<u32, Malformed> {
        match u32::try_from(self.number()?) {
            Ok(clock) if clock <= MAX_CLOCK => Ok(clock),
            _ => Err(Malformed::Number),
        }
    }

    /// A length of at least one.
    #[inline]
    pub(super) fn length(&mut self) -> Result<u32, Malformed> {
        match self.clock()? {
            0 => Err(Malformed::Empty),
            length => Ok(length),
        }
    }

    /// A count of things that take at least `each` bytes.
    #[inline]
    pub(super) fn count(&mut self, each: usize) -> Result<usize, Malformed> {
        let declared = self.number()?;
        match usize::try_from(declared) {
            Ok(count) if count <= self.rest.len() / each.max(1) => Ok(count),
            _ => Err(Malformed::Count(declared)),
        }
    }

    #[inline]
    pub(super) fn client(&mut self) -> Result<ClientId, Malformed> {
        ClientId::new(self.number()?).ok_or(Malformed::Number)
    }

    #[inline]
    pub(super) fn id(&mut self) -> Result<Id, Malformed> {
        Ok(Id { client: self.client()?, clock: self.clock()? })
    }

    #[inline]
    pub(super) fn text(&mut self) -> Result<&'a str, Malformed> {
        let length = self.count(1)?;
        str::from_utf8(self.bytes(length)?).map_err(|_| Malformed::Text)
    }
}

/// The length of `text` in UTF-16 units, in which the clocks of text are counted.
#[inline]
pub(super) fn utf16_length(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    // A character has one byte that does not continue another; those of four bytes are two units.
    text.bytes().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)).sum()
}

/// What is left of `text` after its first `units` UTF-16 units, and whether the cut is inside a surrogate pair. The second half of
/// a cut pair is not in the rest: as Yjs has it, it becomes a replacement character before it.
pub(super) fn after_units(text: &str, units: usize) -> (&str, bool) {
    if text.is_ascii() {
        return (text.get(units..).unwrap_or_default(), false);
    }
    let mut counted = 0;
    for (at, character) in text.char_indices() {
        if counted == units {
            return (text.get(at..).unwrap_or_default(), false);
        }
        counted += character.len_utf16();
        if counted > units {
            return (text.get(at + character.len_utf8()..).unwrap_or_default(), true);
        }
    }
    ("", false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        let read = |bytes: &[u8]| Reader::new(bytes).number();
        assert_eq!(read(&[0x80, 0x00]), Ok(0));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), Ok(u64::MAX));
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), Err(Malformed::Number));
        assert_eq!(read(&[0x80; 12]), Err(Malformed::Number));
        assert_eq!(read(&[0x80]), Err(Malformed::End));
        assert_eq!(Reader::new(&[0xff; 20]).signed(), Err(Malformed::Number));
    }

    #[test]
    fn signed_numbers_read_as_lib0_writes_them() {
        for (bytes, value) in [(&[0x2a][..], 42), (&[0x6a], -42), (&[0xbf, 0xff, 0xff, 0xff, 0x0f], 2_147_483_647), (&[0x40], 0)] {
            assert_eq!(Reader::new(bytes).signed(), Ok(value));
        }
    }

    #[test]
    fn a_count_that_the_bytes_cannot_hold_is_refused_before_anything_is_read() {
        assert_eq!(Reader::new(&[3, 0, 0, 0, 0]).count(2), Err(Malformed::Count(3)));
        assert_eq!(Reader::new(&[2, 0, 0, 0, 0]).count(2), Ok(2));
    }

    #[test]
    fn text_is_counted_and_cut_in_utf16_units() {
        assert_eq!(utf16_length("aæ😀"), 4);
        assert_eq!(utf16_length("Aaen"), 4);
        assert_eq!(after_units("aæ😀b", 2), ("😀b", false));
        assert_eq!(after_units("aæ😀b", 3), ("b", true));
        assert_eq!(after_units("aæ😀b", 4), ("b", false));
        assert_eq!(after_units("abc", 3), ("", false));
    }
}
