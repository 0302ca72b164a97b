//! The codec of lib0: unsigned numbers in seven-bit groups, lowest first, and bytes or text with their length in front.
//!
//! Owns reading within what is there: a declared length is checked against the remaining bytes before anything is taken.

use super::ProtocolError;

/// The largest number JavaScript holds exactly, and the largest read here.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// Reads a frame from its start.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next number.
    ///
    /// # Errors
    /// [`ProtocolError::Truncated`], or [`ProtocolError::Number`] above [`MAX_NUMBER`].
    pub fn number(&mut self) -> Result<u64, ProtocolError> {
        let mut value = 0_u64;
        for shift in (0..=49).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(ProtocolError::Truncated)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return if value <= MAX_NUMBER { Ok(value) } else { Err(ProtocolError::Number) };
            }
        }
        Err(ProtocolError::Number)
    }

    /// Bytes with their length in front.
    ///
    /// # Errors
    /// [`ProtocolError::Truncated`] if fewer are left than declared.
    pub fn bytes(&mut self) -> Result<&'a [u8], ProtocolError> {
        let length = usize::try_from(self.number()?).map_err(|_| ProtocolError::Number)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(ProtocolError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// UTF-8 text with its length in bytes in front.
    ///
    /// # Errors
    /// As [`Reader::bytes`], and [`ProtocolError::Text`].
    pub fn text(&mut self) -> Result<&'a str, ProtocolError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| ProtocolError::Text)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`ProtocolError::Trailing`].
    pub fn end(self) -> Result<(), ProtocolError> {
        if self.rest.is_empty() { Ok(()) } else { Err(ProtocolError::Trailing(self.rest.len())) }
    }
}

/// Writes a frame from its start; each step returns the writer.
#[derive(Debug, Clone, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty frame.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty frame with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, mut value: u64) -> Self {
        loop {
            let [low, ..] = value.to_le_bytes();
            value >>= 7;
            if value == 0 {
                self.bytes.push(low & 0x7f);
                return self;
            }
            self.bytes.push(low | 0x80);
        }
    }

    /// Adds bytes with their length in front.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        // A length in memory is far below the largest number.
        let mut writer = self.number(bytes.len() as u64);
        writer.bytes.extend_from_slice(bytes);
        writer
    }

    /// Adds text with its length in bytes in front.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// The frame.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_at_every_length() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), MAX_NUMBER] {
            let bytes = Writer::new().number(value).finish();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.number(), Ok(value));
            assert_eq!(reader.end(), Ok(()));
        }
        assert_eq!(Writer::new().number(300).finish(), [0xac, 0x02]);
    }

    #[test]
    fn numbers_beyond_javascript_are_refused() {
        assert_eq!(Reader::new(&Writer::new().number(MAX_NUMBER + 1).finish()).number(), Err(ProtocolError::Number));
        assert_eq!(Reader::new(&[0xff; 12]).number(), Err(ProtocolError::Number));
    }

    #[test]
    fn a_declared_length_beyond_the_frame_takes_nothing() {
        let bytes = Writer::new().number(u64::from(u32::MAX)).finish();
        assert_eq!(Reader::new(&bytes).bytes(), Err(ProtocolError::Truncated));
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused() {
        assert_eq!(Reader::new(&[1, 0xff]).text(), Err(ProtocolError::Text));
    }
}
