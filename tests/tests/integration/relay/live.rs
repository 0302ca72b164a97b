//! Several people in one meeting.

use anyhow::Result;
use dagsorden_shared::agenda::{Edit, Field};
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::in_time;
use dagsorden_tests::wire::Wire;

use super::{field, fresh, text};

#[tokio::test]
async fn what_two_people_write_at_once_is_there_for_both_and_for_a_third() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let mut two = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(one.agenda(), 1, 0)?;
    let before = text(one.agenda(), &place);
    one.type_at(&place, 0, "Først ").await?;
    two.append(&place, " sidst").await?;
    let order = two.agenda().outline();
    two.edit(&[Edit::MoveItem { item: order[3].0.clone(), after: None }]).await?;
    one.wait_saved().await?;
    two.wait_saved().await?;
    let expected = format!("Først {} sidst", before.strip_suffix('\n').unwrap_or(&before));
    one.wait_text(&place, &expected).await?;
    two.wait_text(&place, &expected).await?;
    one.wait_until("the moved item is first", |client| client.agenda().outline()[0].0 == order[3].0).await?;
    let three = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(three.agenda().snapshot(), one.agenda().snapshot());
    assert_eq!(two.agenda().snapshot(), one.agenda().snapshot());
    Ok(())
}

#[tokio::test]
async fn an_export_shows_what_was_just_said_to_be_saved() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let title = Field::Title(one.agenda().outline()[0].0.clone());
    one.type_at(&title, 0, "Ny: ").await?;
    one.wait_saved().await?;
    assert_eq!(server.export(&created.meeting).await?.items[0].title, "Ny: Godkendelse af dagsorden");
    Ok(())
}

#[tokio::test]
async fn a_replica_that_was_cut_off_and_wrote_on_meets_the_others_again() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let wire = Wire::to(server.address()).await?;
    let mut away = SyncClient::connect(wire.address(), &created.document, fresh()).await?;
    let mut here = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(here.agenda(), 1, 1)?;
    let replica = away.agenda().clone();
    wire.cut();
    away.wait_closed().await?;
    let delta = dagsorden_shared::richtext::delta::Delta::new().insert("borte ", Default::default());
    replica.apply(&[Edit::Text { field: place.clone(), delta }], dagsorden_shared::agenda::Origin::Local)?;
    here.append(&place, " her").await?;
    here.wait_saved().await?;
    wire.mend();
    let mut back = SyncClient::connect_with(wire.address(), &created.document, replica).await?;
    back.wait_saved().await?;
    let both = |client: &SyncClient| {
        let text = text(client.agenda(), &place);
        text.starts_with("borte ") && text.contains(" her")
    };
    here.wait_until("both texts are here", both).await?;
    assert_eq!(back.agenda().snapshot(), here.agenda().snapshot());
    Ok(())
}

#[tokio::test]
async fn presence_reaches_others_with_the_name_the_server_knows_and_leaves_with_the_person() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let (me, other) = (fresh(), fresh());
    let mut one = SyncClient::connect(server.address(), &created.document, me).await?;
    let mut two = SyncClient::connect(server.address(), &created.document, other).await?;
    let forged = r#"{"user":{"name":"Borgmesteren","organisation":"Alle","hue":1},"at":{"item":null,"field":null},"selection":null}"#;
    let own = AwarenessState { client: me, clock: 1, json: Some(forged) };
    // A state for somebody else's id is dropped in silence.
    let others = AwarenessState { client: other, clock: 90, json: None };
    one.send(&ClientMessage::Awareness(vec![own, others])).await?;
    let state = in_time("presence", async {
        loop {
            match two.hear().await? {
                Heard::Presence(states) => {
                    if let Some((_, state)) = states.into_iter().find(|(client, _)| *client == me) {
                        return anyhow::Ok(state);
                    }
                }
                Heard::Closed(code) => anyhow::bail!("closed with {code:?}"),
                _ => {}
            }
        }
    })
    .await??;
    let state = state.unwrap_or_default();
    assert!(!state.contains("Borgmesteren"), "the server writes who it is: {state}");
    assert!(state.contains("Gæst"), "without a cookie one is a guest: {state}");
    one.close().await?;
    in_time("the farewell", async {
        loop {
            match two.hear().await? {
                Heard::Presence(states) if states.contains(&(me, None)) => return anyhow::Ok(()),
                Heard::Closed(code) => anyhow::bail!("closed with {code:?}"),
                _ => {}
            }
        }
    })
    .await??;
    Ok(())
}
