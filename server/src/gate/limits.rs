//! The budgets of the gate. Those of a frame count only what is new in it; those of a document count all of it.

/// Bytes of one update of a client.
pub const MAX_UPDATE_BYTES: usize = 16 << 20;
/// Client ids with new structs in one update of a client.
pub(super) const MAX_NEW_CLIENTS: usize = 64;
/// New structs in one update of a client.
pub(super) const MAX_NEW_STRUCTS: usize = 20_000;
/// New delete ranges in one update of a client.
pub(super) const MAX_NEW_DELETIONS: usize = 20_000;
/// Steps to find out where its content belongs that one update may cost us (and, by far the most of them, yrs).
pub(super) const MAX_STEPS: u64 = 1 << 20;
/// Comparisons of one update with what was written at the same spot at the same time.
pub(super) const MAX_UPDATE_CONFLICTS: u64 = 1 << 19;
/// The same for all updates of a document. Each reader of the whole document makes them again, some ten million a second, so without
/// a bound the time to open it would grow with the square of what was crowded together.
pub(super) const MAX_CONFLICTS: u64 = 4 << 20;
/// Comparisons that an update may cost in a document that has come to its bound: enough for people who write at one spot, anywhere but
/// where it is crowded.
pub(super) const FEW_CONFLICTS: u64 = 256;
/// Clocks that one new run of collected or deleted content may take up: it costs its sender a few bytes, whatever its length.
pub(super) const MAX_DELETED_RUN: u32 = 1 << 20;
/// Bytes of a map key or the name of a formatting attribute.
pub(super) const MAX_KEY_BYTES: usize = 256;
/// Bytes of a formatting value, as JSON.
pub(super) const MAX_FORMAT_BYTES: usize = 4 << 10;
/// How deep arrays and objects may be nested in one value.
pub(super) const MAX_VALUE_DEPTH: u32 = 4;
/// Bytes of one text among the values of a map.
pub(super) const MAX_VALUE_BYTES: usize = 4 << 10;
/// Bytes of a key that gives an order.
pub(super) const MAX_ORDER_BYTES: usize = 1 << 10;
/// Names in one list of guests.
pub(super) const MAX_NAMES: u32 = 256;
/// Bytes of a formatting attribute's text, other than a link.
pub(super) const MAX_ATTRIBUTE_BYTES: usize = 64;
/// Bytes of a link.
pub(super) const MAX_LINK_BYTES: usize = 2 << 10;
/// Client ids of one document.
pub(super) const MAX_CLIENTS: usize = 4_096;
/// Clocks of one document, deleted ones included.
pub(super) const MAX_CLOCKS: u64 = 16 << 20;
/// Runs written in one go that a document may have.
pub(super) const MAX_SEGMENTS: usize = 1 << 20;
/// Nested types and map keys of one document.
pub(super) const MAX_PLACES: usize = 1 << 17;
/// Bytes of text and values in one document. What is overwritten counts until the document is loaded again.
pub(super) const MAX_CONTENT_BYTES: u64 = 32 << 20;
/// Client ids that may be bound in one document before any of them has written: room for every page, not for a flood of ghosts.
pub(super) const MAX_BINDINGS: usize = 8 * MAX_CLIENTS;
