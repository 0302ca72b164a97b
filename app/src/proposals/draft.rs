//! The proposal that one writes: an editor over a copy of the text, in the part `points`. Nothing of it leaves the page before it is sent.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::agenda::Field;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::proposals::Texts;
use dagsorden_shared::id::ProposalId;
use dagsorden_shared::json::Json;
use dagsorden_shared::proposal::{body, hash, inserts_of, words};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};
use dagsorden_shared::richtext::{Body, quill};
use leptos::prelude::{Owner, Signal, document};
use wasm_bindgen::JsCast;

use super::card::action;
use super::offer;
use crate::json::text as text_of;
use crate::parts::{Begun, ProposalCard, ProposalDraft};
use crate::random;
use crate::sync::OwnCopy;
use crate::ui::heard::text_area;
use crate::view::{EditorContext, FieldKind, MountOptions};

/// Where the copy is edited, in its card.
const PLACE: &str = "[data-draft]";

struct Draft {
    id: ProposalId,
    field: Field,
    name: String,
    base: Body,
    copy: Rc<OwnCopy>,
    editor: Rc<EditorContext>,
    /// What the editor's signals belong to.
    owner: Owner,
    mounted: Cell<bool>,
    /// The reason as it was kept, while its field does not stand in the page.
    note: RefCell<String>,
    /// Why it was not sent.
    refused: RefCell<Option<String>>,
    text: &'static Texts,
}

/// Opens a copy. `None` if what it begins with cannot be read.
pub(crate) fn open(text: &'static Catalogue, begun: Begun) -> Option<Rc<dyn ProposalDraft>> {
    let draft = match begun {
        Begun::New(field, name, base) => {
            let copy = OwnCopy::of(&field, &base)?;
            Draft::over(copy, &field, name, base, text)
        }
        Begun::Kept(kept) => Draft::read(&kept, text)?,
    };
    Some(Rc::new(draft))
}

impl Draft {
    fn read(kept: &Json, text: &'static Catalogue) -> Option<Self> {
        let body = |key: &str| Some(body(&inserts_of(&quill::from_json(kept.get(key)?)?)?));
        let field: Field = kept.get("field")?.as_text()?.parse().ok()?;
        let name = kept.get("name")?.as_text()?.to_owned();
        let copy = OwnCopy::of(&field, &body("proposed")?)?;
        let mut draft = Self::over(copy, &field, name, body("base")?, text);
        draft.id = kept.get("id")?.as_text()?.parse().ok()?;
        draft.note.replace(text_of(kept, "note").unwrap_or_default());
        Some(draft)
    }

    fn over(copy: Rc<OwnCopy>, field: &Field, name: String, base: Body, common: &'static Catalogue) -> Self {
        let owner = Owner::new();
        let editor = owner.with(|| EditorContext::of_copy(&copy, common));
        Self {
            id: ProposalId::from_random(random::bits()),
            field: field.clone(),
            name,
            base,
            copy,
            editor,
            owner,
            mounted: Cell::new(false),
            note: RefCell::default(),
            refused: RefCell::default(),
            text: Texts::of(common.language),
        }
    }

    /// The reason as it stands in its field.
    fn note(&self) -> String {
        let place = document().query_selector(&format!("[data-draft='{}']", self.id)).ok().flatten();
        let form = place.and_then(|place| place.closest(".write").ok()?);
        form.and_then(|form| text_area(&form)).map_or_else(|| self.note.borrow().clone(), |area| area.value())
    }

    fn form(&self) -> Element {
        let text = self.text;
        let title = matches!(self.field, Field::Title(_));
        let place = element("div").class(if title { "draft title" } else { "draft text" }).attribute("data-draft", self.id.to_string());
        let note = element("label")
            .class("kicker")
            .child(element("span").text(text.note))
            .child(element("textarea").attribute("rows", "2").attribute("maxlength", "2000").text(self.note.borrow().clone()));
        let acts =
            element("div").class("acts-r").child(action("btn main", "send", text.send)).child(action("btn plain", "cancel", text.cancel));
        // A title has no formats.
        let tools = (!title).then(|| element("div").flag("data-copy-tools"));
        element("div").class("write").children(tools).child(place).child(note).child(acts)
    }
}

impl ProposalDraft for Draft {
    fn id(&self) -> &ProposalId {
        &self.id
    }

    fn field(&self) -> &Field {
        &self.field
    }

    fn card(&self) -> ProposalCard {
        let text = self.text;
        let kicker =
            element("p").class("kicker").child(small_icon(Icon::Pencil)).child(element("span").class("for").text((text.draft)(&self.name)));
        let refused = self.refused.borrow().as_ref().map(|why| {
            let words = element("span").text((text.not_sent)(why));
            element("p").class("rest bad").attribute("role", "alert").child(small_icon(Icon::Alert)).child(words)
        });
        ProposalCard {
            id: self.id.to_string(),
            top: offer::top_of(&self.field.to_string()),
            created: i64::MAX,
            label: (text.draft)(&self.name),
            said: std::iter::once(kicker).chain(refused).collect(),
            field: Some((self.id.to_string(), self.form())),
        }
    }

    fn mount(&self) -> bool {
        let Some(place) = document().query_selector(PLACE).ok().flatten().filter(|_| !self.mounted.replace(true)) else {
            return false;
        };
        if let Some(tools) = document().query_selector("[data-copy-tools]").ok().flatten() {
            self.editor.place_copy_tools(&tools);
        }
        let title = matches!(self.field, Field::Title(_));
        let kind = if title { FieldKind::Title } else { FieldKind::Section };
        let label = self.text.draft_text;
        self.owner.with(|| {
            let options = MountOptions { kind, label: Signal::stored(label.to_owned()), placeholder: Signal::stored(String::new()) };
            self.editor.mount(place, self.copy.field().clone(), options);
        });
        true
    }

    fn unmount(&self) {
        self.mounted.set(false);
    }

    fn focus(&self) {
        let place = document().query_selector(PLACE).ok().flatten().and_then(|place| place.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(place) = place.filter(|_| self.mounted.get()) {
            drop(place.focus());
        }
    }

    fn is_changed(&self) -> bool {
        self.copy.agenda().body(self.copy.field()).is_some_and(|body| body != self.base)
    }

    fn is_begun(&self) -> bool {
        self.is_changed() || !self.note().trim().is_empty()
    }

    fn body(&self) -> Option<Json> {
        let proposed = self.copy.agenda().body(self.copy.field())?;
        let (base, proposed) = (self.base.to_delta(), proposed.to_delta());
        let base_hash = hash(&words(&inserts_of(&base)?));
        Some(Json::object([
            ("field", Json::text(&self.field.to_string())),
            ("base_hash", Json::text(&base_hash)),
            ("base", quill::to_json(&base)),
            ("proposed", quill::to_json(&proposed)),
            ("note", Json::text(&self.note())),
        ]))
    }

    fn kept(&self) -> Option<Json> {
        let proposed = self.copy.agenda().body(self.copy.field())?.to_delta();
        Some(Json::object([
            ("id", Json::text(self.id.as_str())),
            ("field", Json::text(&self.field.to_string())),
            ("name", Json::text(&self.name)),
            ("base", quill::to_json(&self.base.to_delta())),
            ("proposed", quill::to_json(&proposed)),
            ("note", Json::text(&self.note())),
        ]))
    }

    fn hold_note(&self) {
        let note = self.note();
        self.note.replace(note);
    }

    fn refuse(&self, why: String) {
        self.refused.replace(Some(why));
    }

    fn follow(&self, tell: Box<dyn Fn()>) {
        self.editor.follow_changes("draft", Box::new(|_| true), tell);
    }
}
