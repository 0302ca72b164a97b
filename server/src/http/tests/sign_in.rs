//! Signing in and out as a browser sees it, without a socket: links, codes, passwords, sessions, and what scanners of mail do with a link.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use dagsorden_shared::access::{Role, Verb};
use dagsorden_shared::api::Me;
use dagsorden_shared::id::AccountId;

use super::{Answer, TestApp};
use crate::identity::secret_hash;
use crate::intake::{forum_named, random_bits};
use crate::store::{Act, Mail, NewAccount, On};

/// A browser: it keeps cookies, and its forms say that they are of our own pages.
struct Browser<'a> {
    app: &'a TestApp,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: Vec::new() }
    }

    async fn ask(&mut self, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(&method).uri(path).header(header::HOST, "127.0.0.1:8080");
        request = request.header("sec-fetch-site", "same-origin");
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let answer = self.app.send(request.body(Body::from(body)).unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !rest.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, path, form).await
    }

    async fn me(&mut self) -> Me {
        self.get("/api/me").await.json()
    }

    async fn is_in(&mut self) -> bool {
        self.get("/api/forums").await.status == StatusCode::OK
    }
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.bytes.clone()).unwrap()
}

fn location(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn account(app: &TestApp, email: &str, active: bool) -> AccountId {
    let new = NewAccount {
        id: AccountId::from_random(random_bits()),
        name: email.split('@').next().unwrap().to_owned(),
        organisation: "Havnsted".to_owned(),
        email: email.to_owned(),
        administrator: email.starts_with("admin"),
        active,
    };
    let role = if email.starts_with("maren") { Role::Secretariat } else { Role::Editor };
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, "");
    app.server.state().store.add_account(act, new, vec![(forum_named("Kredsen").unwrap(), role)]).await.unwrap()
}

/// The next mail of the outbox for this address, once what works behind the page has written it.
async fn mail(app: &TestApp, to: &str, count: usize) -> Mail {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while tokio::time::Instant::now() < deadline {
        let mails: Vec<Mail> = app.server.state().store.mails().await.unwrap().into_iter().filter(|mail| mail.recipient == to).collect();
        if mails.len() >= count {
            return mails.into_iter().next().unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("no mail for {to}");
}

fn secret_in(mail: &Mail) -> String {
    let at = mail.body.find("/ind#t=").unwrap() + "/ind#t=".len();
    mail.body[at..at + 43].to_owned()
}

fn code_in(mail: &Mail) -> String {
    mail.body.lines().find(|line| line.len() == 9 && line.replace(' ', "").chars().all(|digit| digit.is_ascii_digit())).unwrap().to_owned()
}

#[tokio::test]
async fn a_link_lets_the_browser_in_that_asked_for_it_once() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    let mut browser = Browser::new(&app);
    let refused = browser.get("/m/x?y=1").await;
    assert_eq!((refused.status, location(&refused)), (StatusCode::SEE_OTHER, "/ind?next=/m/x%3Fy%3D1"));
    assert!(text(&browser.get("/ind?next=/m/x%3Fy%3D1").await).contains("value=\"/m/x?y=1\""));
    let sent = browser.post("/ind", &[("mail", " Bo@Havnsted.dk "), ("next", "/m/x?y=1")]).await;
    assert_eq!(sent.status, StatusCode::OK);
    let mail = mail(&app, "bo@havnsted.dk", 1).await;
    let secret = secret_in(&mail);
    for path in ["/ind", &format!("/ind%23t={secret}"), &format!("/ind/{secret}"), "/ind?next=https://evil.example"] {
        let page = browser.get(path).await;
        assert!(page.status == StatusCode::OK && !text(&page).contains("evil"), "{path}");
    }
    assert!(!browser.is_in().await, "looking uses nothing up and lets nobody in");
    let entered = browser.post("/ind/link", &[("t", &secret)]).await;
    assert_eq!((entered.status, location(&entered)), (StatusCode::SEE_OTHER, "/m/x?y=1"));
    let cookie = entered.headers.get_all(header::SET_COOKIE).iter().next().unwrap().to_str().unwrap();
    for part in ["__Host-dagsorden-", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let me = browser.me().await;
    assert_eq!((me.name.as_str(), me.signed_in.as_str(), me.open), ("bo", "session", false));
    assert_eq!(me.forums[0].roles, [Role::Editor]);
    let mut other = Browser::new(&app);
    let again = other.post("/ind/link", &[("t", &secret), ("mail", "bo@havnsted.dk")]).await;
    assert!(again.status == StatusCode::GONE && text(&again).contains("allerede brugt") && !other.is_in().await);
    let out = browser.post("/ud", &[]).await;
    assert_eq!((out.status, location(&out)), (StatusCode::SEE_OTHER, "/ind?ud"));
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn a_scanner_that_follows_a_link_and_presses_its_button_gets_nothing_and_uses_nothing_up() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    Browser::new(&app).post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "bo@havnsted.dk", 1).await);
    let mut scanner = Browser::new(&app);
    for form in [vec![("t", secret.as_str())], vec![("t", &secret), ("mail", "")], vec![("t", &secret), ("mail", "scanner@gateway.dk")]] {
        let answer = scanner.post("/ind/link", &form).await;
        assert!(text(&answer).contains("name=\"mail\""), "it is asked whose link it is");
        assert!(!scanner.is_in().await);
    }
    let mut person = Browser::new(&app);
    let entered = person.post("/ind/link", &[("t", &secret), ("mail", "bo@havnsted.dk")]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "the person behind the address still gets in, in any browser");
    assert!(person.is_in().await);
}

#[tokio::test]
async fn the_code_is_good_in_the_browser_that_asked_and_five_times_wrong_is_the_end() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    let mut browser = Browser::new(&app);
    browser.post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let code = code_in(&mail(&app, "bo@havnsted.dk", 1).await);
    let mut other = Browser::new(&app);
    other.post("/ind", &[("mail", "nobody@havnsted.dk")]).await;
    other.post("/ind/kode", &[("kode", &code)]).await;
    assert!(!other.is_in().await);
    let wrong = browser.post("/ind/kode", &[("kode", "00000000"), ("mail", "bo@havnsted.dk")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && text(&wrong).contains("passer ikke"));
    assert_eq!(browser.post("/ind/kode", &[("kode", &code)]).await.status, StatusCode::SEE_OTHER);
    assert!(browser.is_in().await);

    let mut unlucky = Browser::new(&app);
    unlucky.post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let code = code_in(&mail(&app, "bo@havnsted.dk", 2).await);
    for _ in 0..5 {
        unlucky.post("/ind/kode", &[("kode", "00000000")]).await;
    }
    assert_eq!(unlucky.post("/ind/kode", &[("kode", &code)]).await.status, StatusCode::GONE);
    assert!(!unlucky.is_in().await);
}

#[tokio::test]
async fn nobody_learns_which_addresses_are_known() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    let body = async |address: &str| {
        let answer = Browser::new(&app).post("/ind", &[("mail", address)]).await;
        (answer.status, text(&answer).replace(address, "ADDRESS"))
    };
    let (known, unknown) = (body("bo@havnsted.dk").await, body("xy@havnsted.dk").await);
    // The time until when the link is good is the clock's, and may have gone on by a minute.
    assert_eq!(known.0, unknown.0);
    assert_eq!(known.1.len(), unknown.1.len());
    for form in [vec![("mail", "bo@havnsted.dk"), ("mail", "eve@evil.dk")], vec![("mail", "bo@havnsted.dk\r\nBcc: eve@evil.dk")]] {
        assert_eq!(Browser::new(&app).post("/ind", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let two = Browser::new(&app).post("/ind", &[("mail", "bo@havnsted.dk,eve@evil.dk")]).await;
    assert_eq!(two.status, StatusCode::UNPROCESSABLE_ENTITY);
    mail(&app, "bo@havnsted.dk", 1).await;
    let mails = app.server.state().store.mails().await.unwrap();
    assert!(mails.iter().all(|mail| mail.recipient == "bo@havnsted.dk"), "{mails:?}");
}

#[tokio::test]
async fn an_address_gets_three_links_an_hour_and_a_disabled_account_none() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    let disabled = account(&app, "eva@havnsted.dk", true).await;
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, "");
    let store = &app.server.state().store;
    store.set_disabled(act, disabled, true).await.unwrap();
    for _ in 0..5 {
        Browser::new(&app).post("/ind", &[("mail", "eva@havnsted.dk")]).await;
        Browser::new(&app).post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    }
    account(&app, "carl@havnsted.dk", true).await;
    Browser::new(&app).post("/ind", &[("mail", "carl@havnsted.dk")]).await;
    // The queue is worked on in order: once this one is there, the others are done.
    mail(&app, "carl@havnsted.dk", 1).await;
    let mails = store.mails().await.unwrap();
    let count = |to: &str| mails.iter().filter(|mail| mail.recipient == to).count();
    assert_eq!((count("bo@havnsted.dk"), count("eva@havnsted.dk")), (3, 0));
}

#[tokio::test]
async fn a_password_is_set_when_signed_in_and_lets_in() {
    let app = TestApp::new().await;
    let id = account(&app, "bo@havnsted.dk", true).await;
    let mut browser = Browser::new(&app);
    browser.post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "bo@havnsted.dk", 1).await);
    browser.post("/ind/link", &[("t", &secret)]).await;
    let weak = browser.post("/konto/adgangskode", &[("ny", "Kredsen12345")]).await;
    assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY && text(&weak).contains("gætter andre let"));
    let before = browser.cookies.clone();
    let set = browser.post("/konto/adgangskode", &[("ny", "blå cykel ved havnen")]).await;
    assert_eq!((set.status, location(&set)), (StatusCode::SEE_OTHER, "/konto?gjort=gemt"));
    assert!(browser.is_in().await && !Browser { app: &app, cookies: before }.is_in().await, "the session has a new secret");

    let enter = async |mail: &str, password: &str| {
        let mut other = Browser::new(&app);
        let answer = other.post("/ind/adgangskode", &[("mail", mail), ("adgangskode", password)]).await;
        (answer.status, text(&answer), other.is_in().await)
    };
    let (status, _, is_in) = enter("BO@havnsted.dk", "blå cykel ved havnen").await;
    assert_eq!((status, is_in), (StatusCode::SEE_OTHER, true));
    let wrong = enter("bo@havnsted.dk", "blå cykel ved havnen!").await;
    let unknown = enter("xy@havnsted.dk", "blå cykel ved havnen!").await;
    assert_eq!((wrong.0, wrong.1.replace("bo@", "xy@")), (unknown.0, unknown.1), "the same answer");
    for _ in 0..4 {
        enter("bo@havnsted.dk", "forkert adgangskode").await;
    }
    let (status, page, is_in) = enter("bo@havnsted.dk", "blå cykel ved havnen").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("Vent") && !is_in, "delayed");
    browser.post("/ud", &[]).await;
    let known = browser.post("/ind/adgangskode", &[("mail", "bo@havnsted.dk"), ("adgangskode", "blå cykel ved havnen")]).await;
    assert_eq!(known.status, StatusCode::SEE_OTHER, "a browser that was signed in before has tries of its own");
    assert_eq!(app.server.state().store.sessions(id.clone()).await.unwrap().len(), 2);
    browser.post("/konto/slut-andre", &[]).await;
    browser.post("/konto/adgangskode/fjern", &[]).await;
    assert!(!enter("bo@havnsted.dk", "blå cykel ved havnen").await.2);

    app.server.state().store.close().await;
    let mut refused = Vec::new();
    let trail = crate::store::audit::read(&app.folder.path().join(crate::store::FILE), None, |row| {
        refused.extend((row.entry.result == "refused:password").then(|| (row.entry.user.clone(), row.verb.clone(), row.entry.times)));
    });
    assert_eq!(trail.unwrap(), None);
    let times = |user: &str| refused.iter().filter(|row| row.0 == user && row.1 == "sign_in").map(|row| row.2).sum::<u32>();
    assert!(times(id.as_str()) >= 5, "wrong passwords are in the trail: {refused:?}");
    assert_eq!(times(""), 1, "without the address that nobody has");
}

#[tokio::test]
async fn sessions_are_seen_and_ended_by_their_own_person_alone() {
    let app = TestApp::new().await;
    for email in ["bo@havnsted.dk", "eva@havnsted.dk"] {
        account(&app, email, true).await;
    }
    let sign_in = async |email: &str, count: usize| {
        let mut browser = Browser::new(&app);
        browser.post("/ind", &[("mail", email)]).await;
        let secret = secret_in(&mail(&app, email, count).await);
        browser.post("/ind/link", &[("t", &secret)]).await;
        browser
    };
    let (mut here, mut there) = (sign_in("bo@havnsted.dk", 1).await, sign_in("bo@havnsted.dk", 2).await);
    let mut eva = sign_in("eva@havnsted.dk", 1).await;
    let page = text(&here.get("/konto").await);
    assert!(page.contains("denne browser") && page.contains("Log ud alle andre steder"), "{page}");
    // What is ticked is wanted, the rest is not.
    let ticked = |page: &str| page.matches(" checked").count();
    assert_eq!(ticked(&page), 4);
    assert_eq!(here.post("/konto/mails", &[("mention", "1"), ("decision", "1")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(ticked(&text(&there.get("/konto").await)), 2);
    assert_eq!(ticked(&text(&eva.get("/konto").await)), 4, "that is another person's");
    let session = page.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(eva.post("/konto/slut", &[("session", &session)]).await.status, StatusCode::NOT_FOUND);
    assert!(there.is_in().await);
    assert_eq!(here.post("/konto/slut", &[("session", &session)]).await.status, StatusCode::SEE_OTHER);
    assert!(!there.is_in().await && here.is_in().await && eva.is_in().await);
}

#[tokio::test]
async fn a_planted_cookie_is_never_adopted() {
    let app = TestApp::new().await;
    account(&app, "bo@havnsted.dk", true).await;
    let name = app.server.state().identities.session_cookie().to_owned();
    let mut browser = Browser { app: &app, cookies: vec![(name.clone(), "planted".to_owned())] };
    browser.post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "bo@havnsted.dk", 1).await);
    browser.post("/ind/link", &[("t", &secret)]).await;
    let cookie = browser.cookies.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    assert_ne!(cookie, "planted");
    let rights = app.server.state().store.rights_now();
    assert!(!rights.passes.by_secret.contains_key(&secret_hash("planted")) && rights.passes.by_secret.contains_key(&secret_hash(&cookie)));
}

#[tokio::test]
async fn people_are_invited_by_a_list_and_come_in_by_their_mail() {
    let app = TestApp::new().await;
    account(&app, "maren@havnsted.dk", true).await;
    let mut maren = Browser::new(&app);
    maren.post("/ind", &[("mail", "maren@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "maren@havnsted.dk", 1).await);
    maren.post("/ind/link", &[("t", &secret)]).await;
    let forum = maren.me().await.forums[0].id.to_string();
    let page = format!("/forum/{forum}/medlemmer");
    let lines = "Bo Lind, konsulent (Lindhøj), bo@lindhoej.dk\nNy direktør (navn følger)\nMaren maren@havnsted.dk";
    let review = text(&maren.post(&format!("{page}/inviter"), &[("lines", lines), ("role", "commenter")]).await);
    for part in ["Bo Lind", "Der er ingen mailadresse", "er med i forvejen", "Send 1 invitation"] {
        assert!(review.contains(part), "{part}: {review}");
    }
    assert_eq!(app.server.state().store.members(forum.parse().unwrap()).await.unwrap().len(), 1, "nothing is stored yet");
    let seen = review.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let other = maren.post(&format!("{page}/inviter"), &[("lines", lines), ("role", "chair"), ("seen", &seen)]).await;
    assert!(text(&other).contains("intet er sendt"), "what is confirmed is what was shown");
    let sent = maren.post(&format!("{page}/inviter"), &[("lines", lines), ("role", "commenter"), ("seen", &seen)]).await;
    assert_eq!(location(&sent), format!("{page}?gjort=inviteret&antal=1"));
    let invitation = mail(&app, "bo@lindhoej.dk", 1).await;
    assert!(invitation.subject.contains("Kredsen") && invitation.body.contains("kommentator"));
    let mut bo = Browser::new(&app);
    let entered = bo.post("/ind/link", &[("t", &secret_in(&invitation)), ("mail", "bo@lindhoej.dk")]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let me = bo.me().await;
    assert_eq!((me.name.as_str(), me.forums[0].roles.as_slice()), ("Bo Lind", [Role::Commenter].as_slice()));
    let account = me.account.unwrap().to_string();

    let seen_by_bo = text(&bo.get(&page).await);
    assert!(
        seen_by_bo.contains("2 personer fra to kommuner") && !seen_by_bo.contains("maren@havnsted.dk") && !seen_by_bo.contains("<form")
    );
    assert_eq!(bo.post(&format!("{page}/rolle"), &[("account", &account), ("role", "chair")]).await.status, StatusCode::FORBIDDEN);
    let changed = maren.post(&format!("{page}/rolle"), &[("account", &account), ("role", "editor")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert_eq!(bo.me().await.forums[0].roles, [Role::Editor]);
    let maren_id = maren.me().await.account.unwrap().to_string();
    for (role, word) in [("chair", "højere rolle"), ("reader", "mindst én i sekretariatet")] {
        let refused = maren.post(&format!("{page}/rolle"), &[("account", &maren_id), ("role", role)]).await;
        assert!(refused.status == StatusCode::CONFLICT && text(&refused).contains(word), "{role}");
    }
    assert_eq!(maren.post(&format!("{page}/slut"), &[("account", &account)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(bo.get(&page).await.status, StatusCode::NOT_FOUND);
    assert!(bo.me().await.forums.is_empty());
}

#[tokio::test]
async fn an_invitation_sent_again_takes_the_place_of_the_one_before() {
    let app = TestApp::new().await;
    account(&app, "maren@havnsted.dk", true).await;
    let mut maren = Browser::new(&app);
    maren.post("/ind", &[("mail", "maren@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "maren@havnsted.dk", 1).await);
    maren.post("/ind/link", &[("t", &secret)]).await;
    let forum = maren.me().await.forums[0].id.to_string();
    let new = serde_json::json!({"lines": "Eva Holm <eva@lindhoej.dk>", "role": "reader"});
    let json = serde_json::to_vec(&new).unwrap();
    let cookies = maren.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let request =
        Request::builder().method(Method::POST).uri(format!("/api/forums/{forum}/members")).header(header::HOST, "127.0.0.1:8080");
    let request = request.header("sec-fetch-site", "same-origin").header(header::COOKIE, cookies);
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json)).unwrap();
    assert_eq!(app.send(request).await.status, StatusCode::CREATED);
    let first = secret_in(&mail(&app, "eva@lindhoej.dk", 1).await);
    let member =
        app.server.state().store.members(forum.parse().unwrap()).await.unwrap().into_iter().find(|member| member.state == "invited");
    let id = member.unwrap().account.to_string();
    let again = maren.post(&format!("/forum/{forum}/medlemmer/igen"), &[("account", &id)]).await;
    assert!(location(&again).ends_with("gjort=igen"));
    let second = secret_in(&mail(&app, "eva@lindhoej.dk", 2).await);
    let mut eva = Browser::new(&app);
    assert_eq!(eva.post("/ind/link", &[("t", &first), ("mail", "eva@lindhoej.dk")]).await.status, StatusCode::GONE);
    assert_eq!(eva.post("/ind/link", &[("t", &second), ("mail", "eva@lindhoej.dk")]).await.status, StatusCode::SEE_OTHER);
    assert!(eva.is_in().await);
}

#[tokio::test]
async fn the_outbox_and_the_accounts_are_the_administrators() {
    let app = TestApp::new().await;
    assert_eq!(Browser::new(&app).get("/udbakke").await.status, StatusCode::OK, "open mode");
    for email in ["admin@havnsted.dk", "bo@havnsted.dk"] {
        account(&app, email, true).await;
    }
    let mut admin = Browser::new(&app);
    admin.post("/ind", &[("mail", "admin@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "admin@havnsted.dk", 1).await);
    admin.post("/ind/link", &[("t", &secret)]).await;
    assert!(text(&admin.get("/udbakke").await).contains("Dit link til Dagsorden"));
    let page = text(&admin.get("/konti").await);
    let bo = page.split("bo@havnsted.dk").nth(1).unwrap().split("name=\"account\" value=\"").nth(1).unwrap();
    let bo = bo.split('"').next().unwrap().to_owned();
    let mut user = Browser::new(&app);
    user.post("/ind", &[("mail", "bo@havnsted.dk")]).await;
    let secret = secret_in(&mail(&app, "bo@havnsted.dk", 1).await);
    user.post("/ind/link", &[("t", &secret)]).await;
    for path in ["/udbakke", "/konti"] {
        assert_eq!(user.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    admin.post("/konti/spaer", &[("account", &bo), ("til", "spaerret")]).await;
    assert!(!user.is_in().await);
    let own = admin.me().await.account.unwrap().to_string();
    assert_eq!(admin.post("/konti/spaer", &[("account", &own), ("til", "spaerret")]).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn in_open_mode_one_looks_with_one_role_after_the_other() {
    let app = TestApp::new().await;
    let created: dagsorden_shared::api::Created = app.post("/api/demo", &()).await.json();
    let mut browser = Browser::new(&app);
    let role = async |browser: &mut Browser<'_>, body: &str| {
        let mut request = Request::builder().method(Method::POST).uri("/api/me/role").header(header::HOST, "127.0.0.1:8080");
        for (name, value) in &browser.cookies {
            request = request.header(header::COOKIE, format!("{name}={value}"));
        }
        let request = request.header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, "application/json");
        let answer = app.send(request.body(Body::from(body.to_owned())).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
        browser.cookies = vec![(cookie.0.to_owned(), cookie.1.to_owned())];
    };
    let may = async |browser: &mut Browser<'_>| {
        let detail: dagsorden_shared::api::MeetingDetail = browser.get(&format!("/api/meetings/{}", created.meeting)).await.json();
        detail.may
    };
    role(&mut browser, r#"{"role":"reader"}"#).await;
    assert!(!may(&mut browser).await.contains(&"write".to_owned()));
    let me = browser.me().await;
    assert_eq!((me.role, me.open, me.signed_in.as_str(), me.name.as_str()), (Some(Role::Reader), true, "open", "Bodil Krag"));
    role(&mut browser, r#"{"role":"chair"}"#).await;
    assert!(may(&mut browser).await.contains(&"write".to_owned()));
    assert_eq!(browser.me().await.name, "Karen Steensgaard");
    role(&mut browser, "{}").await;
    assert!(may(&mut browser).await.contains(&"send_out".to_owned()));
    assert_eq!(browser.me().await.role, None);
    let page = text(&browser.get("/ind").await);
    assert!(page.is_empty(), "there is nothing to sign in to");
}
