//! Texts of the attachments on a meeting's page: those of the part `files`, which brings them along, so that the page starts without them.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::With;

/// All texts of the attachments in one language.
#[derive(Debug)]
pub struct Files {
    pub add: &'static str,
    pub or_drop: &'static str,
    /// With the number of the item.
    pub drop_here: With,
    pub hold: &'static str,
    pub hold_title: &'static str,
    pub later: &'static str,
    pub named: &'static str,
    pub slot: &'static str,
    pub choose: &'static str,
    pub choose_other: &'static str,
    pub change: &'static str,
    pub change_title: &'static str,
    pub title: &'static str,
    pub number: &'static str,
    pub number_help: &'static str,
    pub status: &'static str,
    pub enclosed: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub remove: &'static str,
    pub fetch: &'static str,
    /// Opens a file in a window of its own.
    pub open: &'static str,
    pub show_page: &'static str,
    pub show_picture: &'static str,
    /// With the title: what a first page is called for those who do not see it.
    pub page_of: With,
    /// With the kind of the file.
    pub no_preview: With,
    pub more: With,
    pub removed: With,
    /// Kind, size, who brought it.
    pub facts: fn(&str, &str, &str) -> String,
    pub cancel: &'static str,
    pub retry: &'static str,
    pub dismiss: &'static str,
    pub waiting: &'static str,
    /// How much of how much.
    pub sending: fn(&str, &str) -> String,
    pub progress: With,
    pub arrived: With,
    pub not_arrived: With,
    /// With the largest size that is taken.
    pub too_large: With,
    /// Why the server did not take a file, by the code of its answer.
    pub refused: fn(&str) -> Option<&'static str>,
    pub no_connection: &'static str,
    pub stale: &'static str,
    /// What stands between whole numbers and tenths.
    pub point: char,
}

impl Files {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DA,
            Language::En => &EN,
        }
    }

    /// A size in bytes, in the words of the language.
    pub fn size(&self, bytes: u64) -> String {
        match bytes {
            0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
            1_000_000..10_000_000 => format!("{}{}{} MB", bytes / 1_000_000, self.point, bytes % 1_000_000 / 100_000),
            _ => format!("{} MB", bytes / 1_000_000),
        }
    }
}

static DA: Files = Files {
    add: "Tilføj bilag",
    or_drop: "eller slip filer her",
    drop_here: |number| format!("Slip for at lægge filerne ved punkt {number}"),
    hold: "Hold en plads",
    hold_title: "Plads til et bilag, der eftersendes",
    later: "Eftersendes",
    named: "Omtalt, men ikke vedlagt",
    slot: "Pladsen er holdt. Slip filen her.",
    choose: "Vælg fil",
    choose_other: "Vælg en anden fil",
    change: "Ret",
    change_title: "Ret bilag",
    title: "Titel",
    number: "Nummer",
    number_help: "Tomt: nummeret følger af pladsen",
    status: "Status",
    enclosed: "Vedlagt",
    up: "Flyt op",
    down: "Flyt ned",
    remove: "Fjern",
    fetch: "Hent",
    open: "Åbn",
    show_page: "Vis forsiden",
    show_picture: "Vis billedet",
    page_of: |title| format!("Forsiden af {title}"),
    no_preview: |kind| format!("{kind}-filen kan ikke vises her. Åbn den, eller hent den."),
    more: |title| format!("Mere om {title}"),
    removed: |title| format!("Bilaget {title} er fjernet."),
    facts: |kind, size, by| if by.is_empty() { format!("{kind}, {size}") } else { format!("{kind}, {size}. Lagt ved af {by}") },
    cancel: "Afbryd",
    retry: "Prøv igen",
    dismiss: "Fjern fra listen",
    waiting: "Venter på de andre filer",
    sending: |done, all| format!("{done} af {all}"),
    progress: |name| format!("{name} er på vej"),
    arrived: |title| format!("{title} er lagt ved."),
    not_arrived: |name| format!("{name} kom ikke med."),
    too_large: |limit| format!("Filen er større end {limit}. Gør den mindre, eller del den."),
    refused: |code| {
        Some(match code {
            "file_kind" => {
                "Filer af den slags tages ikke ind. Brug PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, tekst eller CSV."
            }
            "file_macros" => "Filer med makroer tages ikke ind. Gem filen uden makroer, for eksempel som .xlsx eller .docx, og prøv igen.",
            "file_old" => "Filen er gemt af en gammel udgave af Office. Gem den som .docx, .xlsx eller .pptx, og prøv igen.",
            "file_broken" => "Filen er beskadiget. Åbn den i det program, den hører til, gem den igen, og prøv så.",
            "file_empty" => "Der er ikke noget i filen.",
            "file_too_large" => "Filen er for stor. Gør den mindre, eller del den.",
            "storage_full" => "Serverens disk er fuld. Prøv igen, når der er gjort plads.",
            "forbidden" => "Du må ikke lægge bilag ved i denne fase.",
            "not_found" => "Punktet findes ikke mere.",
            _ => return None,
        })
    },
    no_connection: "Ingen forbindelse. Filen prøves igen, når der er forbindelse, så længe siden er åben.",
    stale: "En anden har rettet bilaget imens. Se, hvad der står nu, og prøv igen.",
    point: ',',
};

static EN: Files = Files {
    add: "Add attachment",
    or_drop: "or drop files here",
    drop_here: |number| format!("Drop to attach the files to item {number}"),
    hold: "Hold a place",
    hold_title: "A place for an attachment that is to follow",
    later: "To follow",
    named: "Mentioned, not attached",
    slot: "The place is held. Drop the file here.",
    choose: "Choose file",
    choose_other: "Choose another file",
    change: "Edit",
    change_title: "Edit attachment",
    title: "Title",
    number: "Number",
    number_help: "Empty: the number follows from the place",
    status: "Status",
    enclosed: "Attached",
    up: "Move up",
    down: "Move down",
    remove: "Remove",
    fetch: "Download",
    open: "Open",
    show_page: "Show the first page",
    show_picture: "Show the picture",
    page_of: |title| format!("The first page of {title}"),
    no_preview: |kind| format!("The {kind} file cannot be shown here. Open it, or download it."),
    more: |title| format!("More about {title}"),
    removed: |title| format!("The attachment {title} was removed."),
    facts: |kind, size, by| if by.is_empty() { format!("{kind}, {size}") } else { format!("{kind}, {size}. Attached by {by}") },
    cancel: "Cancel",
    retry: "Try again",
    dismiss: "Remove from the list",
    waiting: "Waiting for the other files",
    sending: |done, all| format!("{done} of {all}"),
    progress: |name| format!("{name} is on its way"),
    arrived: |title| format!("{title} is attached."),
    not_arrived: |name| format!("{name} was not attached."),
    too_large: |limit| format!("The file is larger than {limit}. Make it smaller, or split it."),
    refused: |code| {
        Some(match code {
            "file_kind" => "Files of this kind are not taken. Use PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, text or CSV.",
            "file_macros" => "Files with macros are not taken. Save it without macros, as .xlsx or .docx for example, and try again.",
            "file_old" => "An old version of Office saved this file. Save it as .docx, .xlsx or .pptx and try again.",
            "file_broken" => "The file is damaged. Open it in the program it is for, save it anew and try again.",
            "file_empty" => "There is nothing in the file.",
            "file_too_large" => "The file is too large. Make it smaller, or split it.",
            "storage_full" => "The server's disk is full. Try again once there is room.",
            "forbidden" => "You may not attach anything in this phase.",
            "not_found" => "The item is not there any more.",
            _ => return None,
        })
    },
    no_connection: "No connection. The file is tried again once there is one, as long as the page is open.",
    stale: "The attachment has been edited meanwhile. Look at what stands there now and try again.",
    point: '.',
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        let sizes = [0, 1, 411_700, 999_999, 2_449_999, 29_000_000].map(|bytes| Files::of(Language::Da).size(bytes));
        assert_eq!(sizes, ["0 kB", "1 kB", "412 kB", "1000 kB", "2,4 MB", "29 MB"]);
        assert_eq!(Files::of(Language::En).size(2_449_999), "2.4 MB");
    }
}
