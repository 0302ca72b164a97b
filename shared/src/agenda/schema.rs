//! Names in the meeting document: roots, keys, and the origins of transactions. The only string keys in the workspace.

/// Root map of the header.
pub const MEETING: &str = "meeting";
/// Root map of the items, by item id.
pub const ITEMS: &str = "items";

/// Keys of an item that are not plain values.
pub mod item {
    #![allow(missing_docs, reason = "each constant is the key it holds")]
    pub const ORDER: &str = "order";
    pub const TITLE: &str = "title";
    pub const DELETED: &str = "deleted";
    pub const SECTIONS: &str = "sections";
    pub const NUMBER: &str = "number";
    pub const CLOSED: &str = "closed";
    pub const PUBLIC_HEADING: &str = "public_heading";
    pub const OWN_DOCUMENT: &str = "own_document";
}

/// Keys of a section that are not plain values.
pub mod section {
    #![allow(missing_docs, reason = "each constant is the key it holds")]
    pub const ORDER: &str = "order";
    pub const BODY: &str = "body";
    pub const DELETED: &str = "deleted";
    pub const KIND: &str = "kind";
    pub const HEADING: &str = "heading";
}

macro_rules! keys {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The key in the document.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }
        }
    };
}

keys!(
    /// Values of the header, each a text set whole when its field is left.
    HeaderKey {
        /// Title of the meeting.
        Title = "title",
        /// Name of the forum.
        Forum = "forum",
        /// Agenda, minutes or both.
        Kind = "kind",
        /// `YYYY-MM-DD`.
        Date = "date",
        /// `HH:MM`.
        Start = "start",
        /// `HH:MM`.
        End = "end",
        /// Where.
        Place = "place",
        /// Case number.
        CaseId = "case_id",
        /// Document number.
        DocumentId = "document_id",
        /// Date of the document.
        DocumentDate = "document_date",
        /// Date of publication.
        Published = "published",
    }
);

keys!(
    /// Values of an item, each set whole.
    ItemKey {
        /// A second title.
        AltTitle = "alt_title",
        /// For decision, discussion, information.
        Kind = "kind",
        /// Who presents.
        Presenter = "presenter",
        /// List of names.
        Guests = "guests",
        /// Whole minutes.
        Minutes = "minutes_planned",
        /// Client id of the replica that deleted it, in digits: whose that is the server knows.
        DeletedBy = "deleted_by",
        /// When it was deleted, by the clock of that device: milliseconds since 1970, in digits.
        DeletedAt = "deleted_at",
    }
);

keys!(
    /// Values of a section, each set whole.
    SectionKey {
        /// What it is.
        Kind = "kind",
        /// Heading as shown.
        Heading = "heading",
        /// Who recommends.
        From = "from",
        /// To whom.
        To = "to",
        /// As that of an item.
        DeletedBy = "deleted_by",
        /// As that of an item.
        DeletedAt = "deleted_at",
    }
);

/// Why a transaction happened; undo tracks [`Origin::Local`] alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// What this person did.
    Local,
    /// First half of a creation: the thing exists but is marked deleted, so that undo of the creation never destroys what others typed in it.
    Creation,
    /// First content of a document.
    Seed,
    /// From the relay or the device's own store.
    Remote,
}

impl Origin {
    /// As yrs carries it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Creation => "creation",
            Self::Seed => "seed",
            Self::Remote => "remote",
        }
    }
}
