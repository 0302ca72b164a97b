//! What a meeting says, in the form that is stored and hashed as a version, and read again.
//!
//! An item is one JSON text with a salt of its own; the version's hash is over the header's hash and the list of items with their salted hashes.
//! So an item can be withheld later and the whole still be checked, and a short secret cannot be guessed from its hash. The salt follows from a
//! secret of the installation and the text itself, so that what stands now has the hash that it gets when it is stored. Knows no SQL and no HTTP.

use dagsorden_shared::agenda::{Agenda, ItemSnapshot, MeetingSnapshot};
use dagsorden_shared::api::{ItemAttachment, MeetingDetail};
use dagsorden_shared::id::{ClientId, ItemId, MeetingId, SectionId};
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::intake::random_bits;
use crate::store::{VersionItem, VersionText};

/// Stands before all that is hashed, so that the hash of a version is the hash of nothing else.
const DOMAIN: &[u8] = b"dagsorden version 1\n";

/// A stored version that cannot be read: written by a newer program, or changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("a stored version cannot be read: {0}")]
pub struct VersionError(#[from] serde_json::Error);

/// An item of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemText {
    /// Its id.
    pub id: ItemId,
    /// What others may see of a closed item.
    #[serde(default)]
    pub public_heading: Option<String>,
    /// The ids of its sections, in order.
    pub sections: Vec<SectionId>,
    /// Its text.
    pub item: ItemJson,
}

/// A version as a tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The header: Meeting JSON without items.
    pub header: MeetingJson,
    /// The items in order.
    pub items: Vec<ItemText>,
}

impl Version {
    /// What a meeting says: its document, and the rows that belong to the paper.
    pub fn of(snapshot: &MeetingSnapshot, rows: &MeetingDetail) -> Self {
        let mut header = snapshot.to_json(rows);
        let texts = std::mem::take(&mut header.items);
        let item = |(shown, item): (&ItemSnapshot, ItemJson)| ItemText {
            id: shown.id.clone(),
            public_heading: shown.public_heading.clone(),
            sections: shown.sections.iter().map(|section| section.id.clone()).collect(),
            item,
        };
        Self { header, items: snapshot.items.iter().zip(texts).map(item).collect() }
    }

    /// Reads a stored version.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(text: &VersionText) -> Result<Self, VersionError> {
        let items = text.items.iter().map(|item| serde_json::from_str(&item.text)).collect::<Result<_, _>>()?;
        Ok(Self { header: serde_json::from_str(&text.header)?, items })
    }

    /// The form that is stored, with its hash.
    pub fn to_text(&self, meeting: &MeetingId, secret: &[u8]) -> VersionText {
        let items = self.items.iter().map(|item| {
            let text = json(item);
            let salt = salt(secret, meeting, &item.id, &text);
            VersionItem { item: item.id.clone(), hash: item_hash(&salt, &text), salt, text }
        });
        let mut text = VersionText { header: json(&self.header), items: items.collect(), hash: String::new() };
        text.hash = hash(&text);
        text
    }

    /// The whole as Meeting JSON.
    pub fn to_json(&self) -> MeetingJson {
        MeetingJson { items: self.items.iter().map(|item| item.item.clone()).collect(), ..self.header.clone() }
    }

    /// The version as a document's tree with its attachments, to be rendered like any other.
    pub fn to_snapshot(&self) -> (MeetingSnapshot, Vec<ItemAttachment>) {
        let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
        agenda.seed(&self.to_json(), &mut random_bits);
        let mut snapshot = agenda.snapshot();
        let mut attachments = Vec::new();
        for (shown, stored) in snapshot.items.iter_mut().zip(&self.items) {
            shown.id = stored.id.clone();
            shown.number = stored.item.number.clone().unwrap_or_default();
            shown.public_heading = stored.public_heading.clone();
            for (section, id) in shown.sections.iter_mut().zip(&stored.sections) {
                section.id = id.clone();
            }
            let files = stored.item.attachments.iter();
            attachments.extend(files.map(|attachment| ItemAttachment::new(stored.id.clone(), attachment.clone())));
        }
        (snapshot, attachments)
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("versions have string keys only")
}

/// A salt that nobody outside can compute, the same for the same text.
fn salt(secret: &[u8], meeting: &MeetingId, item: &ItemId, text: &str) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    for part in [meeting.as_str(), item.as_str(), text] {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes()[..16].to_vec()
}

fn item_hash(salt: &[u8], text: &str) -> Vec<u8> {
    let mut digest = Sha256::new_with_prefix(salt);
    digest.update(text);
    digest.finalize().to_vec()
}

/// The hash of a version from its header and the hashes of its items, in hex.
fn hash(version: &VersionText) -> String {
    let mut digest = Sha256::new_with_prefix(DOMAIN);
    digest.update(Sha256::digest(version.header.as_bytes()));
    for item in &version.items {
        digest.update((item.item.as_str().len() as u64).to_le_bytes());
        digest.update(item.item.as_str());
        digest.update(&item.hash);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What of a stored version does not fit its hash. `None`: all of it fits.
pub fn misfit(version: &VersionText) -> Option<String> {
    if let Some(item) = version.items.iter().find(|item| item_hash(&item.salt, &item.text) != item.hash) {
        return Some(format!("the text of item {} is not as it was stored", item.item));
    }
    (hash(version) != version.hash).then(|| "its header or its list of items is not as it was stored".to_owned())
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::access::Phase;

    use super::*;
    use crate::intake::prepare;
    use crate::{demo, export};

    fn sample() -> (Version, MeetingId) {
        let new = prepare(demo::meeting(), None).unwrap();
        let (snapshot, whole) = export::readable(&[new.update]);
        assert!(whole);
        let rows = MeetingDetail {
            id: new.meeting.clone(),
            forum: "f".parse().unwrap(),
            forum_name: "Kredsen".into(),
            phase: Phase::Draft,
            documents: Vec::new(),
            item_documents: Vec::new(),
            participants: new.participants,
            attachments: new.attachments,
            may: Vec::new(),
            layout: Vec::new(),
        };
        (Version::of(&snapshot, &rows), new.meeting)
    }

    #[test]
    fn what_is_stored_is_read_again_and_has_the_same_hash() {
        let (version, meeting) = sample();
        let text = version.to_text(&meeting, b"secret");
        assert_eq!(Version::read(&text).unwrap(), version);
        assert_eq!(version.to_text(&meeting, b"secret"), text, "the same again");
        assert_ne!(version.to_text(&meeting, b"another").hash, text.hash);
        assert_eq!(misfit(&text), None);
        let (snapshot, attachments) = version.to_snapshot();
        let rows = MeetingDetail { attachments, participants: version.header.participants.clone(), ..empty_rows() };
        assert_eq!(Version::of(&snapshot, &rows), version, "its tree says the same");
    }

    fn empty_rows() -> MeetingDetail {
        MeetingDetail {
            id: "m".parse().unwrap(),
            forum: "f".parse().unwrap(),
            forum_name: String::new(),
            phase: Phase::Approved,
            documents: Vec::new(),
            item_documents: Vec::new(),
            participants: Vec::new(),
            attachments: Vec::new(),
            may: Vec::new(),
            layout: Vec::new(),
        }
    }

    #[test]
    fn whatever_is_changed_does_not_fit() {
        let (version, meeting) = sample();
        let good = version.to_text(&meeting, b"secret");
        let mut text = good.clone();
        text.items[1].text = text.items[1].text.replacen("Fælles", "Falske", 1);
        assert!(misfit(&text).unwrap().contains(good.items[1].item.as_str()));
        let mut text = good.clone();
        text.items.swap(0, 1);
        assert!(misfit(&text).is_some(), "another order");
        let mut text = good.clone();
        text.header.push(' ');
        assert!(misfit(&text).is_some(), "another header");
        let mut text = good;
        text.items.pop();
        assert!(misfit(&text).is_some(), "one item less");
    }
}
