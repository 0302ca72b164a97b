//! How much room the disk has, and whether that is too little. The server stops to take changes while there is some left: for the papers that are
//! open, for the log of the database to be brought into its file, and for an administrator to make room.

use std::path::{Path, PathBuf};

/// Kept free where nothing is set.
const USUAL: u64 = 200 << 20;
/// On a small disk no more than this part of it.
const PART: u64 = 20;

/// Bytes of the disk that are kept free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// 200 MiB, on a small disk a twentieth of it.
    Usual,
    /// So many. 0: the disk may be filled.
    Bytes(u64),
}

/// The disk that a folder is on.
#[derive(Debug)]
pub(super) struct Space {
    folder: PathBuf,
    kept: Kept,
    low: bool,
    unknown: bool,
}

impl Space {
    pub(super) fn of(folder: &Path, kept: Kept) -> Self {
        Self { folder: folder.to_owned(), kept, low: false, unknown: false }
    }

    /// Looks whether there is too little room. A disk that says nothing of itself has enough: whether it has shows with each write.
    pub(super) fn is_low(&mut self) -> bool {
        match fs4::statvfs(&self.folder) {
            Ok(disk) => {
                self.low = is_low(disk.available_space(), disk.total_space(), self.kept, self.low);
            }
            Err(error) => {
                if !std::mem::replace(&mut self.unknown, true) {
                    tracing::warn!(folder = %self.folder.display(), %error, "the disk does not say how much room it has");
                }
                self.low = false;
            }
        }
        self.low
    }
}

/// Once there was too little, an eighth more must be free: else each clearing of a log would let everybody write for a moment.
fn is_low(free: u64, total: u64, kept: Kept, was_low: bool) -> bool {
    let kept = match kept {
        Kept::Usual => USUAL.min(total / PART),
        Kept::Bytes(bytes) => bytes,
    };
    free < if was_low { kept.saturating_add(kept / 8) } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn what_is_kept_free_fits_the_disk_unless_it_is_set() {
        let first_low = |total: u64, kept| (0..=total / MIB).rev().find(|free| is_low(free * MIB, total, kept, false));
        assert_eq!(first_low(500 << 30, Kept::Usual), Some(199));
        assert_eq!(first_low(400 * MIB, Kept::Usual), Some(19));
        assert_eq!(first_low(4 * MIB, Kept::Usual), Some(0));
        assert_eq!(first_low(500 << 30, Kept::Bytes(3 * MIB)), Some(2));
        assert_eq!(first_low(500 << 30, Kept::Bytes(0)), None);
    }

    #[test]
    fn it_does_not_go_to_and_fro_around_the_limit() {
        let low = |free: u64, was_low| is_low(free * MIB, 500 << 30, Kept::Usual, was_low);
        assert!(!low(201, false) && low(201, true) && low(224, true) && !low(225, true));
    }

    #[test]
    fn a_real_disk_says_how_much_room_it_has() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Space::of(folder.path(), Kept::Bytes(1)).is_low());
        assert!(Space::of(folder.path(), Kept::Bytes(u64::MAX)).is_low());
        assert!(!Space::of(&folder.path().join("nowhere"), Kept::Bytes(u64::MAX)).is_low(), "a disk that says nothing");
    }
}
