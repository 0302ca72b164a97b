//! Ids of table rows and columns, from random bits that the caller brings.

use dagsorden_shared::id::base36;

/// Where random bits come from: this crate has none of its own.
pub type RandomBits<'a> = &'a mut dyn FnMut() -> u128;

/// Random characters of an id: about 51 bits.
const LENGTH: usize = 10;

/// A new row id. The prefix is Quill's.
pub(crate) fn row(bits: RandomBits<'_>) -> String {
    ["row-", &base36(bits())[..LENGTH]].concat()
}

/// A new column id.
pub(crate) fn column(bits: RandomBits<'_>) -> String {
    ["c-", &base36(bits())[..LENGTH]].concat()
}
