//! Dansk.

use super::{Account, Accounts, Announcement, Letter, Mail, Open, Outbox, People, Served, SignIn};
use crate::access::Role;

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Tal til og med tolv med bogstaver, som i en løbende tekst.
fn word(number: u32) -> String {
    let words = ["ingen", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"];
    usize::try_from(number).ok().and_then(|index| words.get(index)).map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Reader => "læser",
        Role::Commenter => "kommentator",
        Role::Editor => "redaktør",
        Role::Secretariat => "sekretariat",
        Role::Chair => "formand",
    }
}

fn role_help(role: Role) -> &'static str {
    match role {
        Role::Reader => "læser alt åbent",
        Role::Commenter => "kommenterer, foreslår, svarer for sin kommune",
        Role::Editor => "skriver også i udkast og på mødet",
        Role::Secretariat => "skriver altid, sender ud, inviterer, offentliggør",
        Role::Chair => "som redaktør, og godkender referatet",
    }
}

fn in_words(name: &str, role: Role) -> String {
    let name = name.split_whitespace().next().unwrap_or(name);
    match role {
        Role::Reader => format!("{name} kan læse dagsordener, referater og det, de andre siger. Kommentere og skrive kan {name} ikke."),
        Role::Commenter => {
            format!(
                "{name} kan kommentere, foreslå ændringer og svare for sin kommune, til mødet er godkendt. Skrive i selve teksten kan {name} ikke."
            )
        }
        Role::Editor => format!(
            "{name} kan skrive i udkast og på mødet og svarer for sin kommune. Når dagsordenen er udsendt, kan {name} kommentere og foreslå ændringer. {name} kan ikke sende ud, skifte fase eller invitere."
        ),
        Role::Secretariat => {
            format!(
                "{name} kan skrive, til referatet er godkendt, sende ud, skifte fase, offentliggøre, invitere og rette forummets opsætning. Godkende referatet kan {name} ikke."
            )
        }
        Role::Chair => format!(
            "{name} kan skrive i udkast og på mødet, kommentere og foreslå ændringer, når dagsordenen er udsendt, og er den eneste, der kan godkende referatet."
        ),
    }
}

fn invitation(letter: &Letter<'_>) -> String {
    let Letter { name, forum, from, role: as_role, link } = letter;
    format!(
        "Kære {name}\n\n{from} har inviteret dig til {forum} som {}.\n\nHer forbereder I jeres møder: dagsordenen skrives, kommenteres og bliver til referat ét sted.\n\nTag imod invitationen her:\n{link}\n\nLinket gælder i syv dage og kan bruges én gang. Du bliver spurgt om den mailadresse, denne mail er sendt til.\n\nVenlig hilsen\n{from}\n",
        role(*as_role)
    )
}

fn added(letter: &Letter<'_>) -> String {
    let Letter { name, forum, from, role: as_role, link } = letter;
    format!(
        "Kære {name}\n\n{from} har gjort dig til medlem af {forum} som {}. Du logger ind, som du plejer:\n{link}\n\nVenlig hilsen\n{from}\n",
        role(*as_role)
    )
}

fn sent_out(announcement: &Announcement<'_>) -> String {
    let Announcement { name, forum, from, meeting, day, words, link } = announcement;
    let day = day.map(|day| format!(" den {day}")).unwrap_or_default();
    let words = words.map(|words| format!("{words}\n\n")).unwrap_or_default();
    format!(
        "Kære {name}\n\n{from} har sendt dagsordenen ud til {meeting}{day} i {forum}.\n\n{words}Læs den, kommentér og tag stilling før mødet her:\n{link}\n\nVenlig hilsen\n{from}\n"
    )
}

pub(super) static SERVED: Served = Served {
    sign_in: SignIn {
        of: "Dagsordener og referater",
        title: "Log ind",
        lede: "Du får et link i din indbakke. Der er ingen adgangskode at huske.",
        by_mail: "Med mail",
        mail: "Din arbejdsmail",
        send: "Send link",
        by_password: "Med adgangskode",
        password_help: "Har du sat en adgangskode, kan du bruge den i stedet.",
        password: "Adgangskode",
        submit: "Log ind",
        no_access: "Ingen adgang? Spørg dit forums sekretariat.",
        signed_in_as: |name| format!("Du er logget ind som {name}."),
        go_on: "Fortsæt",
        sent_title: "Se i din indbakke",
        sent_lede: |time| format!("Linket gælder til kl. {time} og kan bruges én gang. Åbn det på den enhed, du vil arbejde på."),
        to: "Til",
        subject: "Emne",
        by_code: "Med koden",
        code_help: "Kan linket ikke åbnes, så skriv koden fra mailen her. Den virker kun i denne browser.",
        code: "Kode på otte cifre",
        other_address: "Ret adressen",
        not_come: "Kommer den ikke?",
        not_come_help: "Se i uønsket post. Nogle kommuner holder fremmede mails tilbage i et par minutter.",
        not_come_unknown: "Kender vi ikke adressen, sender vi ingenting. Vi skriver det samme her i begge tilfælde, så ingen kan afprøve andres adresser.",
        link_lede: "Linket bliver først brugt, når du trykker her.",
        link_address: "Mailadressen, linket blev sendt til",
        link_address_help: "Linket er åbnet i en anden browser end den, der bad om det.",
        not_me: "Det er ikke mit link",
        used_title: "Linket er allerede brugt",
        used_lede: "Hvert link kan bruges én gang. Bed om et nyt, så er det i din indbakke om lidt.",
        expired_title: "Linket virker ikke længere",
        expired_lede: "Et link til at logge ind gælder i et kvarter, en invitation i syv dage. Din plads venter stadig på dig.",
        again: "Bed om et nyt link",
        bad_address: "Det ligner ikke en mailadresse. Skriv én adresse, som navn@kommune.dk.",
        wrong_address: "Linket blev sendt til en anden adresse. Intet er brugt; prøv igen.",
        wrong_code: "Koden passer ikke. Den er fra den nyeste mail og virker kun i den browser, der bad om den.",
        wrong_password: "Mail eller adgangskode passer ikke. Du kan altid få et link i stedet.",
        wait: |seconds| format!("Vent {} og prøv igen. Et link med mail virker med det samme.", count(seconds, "sekund", "sekunder")),
        signed_out_title: "Du er logget ud",
        signed_out_lede: "De sider, denne browser havde gemt, er slettet. Ord, der ikke nåede frem til serveren, ligger stadig på enheden og vises kun for dig.",
    },
    account: Account {
        title: "Din konto",
        lede: |organisation, email| if organisation.is_empty() { email.to_owned() } else { format!("{organisation}, {email}") },
        sessions: "Her er du logget ind",
        sessions_help: "Kender du ikke et sted, så afslut det.",
        this_one: "denne browser",
        session_times: |began, used| format!("Siden {began}, sidst brugt {used}"),
        by: |how| match how {
            "password" => "med adgangskode",
            "code" => "med kode fra mail",
            _ => "med link fra mail",
        },
        end: "Afslut",
        end_of: |agent| format!("Afslut {agent}"),
        end_others: "Log ud alle andre steder",
        password: "Adgangskode",
        password_none: "Du har ingen. Du kan altid logge ind med et link fra din mail.",
        password_set: "Du har en adgangskode.",
        password_new: "Ny adgangskode",
        password_help: "12 til 128 tegn. Flere ord efter hinanden er lette at huske og svære at gætte.",
        password_save: "Gem adgangskoden",
        password_remove: "Fjern den",
        password_ends: "Alle andre steder bliver du logget ud.",
        too_short: "Adgangskoden er for kort: den skal have mindst 12 tegn.",
        too_long: "Adgangskoden er for lang: højst 128 tegn.",
        too_common: "Den adgangskode gætter andre let. Vælg en anden, gerne flere ord.",
        saved: "Gemt.",
        ended: "Afsluttet. Åbne sider dér er lukket.",
        mail: "Mails",
        mail_help: "Sæt flueben ved det, du vil have en mail om. Udsendelser og referater får du altid.",
        mail_mention: "Når nogen nævner mig i en samtale",
        mail_reply: "Når nogen svarer i en samtale, jeg er med i",
        mail_proposal: "Når der er ændringsforslag, jeg kan afgøre",
        mail_decision: "Når forslag, jeg har stillet eller støttet, bliver afgjort",
        mail_save: "Gem valget",
        language: "Sprog",
        language_help: "Gælder sider og mails.",
        forums: "Dine fora",
        no_forums: "Du er ikke medlem af noget forum endnu.",
        sign_out: "Log ud",
        sign_out_help: "Åbne sider i denne browser lukkes.",
        administration: "Alle konti",
    },
    people: People {
        name: "Personer",
        title: |people, organisations| {
            let people = count(people, "person", "personer");
            match organisations {
                0 => people,
                1 => format!("{people} fra én kommune"),
                many => format!("{people} fra {} kommuner", word(many)),
            }
        },
        waiting_lede: |n| match n {
            0 => "Alle har svaret på deres invitation.".to_owned(),
            n => format!("{} har ikke svaret på deres invitation.", capital(&word(n))),
        },
        nobody: "Ingen medlemmer endnu",
        nobody_help: "Sæt en liste med navne og mailadresser ind nedenfor, så får de en invitation.",
        no_organisation: "Uden kommune",
        role,
        role_help,
        roles: "Roller i ord",
        rail: "Roller og invitationer",
        invited: "inviteret",
        disabled: "spærret",
        waiting: "Venter på svar",
        ends_in: |days| match days {
            0 => "udløber i dag".to_owned(),
            1 => "udløber i morgen".to_owned(),
            days => format!("udløber om {days} dage"),
        },
        ended: "udløbet",
        send_again: "Send igen",
        send_again_to: |name| format!("Send igen: invitationen til {name}"),
        in_words,
        writes: "skriver",
        comments: "kommenterer",
        reads: "læser",
        role_label: "Rolle",
        change_role: "Skift rolle",
        at_once: "Gælder med det samme, også i åbne sider.",
        end_membership: "Fjern fra forummet",
        last_secretariat: "Forummet skal have mindst én i sekretariatet. Gør en anden til sekretariat først.",
        not_upwards: "Man kan ikke give sig selv en højere rolle. Bed en anden i sekretariatet om det.",
        changed: "Rollen er skiftet.",
        membership_ended: "Medlemskabet er afsluttet. Åbne sider er lukket.",
        sent_again: "Invitationen er sendt igen. Det forrige link virker ikke længere.",
        answered: "Invitationen er allerede besvaret.",
        invite: "Invitér",
        invite_help: "Sæt en liste ind fra en mail, eller skriv én linje pr. person.",
        lines: "Personer, én pr. linje",
        lines_example: "Bo Ravnkilde, chefkonsulent (Mosbæk), bo.ravnkilde@mosbaek.example",
        role_for_all: "Rolle for alle",
        read_list: "Læs listen",
        list_read: "Sådan er listen læst",
        nothing_sent: "Intet er sendt endnu.",
        send_invitations: |n| format!("Send {}", count(n, "invitation", "invitationer")),
        change_list: "Ret listen",
        sent: |n| match n {
            1 => "1 person er inviteret.".to_owned(),
            n => format!("{n} personer er inviteret."),
        },
        list_changed: "Der er sket noget, siden listen blev læst. Se den igennem igen; intet er sendt.",
        is_new: "Får en invitation, der gælder i syv dage.",
        has_account: "Har en konto i forvejen og får besked.",
        is_member: |name| format!("{name} er med i forvejen"),
        no_address: "Der er ingen mailadresse i linjen.",
        bad_address: "Mailadressen kan der ikke sendes til.",
        twice: |name| format!("{name} står der to gange; den første tæller."),
        shared_mailbox: |address| format!("{address} ligner en fælles postkasse. Brug personens egen."),
        other_domain: |of, said| format!("Adressen hører til {of}, men linjen siger {said}."),
        private_address: |name| format!("Vi kan ikke se, hvilken kommune {name} skriver for. Skriv kommunen i parentes."),
        account_disabled: |name| format!("Kontoen for {name} er spærret. Administratoren kan åbne den."),
        organisation_by_address: "Kommunen er læst af mailadressen.",
        open_mode: "Uden konti er der ingen medlemmer",
        open_mode_help: "Serveren er i åben tilstand: alle på denne maskine kan alt. Opret den første administrator, så kan der inviteres.",
    },
    accounts: Accounts {
        title: |n| count(n, "konto", "konti"),
        lede: "En spærret konto kan intet: sessioner, links og nøgler til programmer ophører med det samme.",
        state: |state| match state {
            "invited" => "inviteret",
            "disabled" => "spærret",
            _ => "aktiv",
        },
        administrator: "administrator",
        disable: "Spær",
        disable_of: |name| format!("Spær {name}"),
        enable: "Åbn igen",
        enable_of: |name| format!("Åbn kontoen for {name} igen"),
        not_oneself: "Man kan ikke spærre sin egen konto.",
        none: "Ingen konti endnu",
        seen: |when| format!("sidst set {when}"),
        outbox: "Udbakke",
    },
    outbox: Outbox {
        title: "Udbakke",
        lede: "Der er ikke sat en mailserver op, så mails læses her. Siden findes kun på denne maskine.",
        none: "Ingen mails endnu.",
        to: "Til",
        state: |state| match state {
            "sent" => "sendt",
            "failed" => "opgivet",
            _ => "venter",
        },
        emptied: "Teksten er slettet.",
    },
    deleted_meetings: |n| format!("Slettede møder ({n})"),
    open: Open {
        line: "Åben tilstand: alle på denne maskine kan alt.",
        first: "Opret den første administrator, når I er flere:",
        command: "dagsorden user add MAIL --name NAVN --admin",
    },
    mail: Mail {
        sign_in_subject: "Dit link til Dagsorden",
        sign_in: |link, code| {
            format!(
                "Log ind her:\n{link}\n\nLinket gælder i et kvarter og kan bruges én gang.\n\nKan det ikke åbnes, så skriv denne kode på siden, hvor du bad om linket:\n{code}\n\nHar du ikke bedt om det, så se bort fra denne mail.\n"
            )
        },
        invitation_subject: |forum| format!("Invitation til {forum}"),
        invitation,
        added_subject: |forum| format!("Du er nu med i {forum}"),
        added,
        sent_out_subject: |forum| format!("Dagsorden fra {forum}"),
        sent_out,
    },
};
