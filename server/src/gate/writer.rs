//! Writing lib0's primitives.

use dagsorden_shared::id::ClientId;

use super::reader::Id;

/// Bytes in the making.
#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.bytes.push(value.to_le_bytes()[0]);
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn signed(&mut self, value: i64) {
        let sign = if value < 0 { 0x40 } else { 0 };
        let mut rest = value.unsigned_abs();
        let more = if rest > 0x3f { 0x80 } else { 0 };
        self.bytes.push((rest.to_le_bytes()[0] & 0x3f) | sign | more);
        rest >>= 6;
        if more != 0 {
            self.number(rest);
        }
    }

    pub(super) fn client(&mut self, client: ClientId) {
        self.number(client.get());
    }

    pub(super) fn id(&mut self, id: Id) {
        self.client(id.client);
        self.number(u64::from(id.clock));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader::Reader;
    use super::*;

    #[test]
    fn numbers_come_back_as_written() {
        for value in [0, 1, 63, 64, 127, 128, 8191, 8192, 1 << 31, (1 << 53) - 1, 1 << 53] {
            let mut writer = Writer::default();
            writer.number(value);
            writer.signed(value.cast_signed());
            writer.signed(-value.cast_signed());
            let bytes = writer.into_bytes();
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.number(), Ok(value));
            assert_eq!(reader.signed(), Ok(value.cast_signed()));
            assert_eq!(reader.signed(), Ok(-value.cast_signed()));
            assert_eq!(reader.finish(), Ok(()));
        }
    }
}
