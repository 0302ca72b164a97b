//! A client that types one letter after the other, as updates, without a document: only the clock moves.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::protocol::varint::Reader;
use yrs::Update;
use yrs::updates::decoder::Decode;

/// First byte of a struct of text, and the bits in it that say which neighbours are named.
const TEXT: u8 = 4;
const HAS_LEFT: u8 = 0x80;
const HAS_RIGHT: u8 = 0x40;

/// Types behind its own last letter.
#[derive(Debug, Clone)]
pub struct Typist {
    client: u64,
    /// Units of content made so far.
    clock: u32,
    /// What stands to the right, such as a final newline.
    right: Option<(u64, u64)>,
    /// What stands right behind its first letter.
    front: Option<u32>,
}

impl Typist {
    /// Goes on after `first`, the update of one typed letter.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn after(first: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(first);
        ensure!(reader.number()? == 1 && reader.number()? == 1, "more than one letter");
        let (client, clock) = (reader.number()?, u32::try_from(reader.number()?)? + 1);
        let (info, rest) = first[first.len() - reader.remaining()..].split_first().context("an update without a letter")?;
        let mut reader = Reader::new(rest);
        if info & HAS_LEFT != 0 {
            reader.number()?;
            reader.number()?;
        }
        let right = if info & HAS_RIGHT == 0 { None } else { Some((reader.number()?, reader.number()?)) };
        Ok(Self { client, clock, right, front: None })
    }

    /// Its client id.
    pub fn client(&self) -> u64 {
        self.client
    }

    /// How much it has typed in its life.
    pub fn clock(&self) -> u32 {
        self.clock
    }

    /// Types a letter.
    pub fn letter(&mut self) -> Vec<u8> {
        self.insert("a", self.clock - 1, self.right)
    }

    /// Types a text of ASCII characters behind its last.
    pub fn words(&mut self, text: &str) -> Vec<u8> {
        self.insert(text, self.clock - 1, self.right)
    }

    /// Types a text of ASCII characters behind the first letter of its life.
    pub fn words_in_front(&mut self, text: &str) -> Vec<u8> {
        let right = self.front.map(|clock| (self.client, clock.into())).or(self.right);
        self.insert(text, 0, right)
    }

    fn insert(&mut self, text: &str, left: u32, right: Option<(u64, u64)>) -> Vec<u8> {
        let mut update = Vec::with_capacity(48 + text.len());
        let info = TEXT | HAS_LEFT | if right.is_some() { HAS_RIGHT } else { 0 };
        for number in [1, 1, self.client, self.clock.into()] {
            put(&mut update, number);
        }
        update.push(info);
        put(&mut update, self.client);
        put(&mut update, left.into());
        if let Some((client, clock)) = right {
            put(&mut update, client);
            put(&mut update, clock);
        }
        put(&mut update, text.len() as u64);
        update.extend_from_slice(text.as_bytes());
        update.push(0);
        if left == 0 {
            self.front = Some(self.clock);
        }
        self.clock += u32::try_from(text.len()).unwrap_or(0);
        update
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

/// How far an update takes each client's clock.
///
/// # Errors
/// If it is no update.
pub fn clocks(update: &[u8]) -> Result<Vec<(u64, u32)>> {
    let inserted = Update::decode_v1(update).context("no update")?.insertions(true);
    Ok(inserted.iter().filter_map(|(client, ranges)| Some((client.get(), ranges.iter().map(|range| range.end).max()?))).collect())
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, GetString, ReadTxn, StateVector, Text, Transact};

    use super::*;

    #[test]
    fn what_is_typed_without_a_document_reads_as_if_it_had_one() -> Result<()> {
        let doc = Doc::with_client_id(1234567);
        let text = doc.get_or_insert_text("text");
        text.insert(&mut doc.transact_mut(), 0, "\n");
        let before = doc.transact().state_vector();
        let copy = Doc::with_client_id(7_654_321);
        let other = copy.get_or_insert_text("text");
        copy.transact_mut().apply_update(Update::decode_v1(&doc.transact().encode_state_as_update_v1(&StateVector::default()))?)?;
        other.insert(&mut copy.transact_mut(), 0, "a");
        let first = copy.transact().encode_state_as_update_v1(&before);
        let mut typist = Typist::after(&first)?;
        doc.transact_mut().apply_update(Update::decode_v1(&first)?)?;
        for _ in 0..300 {
            let letter = typist.letter();
            assert_eq!(clocks(&letter)?, [(7_654_321, typist.clock())]);
            doc.transact_mut().apply_update(Update::decode_v1(&letter)?)?;
        }
        assert_eq!(text.get_string(&doc.transact()), "a".repeat(301) + "\n");
        Ok(())
    }
}
